// The demonstration through the program: with nothing given, alone, on the files of the Synthea sample where they are at
// hand, and with what it cannot use.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { bundleCli, Cli } from '../support/cli.ts';

vi.setConfig({ testTimeout: 180_000 });
const SYNTHEA = new URL('../../../shared/data/synthea/encounters.csv', import.meta.url).pathname;
let folder: string;
let cli: Cli;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-demo-cli-'));
  cli = new Cli(await bundleCli(), folder);
});
afterAll(() => cli?.close());

async function demo(...args: string[]) {
  const { code, json, stdout, stderr } = await cli.run(['demo', '--json', ...args]);
  expect(code, stderr).toBe(0);
  expect(stdout.trimEnd().split('\n').length).toBe(1);
  return { json, stderr };
}

describe('mistore demo that is stopped', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s leaves no file behind', async (signal) => {
    const temporary = await mkdtemp(join(folder, 'temporary-'));
    cli.env = { TMPDIR: temporary };
    onTestFinished(() => {
      cli.env = {};
    });
    const running = await cli.start(['demo', '--rows', '50000']);
    // The line says that the sample is made up: so its folder is there, and the ingest far from its end.
    expect(await readdir(temporary)).toHaveLength(1);
    expect(await running.stop(signal)).toEqual({ code: null, json: undefined });
    expect(await readdir(temporary)).toEqual([]);
  });
});

describe('mistore demo', () => {
  it('needs nothing: 2,000 made-up rows, three of five servers, one that lies', async () => {
    const { json, stderr } = await demo();
    expect(json).toMatchObject({
      rows: 2000,
      stored: 2000,
      rejected: 0,
      batches: 3,
      threshold: 3,
      servers: 5,
      query: { exact: true, answers: 3, refusedAnswers: 1 },
    });
    expect(json.query.sums).toEqual(json.query.expected);
    expect(json.receipts).toEqual({ checked: json.query.records, valid: json.query.records });
    expect(json.gas.answer).toBeLessThanOrEqual(85_000);
    expect(json.gas.perRecord).toBeLessThanOrEqual(11_700);
    expect(Object.values(json.seconds).every((seconds) => typeof seconds === 'number')).toBe(true);
    expect(stderr).toContain('The insurer has the exact sum');
  });

  it('works with one server alone, and warns', async () => {
    const { json, stderr } = await demo('--threshold', '1', '--servers', '1', '--rows', '60');
    expect(json).toMatchObject({
      rows: 60,
      stored: 60,
      threshold: 1,
      servers: 1,
      query: { exact: true, answers: 1, refusedAnswers: 0 },
    });
    expect(stderr).toContain('Warning: with threshold 1 every server alone can read every amount.');
  });

  it.skipIf(!existsSync(SYNTHEA))(
    `stores the 7,584 encounters of ${existsSync(SYNTHEA) ? 'Synthea' : 'Synthea (file not at hand: skipped)'}`,
    async () => {
      const { json } = await demo('--csv', SYNTHEA, '--preset', 'synthea-encounters');
      expect(json).toMatchObject({
        rows: 7584,
        stored: 7584,
        rejected: 0,
        threshold: 3,
        servers: 5,
        ledgerSums: { TOTAL_CLAIM_COST: '21910819.27', PAYER_COVERAGE: '16355083.04' },
        query: { records: 761, edges: 6, exact: true, answers: 3, refusedAnswers: 1 },
        query2: { records: 125, edges: 2, exact: true, answers: 3 },
        query3: { records: 20, exact: true, answers: 3 },
        receipts: { checked: 761, valid: 761 },
      });
      for (const { sums, expected } of [json.query, json.query2, json.query3]) expect(sums).toEqual(expected);
      expect(json.gas.query).toBeLessThan(220_000);
      expect(json.gas.perRecord).toBeLessThanOrEqual(6300);
    },
  );

  it('stores what can be read of a file, and counts the rest as rejected', async () => {
    const lines = ['Id,START,PATIENT,DESCRIPTION,ENCOUNTERCLASS,TOTAL_CLAIM_COST,PAYER_COVERAGE'];
    for (let i = 0; i < 6; i++) lines.push(`id-${i},2024-01-01T00:00:00Z,p,text,wellness,${i}.50,1.00`);
    lines.push(
      'id-6,2024-01-01T00:00:00Z,,text,wellness,1.00,1.00',
      'id-7,2024-01-01T00:00:00Z,p,text,wellness,n/a,1.00',
    );
    await writeFile(join(folder, 'some.csv'), `${lines.join('\n')}\n`);
    const { json } = await demo('--csv', 'some.csv', '--threshold', '2', '--servers', '3');
    expect(json).toMatchObject({
      rows: 8,
      stored: 6,
      rejected: 2,
      ledgerSums: { TOTAL_CLAIM_COST: '18.00', PAYER_COVERAGE: '6.00' },
      query: { patient: 'p', records: 6, exact: true },
    });
  });

  it.each([
    [['--threshold', '3', '--servers', '2'], /^INVALID_THRESHOLD.*1 ≤ threshold ≤ servers ≤ 255/],
    [['--csv', 'nothing.csv'], /ENOENT.*nothing\.csv/],
    [['--csv', 'some.csv', '--preset', 'synthea-medications'], /^NO_ROWS.*PATIENT, TOTALCOST, PAYER_COVERAGE/],
  ])('refuses %j in words', async (args, words) => {
    const { code, json, stderr } = await cli.run(['demo', '--json', ...args]);
    expect(code).toBe(1);
    expect(`${json.error.code}: ${json.error.message}`).toMatch(words);
    expect(stderr).not.toMatch(/unexpected error|\n {4}at /);
  });
});
