// The demonstration at several committees: the same story, exact each time; and the plain code that it is compared with.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busiest, busiestYear, plainRows, spread, sumOf } from '../../src/demo/plain.ts';
import { tellStory } from '../../src/demo/story.ts';
import { createEngine } from '../../src/engine/load.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { busiestPatient, cents, LANES, plainTotals, rowsOf, sampleCsv } from '../support/sample.ts';

const csv = sampleCsv(150, 'committees', 6);
const rows = rowsOf(csv);
const patient = busiestPatient(rows);
const yearOf = new Map(
  (parse(csv, { columns: true }) as Record<string, string>[]).map(({ Id, START }) => [Id!, START!.slice(0, 4)]),
);
/** The category and year with most of the patient's rows; the first in the file of several. */
const largestYear = (() => {
  const counts = new Map<string, number>();
  for (const { category, id } of rows.filter((row) => row.patient === patient)) {
    const name = `${category} ${yearOf.get(id!)}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [category, year] = [...counts].sort((a, b) => b[1] - a[1])[0]![0].split(' ');
  return { category: category!, year: year! };
})();
let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-demo-'));
  file = join(folder, 'encounters.csv');
  await writeFile(file, csv);
});
afterAll(() => rm(folder, { recursive: true }));

describe('the demonstration', () => {
  it.each([
    [1, 1],
    [2, 3],
    [3, 5],
    [4, 7],
    [5, 9],
  ])('tells the story with %i of %i', async (threshold, servers) => {
    const said: string[] = [];
    const told = await tellStory({
      engine: await createEngine(),
      csv: file,
      profile: presetProfile('synthea-encounters'),
      rejectedFile: join(folder, `rejected-${threshold}-${servers}.csv`),
      threshold,
      servers,
      say: (text) => said.push(text),
      progress: () => ({ update: () => undefined, done: () => undefined }),
    });
    const { records, sums } = plainTotals(rows, patient);
    expect(told).toMatchObject({
      rows: 150,
      stored: 150,
      rejected: 0,
      batches: 1,
      threshold,
      servers,
      query: { patient, records, exact: true, answers: threshold, refusedAnswers: servers > threshold ? 1 : 0 },
      query2: { patient, exact: true, answers: threshold, refusedAnswers: 0 },
      query3: { patient, records: 20, exact: true, answers: threshold, refusedAnswers: 0 },
      receipts: { checked: records, valid: records },
    });
    expect(LANES.map((lane) => cents(told.query.sums[lane]!))).toEqual(sums);
    expect(told.query.expected).toEqual(told.query.sums);
    // The whole history needs an edge a category; a part of one category two at most; single records more.
    const own = rows.filter((row) => row.patient === patient);
    expect(told.query.edges).toBe(new Set(own.map(({ category }) => category)).size);
    const { year, category } = largestYear;
    const ofYear = own.filter((row) => row.category === category && yearOf.get(row.id!) === year);
    expect(told.query2.records).toBe(ofYear.length);
    expect(told.query2.edges).toBeGreaterThanOrEqual(1);
    expect(LANES.map((lane) => cents(told.query2.sums[lane]!))).toEqual(plainTotals(ofYear).sums);
    expect(told.query3.edges).toBeLessThanOrEqual(40);
    expect(LANES.map((lane) => cents(told.ledgerSums[lane]!))).toEqual(plainTotals(rows).sums);
    expect(said.some((text) => text.startsWith('Warning: with threshold 1'))).toBe(threshold === 1);
    expect(said.some((text) => text.includes('the contract refused it'))).toBe(servers > threshold);
  });

  it('of a file that does not exist, or has no rows, fails before a chain is started', async () => {
    const options = {
      engine: await createEngine(),
      profile: presetProfile('synthea-encounters'),
      rejectedFile: join(folder, 'rejected.csv'),
      threshold: 1,
      servers: 1,
      say: () => undefined,
      progress: () => ({ update: () => undefined, done: () => undefined }),
    };
    await expect(tellStory({ ...options, csv: join(folder, 'nothing.csv') })).rejects.toThrow(/ENOENT/);
    await writeFile(join(folder, 'empty.csv'), csv.slice(0, csv.indexOf('\n') + 1));
    await expect(tellStory({ ...options, csv: join(folder, 'empty.csv') })).rejects.toThrow(/has no rows/);
  });
});

describe('plain rows', () => {
  const columns = { patient: 'P', amounts: ['A', 'B'], category: 'C', date: 'D' };

  it('are those of the file, and leave out what cannot be read', async () => {
    const odd = join(folder, 'odd.csv');
    const lines = ['p,1,2.5,x,2020-01-02', 'q,-0.01,3,y,', 'p,x,1,x,', ',1,1,x,', 'p,1.005,1,x,', 'p,+1,1,x,'];
    await writeFile(odd, `\ufeffP,A,B,C,D\n${lines.join('\n')}\np,0.10,"1",x,2021\nq,1\n`);
    expect(await plainRows(odd, columns)).toEqual(
      new Map([
        [
          'p',
          [
            { category: 'x', year: '2020', amounts: [100n, 250n] },
            { category: 'x', year: '2021', amounts: [10n, 100n] },
          ],
        ],
        ['q', [{ category: 'y', year: '', amounts: [-1n, 300n] }]],
      ]),
    );
    const all = await plainRows(file, { patient: 'PATIENT', amounts: LANES, category: undefined, date: undefined });
    expect(sumOf(all.get(patient)!)).toEqual(plainTotals(rows, patient).sums);
    expect(busiest(all)).toBe(patient);
  });

  it('name the first of the patients, and of the categories and years, with most of them', () => {
    const row = (category: string, year: string) => ({ category, year, amounts: [] });
    const list = (count: number) => Array.from({ length: count }, () => row('', ''));
    const byPatient = { a: list(1), b: list(3), c: list(3) };
    expect(busiest(new Map(Object.entries(byPatient)))).toBe('b');
    const years = [row('x', '1'), row('y', '1'), row('x', '2'), row('y', '1'), row('x', '2')];
    expect(busiestYear(years)).toMatchObject({ category: 'y', year: '1' });
  });

  it.each([
    [0, 3, []],
    [2, 3, [0, 1]],
    [3, 3, [0, 1, 2]],
    [9, 3, [0, 4, 8]],
    [5, 1, [0]],
  ])('of %i are spread to %i', (length, count, numbers) => {
    expect(spread(length, count)).toEqual(numbers);
  });
});
