// Complaints as people meet them at the command line: what the hospital is shown, what it is asked before it justifies one, and
// what ledger show, ingest, receipts and verify say about void records.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { toHex } from '../../../src/bytes.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { type Cli, cliOn, refusedBy } from '../../support/cli.ts';
import { sampleCsv } from '../../support/sample.ts';
import { openScene, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 120_000 });
let scene: Scene;
let cli: Cli;
let ledger: string;
/** The last record of the patient's longest series. */
let voided: number;
let patient: string;

beforeAll(async () => {
  scene = await openScene('voids at the command line');
  const { cast } = scene;
  ledger = toHex(cast.ledgerId);
  cli = await cliOn(scene.chain, { hospital: cast.hospitalSeed });
  cli.env.MISTORE_KEYSTORE = 'hospital.json';
  patient = sampleCsv(1, 'scene', 1).split('\n')[1]!.split(',')[3]!;
  const last = scene.receipts.records.toSorted((a, b) => b.position - a.position)[0]!;
  voided = last.recordId;
  for (const server of cast.servers.slice(0, 2)) await server.complain(cast.ledgerId, 0, [voided]);
  await cast.servers[2]!.complain(cast.ledgerId, 0, [voided === 0 ? 1 : 0]);
  await writeFile(join(cli.folder, 'others.csv'), sampleCsv(8, 'others', 6));
  await writeFile(join(cli.folder, 'patients.txt'), `${patient}\n\n`);
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

const ok = async (...args: string[]) => {
  const ended = await cli.run(args);
  expect(ended.code, ended.stderr).toBe(0);
  return ended;
};
const ingest = (...more: string[]) =>
  ok('ingest', 'others.csv', '--ledger', ledger, '--preset', 'synthea-encounters', '--threads', '0', ...more);

describe('hospital run --once', () => {
  it('shows who complains about what, how many more would void it, and what justifying would make public', async () => {
    const { stdout, stderr } = await ok('hospital', 'run', '--once');
    const lines = stderr.split('\n');
    expect(lines).toContain(`Ledger ${ledger}: Record ${voided} is void: seats 1 and 2 complain about it.`);
    expect(lines).toContain(`Ledger ${ledger}: Record ${voided === 0 ? 1 : 0}: seat 3 complains about it.`);
    expect(lines).toContain('  1 more complaint would make it void.');
    expect(stderr).toContain('No carry record has been stored for it');
    expect(stderr).toContain(`mistore hospital justify --ledger ${ledger} --record ${voided} --seat 1`);
    expect(stdout).toBe('1 ledger: complaints or public shares of 2 records, of which 1 void.\n');
  });

  it('is one object for programs', async () => {
    const { json } = await ok('hospital', 'run', '--once', '--json', '--ledger', ledger);
    const record = {
      ledger,
      record: voided,
      standing: [1, 2],
      justified: [],
      isVoid: true,
      toVoid: 0,
      carriedBy: null,
    };
    expect(json).toMatchObject({
      address: addressText(scene.cast.hospital.address),
      ledgers: [ledger],
      leftOut: [],
    });
    expect(json.records).toContainEqual(expect.objectContaining(record));
  });
});

describe('ledger show', () => {
  it('names void records and standing complaints', async () => {
    const { stdout } = await ok('ledger', 'show', ledger);
    expect(stdout).toContain(`Record ${voided} is void: seats 1 and 2 complain about it.\n`);
    const { json } = await ok('ledger', 'show', ledger, '--json');
    expect(json.complaints).toHaveLength(2);
    expect(json.complaints).toContainEqual({
      record: voided,
      standing: [1, 2],
      justified: [],
      isVoid: true,
      isVoidForGood: false,
    });
  });
});

describe('ingest, receipts and verify', () => {
  const receiptsOf = async (file: string): Promise<Receipts> => {
    await ok('receipts', '--ledger', ledger, '--patient', patient, '--out', file);
    return JSON.parse(await (await import('node:fs/promises')).readFile(join(cli.folder, file), 'utf8'));
  };

  it('tell the patient of a void record that ends a series', async () => {
    await receiptsOf('before.json');
    const { stdout } = await ok('verify', 'before.json');
    expect(stdout).toContain(
      `Record ${voided} is void: seats 1 and 2 complain about it. No sum can end there, until the hospital has stored the next record of its series.`,
    );
  });

  it('say whose series they carry on, and that a patient must be named', async () => {
    const unknown = await ingest('--dry-run');
    expect(unknown.stderr).toContain('1 void record is of patients of whom this input has no row');
    const dry = await ingest('--dry-run', '--patients', 'patients.txt');
    expect(dry.stdout).toContain('1 series that ends in a void record would be carried on.');
    const { json } = await ingest('--patients', 'patients.txt', '--json');
    expect(json).toMatchObject({ rows: 8, stored: 8, sent: 8, voids: { carried: [voided], waiting: [], unknown: [] } });
    const again = await ingest('--json');
    expect(again.json).toMatchObject({ stored: 8, sent: 0, voids: { carried: [], waiting: [], unknown: [voided] } });
  });

  it('name the carry record', async () => {
    const { records } = await receiptsOf('after.json');
    const carry = records.find((one) => one.carries !== undefined)!;
    expect(carry.carries).toBe(voided);
    const { stdout } = await ok('verify', 'after.json');
    expect(stdout).toContain(`record ${carry.recordId} is the next of its series.`);
    expect(stdout).toContain('1 receipt is of a carry record: of amount 0');
    const { json } = await ok('verify', 'after.json', '--json');
    expect(json).toMatchObject({ complete: true, invalid: [] });
    expect(json.complaints).toContainEqual(expect.objectContaining({ recordId: voided, next: carry.recordId }));
    const run = await ok('hospital', 'run', '--once');
    expect(run.stderr).toContain(`Record ${carry.recordId} carries its series' total on.`);
  });
});

describe('hospital justify', () => {
  const args = (seat: number) => [
    'hospital',
    'justify',
    '--ledger',
    ledger,
    '--record',
    `${voided}`,
    '--seat',
    `${seat}`,
  ];

  /** At a terminal, by its standard input alone. */
  const answered = (input: string) =>
    cli.run(args(2), { input, env: { NODE_OPTIONS: '--import=data:text/javascript,process.stdin.isTTY=true' } });

  it('sends nothing unless a person confirms it', async () => {
    for (const answer of ['n\n', '\n', '', 'yep\n']) {
      const { code, stderr } = await answered(answer);
      expect(code).toBe(1);
      expect(stderr).toContain(`Make the share of seat 2 of record ${voided} public? [y/N]`);
      expect(stderr).toContain('error: not confirmed; nothing was sent');
    }
    expect(await refusedBy(cli, args(2))).toBe(
      'NOT_CONFIRMED: this must be confirmed: give --yes, or run at a terminal; nothing was sent',
    );
    const { json } = await ok('ledger', 'show', ledger, '--json');
    expect(json.complaints).toContainEqual(
      expect.objectContaining({ record: voided, standing: [1, 2], justified: [] }),
    );
  });

  it('says before what becomes public and how many are left, and does it at a yes, or with --yes', async () => {
    const { stdout, stderr } = await answered('y\n');
    expect(stderr).toContain(`This makes the share of seat 2 of record ${voided} public, for everybody and for ever.`);
    expect(stderr).toContain('Any 2 shares give the total');
    expect(stderr).toContain('It is the last complaint about this record that can be justified.');
    expect(stderr).toContain('The record is void while 2 complaints stand; now 2 do.');
    expect(stdout).toContain(`The share of seat 2 of record ${voided} is public now`);
    expect(await refusedBy(cli, [...args(1), '--yes'])).toMatch(
      /^TOO_MANY_JUSTIFIED: no further share of record \d+ may become public: 1 of the 2/,
    );
    expect(await refusedBy(cli, [...args(3), '--yes'])).toMatch(/^NO_COMPLAINT/);
    const other = ['hospital', 'justify', '--ledger', ledger, '--record', `${voided === 0 ? 1 : 0}`, '--seat', '3'];
    const { json } = await ok(...other, '--yes', '--json');
    const spent = { gas: expect.stringMatching(/^[1-9]\d+$/), fees: expect.stringMatching(/^[1-9]\d+$/) };
    expect(json).toEqual({ ledger, record: voided === 0 ? 1 : 0, seat: 3, left: 0, ...spent });
  });
});

describe('ids of patients', () => {
  it('that no row can have are refused, without quoting a file', async () => {
    for (const [name, why] of [
      [` ${patient}`, 'spaces around it'],
      ['1.2E+26', 'scientific notation'],
      [`${patient}\u200b`, 'U+200B'],
      ['', 'is empty'],
    ] as const) {
      const receipts = await cli.run(['receipts', '--ledger', ledger, '--patient', name, '--out', 'none.json']);
      const handover = await cli.run([
        'handover',
        '--ledger',
        ledger,
        '--patient',
        name,
        '--out',
        'p.json',
        '--patient-password-file',
        'patients.txt',
      ]);
      for (const { code, stderr } of [receipts, handover]) {
        expect(code, name).toBe(1);
        expect(stderr, name).toContain(why);
      }
    }
    await writeFile(join(cli.folder, 'odd.txt'), `${patient}\n=secret\n`);
    const refused = await refusedBy(cli, [
      'ingest',
      'others.csv',
      '--ledger',
      ledger,
      '--preset',
      'synthea-encounters',
      '--patients',
      'odd.txt',
    ]);
    expect(refused).toContain("odd.txt: line 2 is no patient's id as rows have it: it is a formula");
    expect(refused).not.toContain('secret');
  });
});
