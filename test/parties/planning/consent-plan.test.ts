// What is never signed because no sum could come of it, and what a person is shown before they sign.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { consentDigest } from '../../../src/contract/signing.ts';
import { deploymentOf, type Site } from '../../../src/ledger/site.ts';
import { planConsent } from '../../../src/parties/consent-plan.ts';
import { coveredRecords } from '../../../src/records/receipts/covered.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { fault } from '../../support/parties.ts';
import { openScene, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 120_000 });
let scene: Scene;
let site: Site;

beforeAll(async () => {
  scene = await openScene('consent plan');
  site = await scene.chain.reader();
});
afterAll(() => scene?.chain.stop());

/** Of the patient's longest series, in its order. */
const series = () => {
  const { records } = scene.receipts;
  const { category } = records.toSorted((a, b) => b.position - a.position)[0]!;
  return scene.recordsOf(category);
};
const plan = async (changed: { receipts?: Receipts; ids?: number[]; insurer?: Uint8Array; deadline?: bigint } = {}) =>
  planConsent(
    site,
    changed.receipts ?? scene.receipts,
    changed.ids ?? series(),
    changed.insurer ?? scene.insurer.address,
    changed.deadline ?? (await scene.chain.deadline()),
  );
const refused = async (changed: Parameters<typeof plan>[0]) => fault(plan(changed));

describe('a plan', () => {
  it('has sums, edges and gas of the query that the consent would make', async () => {
    const ids = series().slice(1, 4);
    const { summary, edges, gas, missing, insurerSeat, isUnused } = await plan({ ids });
    expect(summary.total).toMatchObject({ records: 3, sums: scene.sumOf(ids) });
    expect(edges.map(({ sign, position }) => [sign, position])).toEqual([
      [-1, 1],
      [1, 4],
    ]);
    expect({ missing, insurerSeat, isUnused }).toEqual({ missing: [], insurerSeat: 0, isUnused: false });
    const signed = await scene.consentTo(ids);
    expect(coveredRecords(scene.receipts, signed.edges)).toEqual(ids);
    const { transactions, queryId } = await scene.insurer.query(signed);
    expect(queryId).toBe(`0x${Buffer.from(consentDigest(deploymentOf(site), signed.consent)).toString('hex')}`);
    const used = Number(transactions.reduce((sum, { gasUsed }) => sum + gasUsed, 0n));
    expect(gas / used > 0.95 && gas / used < 1.2, `${gas} for ${used}`).toBe(true);
  });

  it('tells of an account that nobody has used, and of a server of the ledger', async () => {
    const nobody = new Uint8Array(20).fill(0xab);
    expect(await plan({ insurer: nobody })).toMatchObject({ isUnused: true, insurerSeat: 0 });
    const insurer = scene.cast.servers[1]!.address;
    expect(await plan({ insurer })).toMatchObject({ isUnused: false, insurerSeat: 2 });
  });

  it('tells what the file lacks', async () => {
    const last = series().at(-1)!;
    const receipts = { ...scene.receipts, records: scene.receipts.records.filter((one) => one.recordId !== last) };
    const { missing } = await plan({ receipts, ids: series().slice(0, -1) });
    expect(missing).toMatchObject([{ recordId: last }]);
  });
});

describe('is refused', () => {
  it.each([
    ['the zero address', () => new Uint8Array(20), /the zero address/],
    ['the contract', () => scene.chain.address, /the MIStore contract/],
    ['the patient', () => scene.patient.address, /your own account/],
    ['the hospital', () => scene.cast.hospital.address, /the hospital of these records/],
  ])('for %s as the insurer', async (_, account, words) => {
    expect(await refused({ insurer: account() })).toMatchObject({
      code: 'INVALID_INSURER',
      message: expect.stringMatching(words),
    });
  });

  it('with a deadline that has passed by this machine or by the chain', async () => {
    const now = BigInt(Math.floor(Date.now() / 1000));
    expect(await refused({ deadline: now - 10n })).toMatchObject({ code: 'DEADLINE_PASSED' });
    const later = await openScene('consent plan, later');
    try {
      await later.chain.rpc.call('evm_increaseTime', ['0x15180'], (reply) => reply);
      await later.chain.mine();
      const reader = await later.chain.reader();
      const ids = later.receipts.records.map(({ recordId }) => recordId);
      const planned = planConsent(reader, later.receipts, ids, later.insurer.address, now + 3600n);
      expect(await fault(planned)).toMatchObject({
        code: 'DEADLINE_PASSED',
        message: expect.stringMatching(/^the deadline .* UTC has passed: by the newest block it is /),
      });
    } finally {
      await later.chain.stop();
    }
  });

  it('where a run begins or ends at a void record, with what to choose instead', async () => {
    const [, second, third] = series();
    const { servers, ledgerId } = scene.cast;
    for (const server of servers.slice(0, 2)) await server.complain(ledgerId, 0, [second!]);
    const ends = await refused({ ids: series().slice(0, 2) });
    expect(ends).toMatchObject({ code: 'VOID_EDGE', details: { recordId: second, next: third } });
    expect(ends.message).toContain(`choose record ${third} as well`);
    const begins = await refused({ ids: series().slice(2) });
    expect(begins).toMatchObject({ code: 'VOID_EDGE', details: { recordId: second } });
    expect(begins.message).toContain(`choose record ${second} as well`);
    // A run may pass through it.
    expect((await plan({ ids: series().slice(0, 3) })).edges).toHaveLength(1);
    // The contract is of the same mind.
    const signed = await scene.consentTo(series().slice(0, 2));
    expect((await fault(scene.insurer.query(signed))).code).toMatch(/VOID/);
  });

  it('for receipts that are wrong, or of another contract', async () => {
    const [first] = scene.receipts.records;
    const changed = { ...first!, amounts: ['0.01', ...first!.amounts.slice(1)] };
    const wrong = { ...scene.receipts, records: scene.receipts.records.with(0, changed) };
    expect(await refused({ receipts: wrong, ids: [first!.recordId] })).toMatchObject({ code: 'INVALID_RECEIPT' });
    expect(await refused({ receipts: { ...scene.receipts, chainId: 1n } })).toMatchObject({ code: 'WRONG_DEPLOYMENT' });
  });
});

it('a consent covers no record of receipts that lack some of it', async () => {
  const signed = await scene.consentTo(series().slice(0, 3));
  const records = scene.receipts.records.filter(({ recordId }) => recordId !== series()[1]);
  const covered = Promise.resolve().then(() => coveredRecords({ ...scene.receipts, records }, signed.edges));
  expect(await fault(covered)).toMatchObject({ code: 'OTHER_RECORDS', details: { covered: 3, found: 2 } });
});
