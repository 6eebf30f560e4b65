// The demonstration at several committees: the same story, exact each time; and the plain code that it is compared with.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busiest, plainTotals as demoTotals } from '../../src/demo/plain.ts';
import { tellStory } from '../../src/demo/story.ts';
import { createEngine } from '../../src/engine/load.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { busiestPatient, cents, LANES, plainTotals, rowsOf, sampleCsv } from '../support/sample.ts';

const csv = sampleCsv(150, 'committees', 6);
const rows = rowsOf(csv);
const patient = busiestPatient(rows);
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
    [4, 7],
    [5, 9],
    [7, 7],
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
      receipts: { checked: records, valid: records },
    });
    expect(LANES.map((lane) => cents(told.query.sums[lane]!))).toEqual(sums);
    expect(told.query.expected).toEqual(told.query.sums);
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
    await expect(tellStory({ ...options, csv: join(folder, 'empty.csv') })).rejects.toThrow(/no (rows|records)/);
  });
});

describe('plain totals', () => {
  it('are those of the rows, and leave out what cannot be read', async () => {
    const odd = join(folder, 'odd.csv');
    await writeFile(odd, '\ufeffP,A,B\np,1,2.5\nq,-0.01,3\np,x,1\n,1,1\np,1.005,1\np,+1,1\np,0.10,"1"\nq,1\n');
    expect(await demoTotals(odd, 'P', ['A', 'B'])).toEqual(
      new Map([
        ['p', { records: 2, sums: [110n, 350n] }],
        ['q', { records: 1, sums: [-1n, 300n] }],
      ]),
    );
    const all = await demoTotals(file, 'PATIENT', LANES);
    expect(all.get(patient)).toEqual(plainTotals(rows, patient));
    expect(busiest(all)).toBe(patient);
  });

  it('name the first of the patients with most records', () => {
    const totals = (records: number) => ({ records, sums: [] });
    expect(
      busiest(
        new Map([
          ['a', totals(1)],
          ['b', totals(3)],
          ['c', totals(3)],
        ]),
      ),
    ).toBe('b');
  });
});
