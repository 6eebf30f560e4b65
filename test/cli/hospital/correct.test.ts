// Corrections of stored amounts: the row that correct writes, stored by the command that it prints, makes sums right; what it
// cannot correct it refuses.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { toHex } from '../../../src/bytes.ts';
import { custodialSeed } from '../../../src/identity/keys.ts';
import { formatAmount } from '../../../src/records/amounts.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { startChain, type TestChain } from '../../support/chain.ts';
import { type Cli, cliOn, refusedBy } from '../../support/cli.ts';
import { type Cast, openCast } from '../../support/parties.ts';
import { busiestPatient, cents, LANES, plainTotals, rowsOf, sampleCsv } from '../../support/sample.ts';

vi.setConfig({ testTimeout: 180_000 });
const PRESET = ['--preset', 'synthea-encounters'];
const csv = sampleCsv(30, 'correct', 3);
const rows = rowsOf(csv);
const patient = busiestPatient(rows);
const own = rows.filter((row) => row.patient === patient);
const bill = own[0]!.id!;
const INSURER = addressText(new Uint8Array(20).fill(0xac));

let chain: TestChain;
let cast: Cast;
let cli: Cli;
let ledger: string[];

beforeAll(async () => {
  chain = await startChain();
  cast = await openCast(chain, 'correct', 2, 3);
  ledger = ['--ledger', toHex(cast.ledgerId)];
  cli = await cliOn(chain, { hospital: cast.hospitalSeed, patient: custodialSeed(cast.hospitalSeed, patient) });
  cli.env.MISTORE_KEYSTORE = 'hospital.json';
  await writeFile(join(cli.folder, 'bills.csv'), csv);
  await done('ingest', 'bills.csv', ...ledger, ...PRESET, '--threads', '0');
});
afterAll(async () => {
  cli?.close();
  await chain?.stop();
});

const read = (file: string) => readFile(join(cli.folder, file), 'utf8');
async function done(...args: string[]) {
  const { code, json, stderr } = await cli.run([...args, '--json']);
  expect(code, stderr).toBe(0);
  return json;
}
const correct = (...more: string[]) => [
  'correct',
  ...ledger,
  '--patient',
  patient,
  '--out',
  'c.csv',
  '--force',
  ...more,
];
/** Stores what was written, by the command that was printed, in a shell. */
async function stored(...args: string[]) {
  const { code, stdout, stderr } = await cli.run(args);
  expect(code, stderr).toBe(0);
  const command = /To store it: mistore (ingest .*)$/m.exec(stdout)![1]!;
  const words = (await cli.run(['--version'], { shell: `printf '%s\\n' ${command} #` })).stdout.trim().split('\n');
  return { stdout, ingested: await done(...words, '--threads', '0') };
}
async function receiptsNow(): Promise<Receipts> {
  await done(
    'receipts',
    ...ledger,
    '--patient',
    patient,
    '--out',
    'r.json',
    '--force',
    '--csv',
    'bills.csv',
    ...PRESET,
  );
  return JSON.parse(await read('r.json'));
}
const totals = ({ records }: Receipts) =>
  LANES.map((_, l) => records.reduce((sum, { amounts }) => sum + cents(amounts[l]!), 0n));

describe('correct', () => {
  it('writes a row of the difference, and what it is stored by', async () => {
    const { stdout, ingested } = await stored(...correct('--id', bill, '--amount', `${LANES[0]}=100.00`));
    const difference = 10_000n - own[0]!.amounts[0]!;
    expect(stdout.replaceAll(',', '')).toContain(formatAmount(difference, 2));
    const { records } = await receiptsNow();
    const original = records.find(({ amounts, category }) => {
      const same = amounts.every((amount, l) => cents(amount) === own[0]!.amounts[l]);
      return same && category === own[0]!.category;
    })!;
    expect((await read('c.csv')).split('\n')).toEqual([
      `id,patient,category,${LANES.join(',')}`,
      `record-${original.recordId}.correction.1,${patient},${own[0]!.category},${formatAmount(difference, 2)},0.00`,
      '',
    ]);
    expect(ingested).toMatchObject({ rows: 1, stored: 1, sent: 1, rejected: 0 });
  });

  it('makes sums right, in the series and the period of the record', async () => {
    const receipts = await receiptsNow();
    const [first, second] = plainTotals(own).sums;
    expect(totals(receipts)).toEqual([first! - own[0]!.amounts[0]! + 10_000n, second]);
    const correction = receipts.records.at(-1)!;
    expect(correction.category).toBe(own[0]!.category);
    const original = receipts.records.find(({ recordId }) => recordId === correction.corrects)!;
    expect(original.amounts.map(cents)).toEqual(own[0]!.amounts);
    expect(correction.metadata).toEqual(original.metadata);
    expect(receipts.records.filter(({ corrects }) => corrects !== undefined)).toEqual([correction]);
    expect(await done('verify', 'r.json')).toMatchObject({ verdict: 'valid' });
  });

  it('counts earlier corrections in, whichever way the record is named', async () => {
    const { records } = await receiptsNow();
    const number = `${records.at(-1)!.corrects}`;
    const again = ['--record', number, '--amount', `${LANES[0]}=100`];
    expect(await refusedBy(cli, correct(...again))).toBe(
      `NOTHING_TO_CORRECT: record ${number} with its corrections has these amounts already`,
    );
    const { stdout } = await stored(...correct('--record', number, '--cancel'));
    expect(stdout).toContain('1 earlier correction of it is counted in.');
    expect(await read('c.csv')).toContain(`record-${number}.correction.2,`);
    const [first, second] = plainTotals(own.slice(1)).sums;
    expect(totals(await receiptsNow())).toEqual([first, second]);
  });

  it.each([
    [['--id', 'none', '--cancel'], /^NO_SUCH_RECORD: no record with this id/],
    [['--record', '29000', '--cancel'], /^NO_SUCH_RECORD: record 29000/],
    [['--id', 'x', '--record', '1', '--cancel'], /^USAGE: say which record/],
    [['--cancel'], /^USAGE: say which record/],
    [['--id', bill], /^USAGE: say what it should be/],
    [['--id', bill, '--cancel', '--amount', 'A=1'], /^USAGE: say what it should be/],
    [['--id', bill, '--amount', '12.00'], /^USAGE: --amount: say of which lane, LANE=AMOUNT/],
    [['--id', bill, '--amount', 'NONE=12.00'], /^INVALID_ARGUMENT: lane is "NONE"/],
    [['--id', bill, '--amount', `${LANES[0]}=1`, '--amount', `${LANES[0]}=2`], /two amounts/],
    [['--id', bill, '--amount', `${LANES[0]}=12,50`], /^INVALID_AMOUNT/],
    [['--id', bill, '--amount', `${LANES[0]}=12.505`], /^INVALID_AMOUNT/],
    [['--id', bill, '--amount', `${LANES[0]}=99999999999`], /^INVALID_AMOUNT/],
  ])('refuses %j', async (args, words) => {
    expect(await refusedBy(cli, correct(...args))).toMatch(words);
  });

  it('has receipts of all patients say the same', async () => {
    await done('receipts', ...ledger, '--all', '--out-dir', 'all', '--csv', 'bills.csv', ...PRESET);
    const { records } = await receiptsNow();
    const files = (await readdir(join(cli.folder, 'all'))).filter((name) => name.endsWith('.json'));
    const texts = await Promise.all(files.map((name) => read(`all/${name}`)));
    expect(texts.map((text) => JSON.parse(text).records)).toContainEqual(records);
    const said = texts
      .flatMap((text) => JSON.parse(text).records ?? [])
      .filter(({ corrects }) => corrects !== undefined);
    expect(said.length).toBe(2);
  });

  it('knows no record of another patient', async () => {
    const other = rows.find((row) => row.patient !== patient)!;
    expect(await refusedBy(cli, correct('--id', other.id!, '--cancel'))).toMatch(/^NO_SUCH_RECORD/);
  });
});

describe('a consent over a corrected record', () => {
  const sign = (...more: string[]) =>
    cli.run([
      ...['consent', 'sign', '--keystore', 'patient.json', '--receipts', 'r.json', '--insurer', INSURER],
      ...['--out', 'consent.json', '--force', '--yes', '--json', ...more],
    ]);
  const text = (minor: bigint[]) => Object.fromEntries(LANES.map((lane, l) => [lane, formatAmount(minor[l]!, 2)]));

  it('covers its corrections, and says so', async () => {
    const { records } = await receiptsNow();
    const corrections = records.filter(({ corrects }) => corrects !== undefined);
    const [number, ...ids] = [corrections[0]!.corrects!, ...corrections.map(({ recordId }) => recordId)];
    const { code, json, stderr } = await sign('--record', `${number}`);
    expect(code, stderr).toBe(0);
    expect(json).toMatchObject({ records: 3, corrections: { included: ids, alone: [], leftOut: [] } });
    expect(json.chosen.total.sums).toEqual(text([0n, 0n])); // It was cancelled.
    expect(stderr).toContain(`2 of the records are corrections of others of them (${ids.join(', ')})`);
    const shown = await cli.run(['consent', 'show', 'consent.json', '--receipts', 'r.json', '--json']);
    expect(shown.json).toMatchObject({ records: 3, corrections: { included: ids, alone: [], leftOut: [] } });
  });

  it('says what is not covered: a correction alone, and one that came later', async () => {
    const { records } = await receiptsNow();
    const last = records.find(({ corrects }) => corrects !== undefined)!;
    const { json, stderr } = await sign('--record', `${last.recordId}`);
    expect(json).toMatchObject({ records: 1, corrections: { included: [], alone: [last.recordId] } });
    expect(stderr).toContain(`Warning: 1 record is a correction (${last.recordId}) of what is not among them`);
    const other = records.find(
      ({ recordId, corrects, category }) =>
        corrects === undefined && recordId !== last.corrects && category === own[1]!.category,
    )!;
    expect((await sign('--record', `${other.recordId}`)).json).toMatchObject({ records: 1 });
    await stored(...correct('--record', `${other.recordId}`, '--amount', `${LANES[0]}=7`));
    const late = (await receiptsNow()).records.at(-1)!;
    const shown = await cli.run(['consent', 'show', 'consent.json', '--receipts', 'r.json']);
    expect(shown.stdout).toContain(`Warning: 1 correction of these records (${late.recordId}) is not covered`);
    expect((await cli.run(['verify', 'r.json', '--records'])).stdout).toMatch(
      new RegExp(`corrects +record +${other.recordId}|corrects record ${other.recordId}`),
    );
  });
});
