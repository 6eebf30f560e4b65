// Free text is added to the receipt of its row, which is found by id, or by source and row; never from a row that was not
// stored.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { addMetadata } from '../../src/ingest/metadata.ts';
import { parseProfile, profileHash } from '../../src/records/profile.ts';
import type { Receipt, Receipts } from '../../src/records/receipts/receipt.ts';
import { RecordKeys, type RecordName } from '../../src/records/record.ts';
import { sourceName } from '../../src/records/source.ts';

const dealingKey = new Uint8Array(32).fill(9);
const ledgerId = new Uint8Array(32).fill(8);
const lanes = ['cost', 'paid'].map((column) => ({ name: column, column }));
const columns = { patient: 'patient', lanes, date: 'date', metadata: ['note'] };
const WITH_ID = parseProfile({ name: 'with', columns: { ...columns, id: 'id' } });
const WITHOUT = parseProfile({ name: 'without', columns });
const CSV = `id,patient,cost,paid,date,note
a,P,1.00,-0.50,2024-01-01,first
b,P,x,0,2024-01-02,unreadable
b,P,2.00,0.00,2024-01-03,"second, with a comma"
a,P,1.00,-0.50,2024-01-04,again
c,P,9.00,0.00,2024-01-05,in conflict
c,P,3.00,0.00,2024-01-06,stored
d,Q,1.00,0.00,2024-01-07,of another patient
`;

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-metadata-'));
  file = join(folder, 'bills.csv');
  await writeFile(file, CSV);
});
afterAll(() => rm(folder, { recursive: true }));

function receiptsOf(...records: [RecordName, string[]][]): Receipts {
  const made = records.map(([name, amounts], recordId): Receipt => {
    const key = toHex(new RecordKeys(dealingKey, ledgerId).key(name));
    const series = { category: '', position: recordId + 1, salt: '0x' } as const;
    return { recordId, batch: 0, key, ...series, amounts, blinding: '0x', commitments: [], path: [] };
  });
  const place = { chainId: 1n, contract: '0x', ledgerId: toHex(ledgerId), patient: '0x', viewingKey: '0x' } as const;
  const committee = { hospital: '0x', threshold: 1, minRecords: 1, salt: '0x' } as const;
  const terms = { ...committee, servers: [], lanes: ['cost', 'paid'], scale: 2, currency: 'USD', categories: [''] };
  return { ...place, terms, records: made };
}

test('by id: the first row that has the amounts too', async () => {
  const receipts = receiptsOf(
    [{ id: 'c' }, ['3.00', '0.00']],
    [{ id: 'a' }, ['1.00', '-0.50']],
    [{ id: 'b' }, ['2.00', '0.00']],
    [{ id: 'd' }, ['1.00', '0.01']],
    [{ id: 'e' }, ['1.00', '0.00']],
  );
  expect(await addMetadata(receipts, dealingKey, { file, profile: WITH_ID })).toBe(3);
  expect(receipts.records.map(({ metadata }) => metadata)).toEqual([
    { date: '2024-01-06', note: 'stored' },
    { date: '2024-01-01', note: 'first' },
    { date: '2024-01-03', note: 'second, with a comma' },
    undefined,
    undefined,
  ]);
});

test.each([
  [undefined, 'bills.csv', 1],
  ['other', 'other', 1],
  [undefined, 'other', 0],
])('without ids: by the name of the source and the row; given %s, stored under %s', async (name, stored, found) => {
  const source = sourceName(stored, profileHash(WITHOUT));
  const receipts = receiptsOf([{ source, row: 3 }, ['2.00', '0.00']], [{ source, row: 4 }, ['2.00', '0.00']]);
  expect(await addMetadata(receipts, dealingKey, { file, profile: WITHOUT, name })).toBe(found);
  expect(receipts.records[0]!.metadata?.date).toBe(found === 1 ? '2024-01-03' : undefined);
  expect(receipts.records[1]).not.toHaveProperty('metadata');
});

test('with another key nothing is found', async () => {
  const receipts = receiptsOf([{ id: 'a' }, ['1.00', '-0.50']]);
  expect(await addMetadata(receipts, new Uint8Array(32), { file, profile: WITH_ID })).toBe(0);
});

test('texts of receipts do not keep the file in memory', async () => {
  const large = join(folder, 'large.csv');
  const rows = Array.from(
    { length: 100 },
    (_, i) => `${i},P,1.00,0.00,2024-01-01,a text that is long enough ${i},${'x'.repeat(250_000)}`,
  );
  await writeFile(large, `id,patient,cost,paid,date,note,other\n${rows.join('\n')}\n`);
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const receipts = receiptsOf(...rows.map((_, i): [RecordName, string[]] => [{ id: `${i}` }, ['1.00', '0.00']]));
  rows.length = 0;
  collect();
  const before = process.memoryUsage().heapUsed;
  expect(await addMetadata(receipts, dealingKey, { file: large, profile: WITH_ID })).toBe(100);
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(5e6);
  expect(receipts.records[7]!.metadata?.note).toBe('a text that is long enough 7');
});
