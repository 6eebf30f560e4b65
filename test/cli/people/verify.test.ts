// What verify says of a receipts file: whose it is, what is in it, and that only a whole and right one is valid.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { formatAmount } from '../../../src/records/amounts.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { formatReceipts } from '../../../src/records/receipts/receipt-file.ts';
import { type Cli, cliOn } from '../../support/cli.ts';
import { LANES } from '../../support/sample.ts';
import { openScene, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 120_000 });
let scene: Scene;
let cli: Cli;
/** With days and texts. */
let receipts: Receipts;

beforeAll(async () => {
  scene = await openScene('verify');
  cli = await cliOn(scene.chain);
  const { records, ...rest } = scene.receipts;
  const day = (k: number) => `2025-${String(1 + (k % 12)).padStart(2, '0')}-10`;
  receipts = {
    ...rest,
    records: records.map((one, k) => ({ ...one, metadata: { date: day(k), DESCRIPTION: `visit ${one.recordId}` } })),
  };
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

async function verify(given: Receipts, ...more: string[]) {
  await writeFile(join(cli.folder, 'receipts.json'), formatReceipts(given));
  return cli.run(['verify', 'receipts.json', ...more]);
}
const people = (minor: bigint) => formatAmount(minor, 2).replace(/\B(?=(\d{3})+\.)/g, ',');

describe('a whole file', () => {
  it('is shown before its verdict: account, hospital, period, and the sums of each category', async () => {
    const { code, stdout } = await verify(receipts);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(
      `Receipts of account ${addressText(scene.patient.address)}: 40 records, from 2025-01-10 to 2025-12-10.`,
    );
    expect(lines[1]).toContain(`From hospital ${addressText(scene.cast.hospital.address)}, ledger 0x`);
    for (const category of new Set(receipts.records.map((one) => one.category))) {
      const own = receipts.records.filter((one) => one.category === category).map(({ recordId }) => recordId);
      const row = lines.find((line) => line.includes(category))!;
      for (const sum of scene.sumOf(own)) expect(row).toContain(people(sum));
    }
    const all = scene.sumOf(receipts.records.map(({ recordId }) => recordId));
    expect(lines.find((line) => / all +│ +40 /.test(line))).toContain(people(all[0]!));
    const verdict = lines.findIndex((line) => line.startsWith('VALID and complete: all 40 receipts are right'));
    expect(verdict).toBeGreaterThan(lines.findIndex((line) => / all +│ +40 /.test(line)));
  });

  it('lists each record by day with what the amounts add up to, for --records', async () => {
    const { stdout } = await verify(receipts, '--records');
    const ordered = receipts.records.toSorted(
      (a, b) => a.metadata!.date!.localeCompare(b.metadata!.date!) || a.recordId - b.recordId,
    );
    const listed = stdout.split('\n').filter((line) => line.includes('│ visit '));
    expect(listed).toHaveLength(40);
    for (const [k, { recordId, metadata }] of ordered.entries()) {
      expect(listed[k]).toMatch(new RegExp(`^│ ${recordId} +│ ${metadata!.date} │ visit ${recordId} .*│ valid +│$`));
      const soFar = scene.sumOf(ordered.slice(0, k + 1).map((one) => one.recordId));
      for (const sum of soFar) expect(listed[k]).toContain(` ${people(sum)} `);
    }
  });

  it('has the same for programs', async () => {
    const { json } = await verify(receipts, '--json');
    const all = scene.sumOf(receipts.records.map(({ recordId }) => recordId));
    expect(json).toMatchObject({
      verdict: 'valid',
      patient: receipts.patient,
      ledger: receipts.ledgerId,
      total: { records: 40, from: '2025-01-10', to: '2025-12-10' },
    });
    expect(LANES.map((lane) => json.total.sums[lane])).toEqual(all.map((sum) => formatAmount(sum, 2)));
  });
});

describe('is not valid', () => {
  it('without a record that is on chain', async () => {
    const last = receipts.records.toSorted((a, b) => b.position - a.position)[0]!;
    const fewer = { ...receipts, records: receipts.records.filter((one) => one !== last) };
    const { code, stdout } = await verify(fewer);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'INCOMPLETE: all 39 receipts are right, and 1 record of this account is on chain and not in the file.',
    );
    expect(stdout).toContain(`Missing: record ${last.recordId}, number ${last.position} of category ${last.category}`);
    expect(stdout).not.toMatch(/^VALID/m);
    expect((await verify(fewer, '--json')).json).toMatchObject({ verdict: 'incomplete', valid: 39, complete: false });
  });

  it('without any record', async () => {
    const { code, stdout } = await verify({ ...receipts, records: [] });
    expect(code).toBe(1);
    expect(stdout).toContain('INCOMPLETE: the file holds no record, and 40 records of this account are on chain.');
    const nobody = { ...receipts, records: [], viewingKey: `0x${'11'.repeat(32)}` as const };
    const empty = await verify(nobody);
    expect(empty.code).toBe(1);
    expect(empty.stdout).toContain('EMPTY: the file holds no record, so it proves nothing.');
    expect((await verify(nobody, '--json')).json).toMatchObject({ verdict: 'empty', checked: 0 });
  });

  it('with another amount, which is named in the list too', async () => {
    const [first] = receipts.records;
    const changed = { ...first!, amounts: ['0.01', ...first!.amounts.slice(1)] };
    const { code, stdout } = await verify({ ...receipts, records: receipts.records.with(0, changed) }, '--records');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^NOT VALID: \d+ receipts? (is|are) wrong, of 40\.$/m);
    expect(stdout).toMatch(new RegExp(`│ ${first!.recordId} +│ .*amounts do not open the commitment`));
  });
});
