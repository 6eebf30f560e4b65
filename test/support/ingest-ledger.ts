// A hospital with a ledger on an embedded chain and a CSV to store in it, and what must then be on chain: told by
// another CSV parser and plain arithmetic, and compared with what the hospital reads back from seed and chain.
import { readFile, writeFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import { toHex, utf8 } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { fund } from '../../src/chain/embedded-node.ts';
import type { SenderOptions } from '../../src/chain/sending/sender.ts';
import type { ContractEvent } from '../../src/contract/types.ts';
import { sampleEncounters } from '../../src/demo/sample.ts';
import { createEngine } from '../../src/engine/load.ts';
import { accountKey, dealingKey } from '../../src/identity/keys.ts';
import { Tags } from '../../src/identity/tags.ts';
import { type CsvIngest, type CsvInput, ingestCsv } from '../../src/ingest/csv.ts';
import { keccak256 } from '../../src/keccak.ts';
import { openSite, type Site } from '../../src/ledger/site.ts';
import { Hospital, type OpenedRecord } from '../../src/parties/hospital.ts';
import { Server } from '../../src/parties/server.ts';
import { batchCapacity, recordKey } from '../../src/records/batch.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import type { Committee } from '../../src/vss/dealing.ts';
import { ETHER, type TestChain } from './chain.ts';

const profile = presetProfile('synthea-encounters');
const engine = await createEngine();

/** Records of a full batch; the tests make their files by it. */
export const COMMITTEE: Committee = { threshold: 3, seats: 5 };
export const CAPACITY = batchCapacity(COMMITTEE);

export interface IngestLedger {
  chain: TestChain;
  ledgerId: bigint;
  hospitalSeed: Uint8Array;
  /** The hospital's account, 20 bytes. */
  account: Uint8Array;
}

export const seedOf = (name: string): Uint8Array => keccak256(utf8(`MIStore test seed ${name}`));

/** Sends quickly: looks at the chain every 20 ms, and sends again what is not mined after half a second. */
export const HASTY: Partial<SenderOptions> = { pollInterval: 20, rebroadcastAfter: 500 };

/** A funded account's site; `url`: another way to the chain than directly. */
export async function siteOf(
  chain: TestChain,
  seed: Uint8Array,
  { url = chain.node.url, threads = 0, ...sending }: Partial<SenderOptions> & { url?: string; threads?: number } = {},
): Promise<Site> {
  const account = accountKey(seed);
  return openSite({
    rpc: url,
    contract: chain.address,
    account,
    engine,
    threads,
    sending: { ...HASTY, ...sending },
  });
}

/** A ledger of the hospital `name` for the sample profile. The servers are the same for all ledgers of a chain. */
export async function openIngestLedger(chain: TestChain, name = 'hospital'): Promise<IngestLedger> {
  const funded = async (seed: Uint8Array) => {
    await fund(chain.node.url, accountOf(accountKey(seed)), 1000n * ETHER);
    return siteOf(chain, seed);
  };
  const servers: Server[] = [];
  for (let seat = 1; seat <= COMMITTEE.seats; seat++) {
    const seed = seedOf(`server ${seat}`);
    servers.push(new Server(await funded(seed), seed));
  }
  await Promise.all(servers.map((server) => server.register()));
  const hospitalSeed = seedOf(name);
  const hospital = new Hospital(await funded(hospitalSeed), hospitalSeed);
  const ledgerId = await hospital.openLedger({
    threshold: COMMITTEE.threshold,
    servers: servers.map(({ address }) => address),
    lanes: profile.columns.lanes.map((lane) => lane.name),
    scale: profile.amounts.scale,
    currency: profile.amounts.currency,
    minRecords: 1,
  });
  await Promise.all(servers.map((server) => server.join(ledgerId)));
  return { chain, ledgerId, hospitalSeed, account: hospital.address };
}

/** Ingests a file as a process that has just started would: nothing is known but seed, file and endpoint. */
export async function ingestFile(
  ledger: IngestLedger,
  file: string,
  more: Partial<CsvInput> & { url?: string; threads?: number; sending?: Partial<SenderOptions> } = {},
): Promise<CsvIngest> {
  const { url, threads, sending, ...input } = more;
  const site = await siteOf(ledger.chain, ledger.hospitalSeed, {
    ...(url && { url }),
    ...(threads && { threads }),
    ...sending,
  });
  const hospital = new Hospital(site, ledger.hospitalSeed);
  try {
    return await ingestCsv(site, await hospital.dealer(ledger.ledgerId), {
      file,
      profile,
      rejectedFile: `${file}.rejected.csv`,
      tags: hospital.tags(),
      ...input,
    });
  } finally {
    await site.pool.close();
  }
}

/** Rows of made-up encounters, without the header; row k of one seed is the same for every number of rows. */
export function sampleRows(rows: number, seed: string): string[] {
  const lines = [...sampleEncounters({ rows, patients: 40, seed })].join('').split('\n');
  return lines.slice(1, -1);
}

export const HEADER = [...sampleEncounters({ rows: 0, patients: 1, seed: '' })].join('');

export async function writeCsv(file: string, rows: readonly string[]): Promise<void> {
  await writeFile(file, `${HEADER}${rows.join('\n')}\n`);
}

/** What the files' rows must be on chain, in order, apart from the record ids. */
async function expectedRecords(
  { hospitalSeed }: IngestLedger,
  ...files: string[]
): Promise<Omit<OpenedRecord, 'recordId'>[]> {
  const key = dealingKey(hospitalSeed);
  const tags = new Tags(hospitalSeed);
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts
    .flatMap((text) => parse(text, { columns: true }) as Record<string, string>[])
    .map((row) => ({
      tag: toHex(tags.tag(row.PATIENT!)),
      key: toHex(recordKey(key, { id: row.Id! })),
      amounts: [cents(row.TOTAL_CLAIM_COST!), cents(row.PAYER_COVERAGE!)],
    }));
}

/** The sample's amounts have two decimals. */
function cents(text: string): bigint {
  const [whole, decimals] = text.split('.');
  return BigInt(`${whole}${decimals}`);
}

/** What the hospital reads back, from seed and chain. */
export async function storedRecords(ledger: IngestLedger): Promise<OpenedRecord[]> {
  const site = await siteOf(ledger.chain, ledger.hospitalSeed);
  const records: OpenedRecord[] = [];
  for await (const record of new Hospital(site, ledger.hospitalSeed).readBack(ledger.ledgerId)) records.push(record);
  return records;
}

/** The batches' events as they stand on chain, but for the place. */
export async function storedBatches({ chain, ledgerId, hospitalSeed }: IngestLedger) {
  const { events } = await siteOf(chain, hospitalSeed);
  const batches: Omit<ContractEvent<'BatchAppended'>, 'blockNumber' | 'blockHash' | 'transactionHash' | 'logIndex'>[] =
    [];
  for await (const event of events.readBatches(ledgerId)) {
    const { blockNumber: _, blockHash: __, transactionHash: ___, logIndex: ____, ...content } = event;
    batches.push(content);
  }
  return batches;
}

/** That the files' rows are on chain, in order, each once. */
export async function expectStored(ledger: IngestLedger, ...files: string[]): Promise<void> {
  const expected = await expectedRecords(ledger, ...files);
  expect(await storedRecords(ledger)).toEqual(expected.map((record, recordId) => ({ recordId, ...record })));
}

/** The row with one field changed. */
export function changedRow(row: string, column: string, change: (value: string) => string): string {
  const at = HEADER.trim().split(',').indexOf(column);
  const fields = row.match(/("([^"]|"")*"|[^,]*)(,|$)/g)!.map((field) => field.replace(/,$/, ''));
  fields[at] = change(fields[at]!);
  return fields.slice(0, HEADER.split(',').length).join(',');
}

/** The amount with another last digit. */
export const otherCent = (amount: string): string => amount.replace(/\d$/, (digit) => `${(Number(digit) + 1) % 10}`);
