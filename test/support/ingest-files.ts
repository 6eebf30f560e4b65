// Ingests of CSV files into (3, 5) ledgers, and what must then be on chain: told by another CSV parser and plain
// arithmetic, and compared with what the hospital reads back from seed and chain.
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import type { SenderOptions } from '../../src/chain/sending/sender.ts';
import type { ContractEvent } from '../../src/contract/types.ts';
import { dealingKey } from '../../src/identity/keys.ts';
import { Tags } from '../../src/identity/tags.ts';
import { type CsvIngest, type CsvInput, ingestCsv } from '../../src/ingest/csv.ts';
import { Hospital, type OpenedRecord } from '../../src/parties/hospital.ts';
import { batchCapacity } from '../../src/records/batch.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { recordKey } from '../../src/records/record-key.ts';
import type { Committee } from '../../src/vss/dealing.ts';
import type { TestChain } from './chain.ts';
import { type Cast, openCast, storedRecords } from './parties.ts';
import { cents, LANES } from './sample.ts';

const COMMITTEE: Committee = { threshold: 3, seats: 5 };
/** Records of a full batch; the tests make their files by it. */
export const CAPACITY = batchCapacity(COMMITTEE);

/** A ledger of the hospital `name` for files of the preset synthea-encounters. */
export const openIngestLedger = (chain: TestChain, name = 'ingest'): Promise<Cast> =>
  openCast(chain, name, COMMITTEE.threshold, COMMITTEE.seats);

/** Ingests a file as a process that has just started would: nothing is known but seed, file and endpoint. */
export async function ingestFile(
  { chain, hospitalSeed, ledgerId }: Cast,
  file: string,
  more: Partial<CsvInput> & { url?: string; threads?: number; sending?: Partial<SenderOptions> } = {},
): Promise<CsvIngest> {
  const { url, threads, sending, ...input } = more;
  const site = await chain.site(hospitalSeed, {
    ...(url && { rpc: url }),
    ...(threads && { threads }),
    ...(sending && { sending }),
  });
  const hospital = new Hospital(site, hospitalSeed);
  try {
    return await ingestCsv(site, await hospital.dealer(ledgerId), {
      file,
      profile: presetProfile('synthea-encounters'),
      rejectedFile: `${file}.rejected.csv`,
      tags: hospital.tags(),
      ...input,
    });
  } finally {
    await site.pool.close();
  }
}

/** What the files' rows must be on chain, in order, apart from the record ids. */
async function expectedRecords({ hospitalSeed }: Cast, ...files: string[]): Promise<Omit<OpenedRecord, 'recordId'>[]> {
  const key = dealingKey(hospitalSeed);
  const tags = new Tags(hospitalSeed);
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts
    .flatMap((text) => parse(text, { columns: true }) as Record<string, string>[])
    .map((row) => ({
      tag: toHex(tags.tag(row.PATIENT!)),
      key: toHex(recordKey(key, { id: row.Id! })),
      amounts: LANES.map((lane) => cents(row[lane]!)),
    }));
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

/** That the files' rows are on chain, in order, each once. */
export async function expectStored(ledger: Cast, ...files: string[]): Promise<void> {
  const expected = await expectedRecords(ledger, ...files);
  expect(await storedRecords(ledger)).toEqual(expected.map((record, recordId) => ({ recordId, ...record })));
}
