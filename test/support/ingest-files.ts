// Ingests of CSV files into (3, 5) ledgers, and what must then be on chain: told by another CSV parser and plain
// arithmetic, and compared with what the hospital reads back from seed and chain.
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import type { SenderOptions } from '../../src/chain/sending/sender.ts';
import type { ContractEvent, LedgerTerms } from '../../src/contract/types.ts';
import { dealingKey } from '../../src/identity/keys.ts';
import { type FileIngest, type FileInput, ingestFile } from '../../src/ingest/file.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { batchCapacity } from '../../src/records/batch.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { RecordKeys } from '../../src/records/record.ts';
import type { TestChain } from './chain.ts';
import { type Cast, openCast, type StoredRow, storedRows } from './parties.ts';
import { cents, LANES } from './sample.ts';

const COMMITTEE = { threshold: 3, seats: 5 };
/** Records of a full batch; the tests make their files by it. */
export const CAPACITY = batchCapacity(COMMITTEE.threshold);

/** A ledger of the hospital `name` for files of the preset synthea-encounters. */
export const openIngestLedger = (chain: TestChain, name = 'ingest', terms: Partial<LedgerTerms> = {}): Promise<Cast> =>
  openCast(chain, name, COMMITTEE.threshold, COMMITTEE.seats, terms);

/** Ingests a file as a process that has just started would: nothing is known but seed, file and endpoint. */
export async function ingestAnew(
  { chain, hospitalSeed, ledgerId }: Cast,
  file: string,
  more: Partial<FileInput> & { url?: string; threads?: number; sending?: Partial<SenderOptions> } = {},
): Promise<FileIngest> {
  const { url, threads, sending, ...input } = more;
  const site = await chain.site(hospitalSeed, {
    ...(url && { rpc: url }),
    ...(threads && { threads }),
    ...(sending && { sending }),
  });
  const hospital = new Hospital(site, hospitalSeed);
  try {
    return await ingestFile(site, await hospital.dealer(ledgerId), {
      file,
      profile: presetProfile('synthea-encounters'),
      rejectedFile: `${file}.rejected.csv`,
      accounts: hospital.accounts(),
      ...input,
    });
  } finally {
    await site.pool.close();
  }
}

/** What the files' rows must be on chain, each series in the files' order, apart from the record ids. */
async function expectedRows(
  { hospitalSeed, ledgerId }: Cast,
  ...files: string[]
): Promise<Omit<StoredRow, 'recordId'>[]> {
  const keys = new RecordKeys(dealingKey(hospitalSeed), ledgerId);
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const positions = new Map<string, number>();
  return texts
    .flatMap((text) => parse(text, { columns: true }) as Record<string, string>[])
    .map((row) => {
      const [patient, category] = [row.PATIENT!, row.ENCOUNTERCLASS!];
      const position = 1 + (positions.get(`${patient} ${category}`) ?? 0);
      positions.set(`${patient} ${category}`, position);
      const amounts = LANES.map((lane) => cents(row[lane]!));
      return { patient, category, position, amounts, key: toHex(keys.key({ id: row.Id! })) };
    });
}

/** The batches' events as they stand on chain, but for the place. */
export async function storedBatches({ chain, ledgerId }: Cast) {
  const { events } = await chain.reader();
  const batches: Omit<ContractEvent<'BatchAppended'>, 'blockNumber' | 'blockHash' | 'transactionHash' | 'logIndex'>[] =
    [];
  for await (const event of events.readBatches(ledgerId)) {
    const { blockNumber: _, blockHash: __, transactionHash: ___, logIndex: ____, ...content } = event;
    batches.push(content);
  }
  return batches;
}

/** That the files' rows are on chain, each once, and each series in their order. */
export async function expectStored(ledger: Cast, ...files: string[]): Promise<void> {
  const expected = await expectedRows(ledger, ...files);
  const stored = await storedRows(ledger, expected);
  expect(stored.map(({ recordId }) => recordId)).toEqual(expected.map((_, recordId) => recordId));
  const byKey = <R extends { key: string }>(rows: R[]) => new Map(rows.map((row) => [row.key, row]));
  expect(byKey(stored.map(({ recordId: _, ...row }) => row))).toEqual(byKey(expected));
}
