// Fees between an insurer and servers: what is offered and refused before anything is sent, what an answer earns, what goes back,
// to the wei.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, type Hex, toHex } from '../../../src/bytes.ts';
import { readBalance } from '../../../src/chain/state.ts';
import type { AnswerCall } from '../../../src/contract/types.ts';
import { Insurer, type QueryOptions } from '../../../src/parties/insurer.ts';
import { Server } from '../../../src/parties/server/server.ts';
import { deviating } from '../../support/adversary.ts';
import { sendAnswers } from '../../support/answers.ts';
import { lyingSite } from '../../support/endpoint/liar.ts';
import { fault } from '../../support/parties.ts';
import { type FeeScene, openFeeScene } from './fee-scene.ts';

const BELOW = 'it pays less than the minimum fee of this server';
const GONE = 'nothing is left of its fee';
const LATE = 'its fee can be taken back by now';

let scene: FeeScene;
let ledgerId: Uint8Array;
beforeAll(async () => {
  scene = await openFeeScene('fees');
  ({ ledgerId } = scene.cast);
});
afterAll(() => scene?.chain.stop());

const consent = () => scene.consentTo(scene.recordsOf('ambulatory').slice(0, 3));
const ask = async (options?: QueryOptions) => scene.insurer.query(await consent(), options);
/** Sends the answer of a seat, whatever it is paid. */
async function answer(seat: number, queryId: Hex): Promise<void> {
  const server = scene.server(seat);
  const call = (await server.prepare(ledgerId, fromHex(queryId))) as AnswerCall;
  await sendAnswers(server, ledgerId, [call]);
}
const feeOf = (queryId: Hex) => scene.insurerSite.contract.feeOf(fromHex(queryId));
/** What `work` throws, which must send nothing. */
async function unsent(work: () => Promise<unknown>) {
  const before = await scene.newestBlock();
  const thrown = await fault(work());
  expect(await scene.newestBlock()).toBe(before);
  return thrown;
}

describe('an offer', () => {
  it('of no wei that there can be, or an end without a fee, is refused', async () => {
    for (const fee of [-1n, 2n ** 128n, 5 as unknown as bigint]) {
      expect(await unsent(() => ask({ fee }))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    expect(await unsent(() => ask({ payUntil: 5 }))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    const now = Math.floor(Date.now() / 1000);
    for (const payUntil of [now - 10, now + 366 * 86_400]) {
      expect((await unsent(() => ask({ fee: 5n, payUntil }))).message).toMatch(
        /^payUntil is \d+; it must be an integer from/,
      );
    }
  });

  it('goes to the contract, t times, and stands there for 30 days if nothing else is said', async () => {
    const before = await scene.held();
    const { queryId, fee, paid } = await ask({ fee: 7n });
    expect({ fee, paid }).toEqual({ fee: 7n, paid: 14n });
    expect((await scene.held()) - before).toBe(14n);
    const { payUntil, ...stored } = await feeOf(queryId);
    expect(stored).toEqual({ share: 7n, left: 2 });
    expect(Math.abs(payUntil - (Date.now() / 1000 + 30 * 86_400))).toBeLessThan(600);
  });

  it('cannot be changed, and is not paid again where the query is asked again or continued', async () => {
    const signed = await scene.twoRuns();
    const before = await scene.held();
    await scene.begin(signed, { fee: 9n });
    expect((await scene.held()) - before).toBe(18n);
    expect(await unsent(() => scene.insurer.query(signed, { fee: 10n }))).toMatchObject({
      code: 'FEE_DIFFERS',
      details: { stored: 9n, fee: 10n },
    });
    expect(await scene.insurer.query(signed, { fee: 9n })).toMatchObject({ fee: 9n, paid: 0n, transactions: [{}] });
    expect(await scene.insurer.query(signed)).toMatchObject({ fee: 9n, paid: 0n, transactions: [] });
    expect(await unsent(() => scene.insurer.query(signed, { fee: 0n }))).toMatchObject({ code: 'FEE_DIFFERS' });
    expect((await scene.held()) - before).toBe(18n);
  });

  it('is not sent where fewer than t servers ask for no more', async () => {
    await scene.server(1).stateMinimumFee(5n);
    await scene.server(2).stateMinimumFee(7n);
    expect(await scene.server(2).stateMinimumFee(7n)).toBeNull();
    for (const fee of [undefined, 0n, 4n]) {
      const thrown = await unsent(() => ask(fee === undefined ? {} : { fee }));
      expect(thrown).toMatchObject({ code: 'FEE_TOO_LOW', details: { willing: 1, threshold: 2, needed: 5n } });
      expect(thrown.message).toMatch(
        /1 of 3 servers would answer; the sum takes 2, which want 0\.000000000000000005 ether/,
      );
    }
    expect(await ask({ fee: 5n })).toMatchObject({ paid: 10n });
    for (const seat of [1, 2]) await scene.server(seat).stateMinimumFee(0n);
  });
});

describe('an answer', () => {
  it('earns its share as one of the first t, and what is owed goes where the server says', async () => {
    const { queryId } = await ask({ fee: 1_000_003n });
    const late = (await scene.server(1).prepare(ledgerId, fromHex(queryId))) as AnswerCall;
    const before = await scene.held();
    for (const seat of [3, 2]) await answer(seat, queryId);
    await sendAnswers(scene.server(1), ledgerId, [late]);
    expect(await feeOf(queryId)).toMatchObject({ share: 1_000_003n, left: 0 });
    const own = { queryId, ledgerId: toHex(ledgerId), share: 1_000_003n };
    expect(await scene.server(2).earnings()).toEqual({ owed: 1_000_003n, earned: 1_000_003n, answers: [own] });
    expect(await scene.server(1).earnings()).toEqual({ owed: 0n, earned: 0n, answers: [] });
    expect(await scene.held()).toBe(before);

    const to = new Uint8Array(20).fill(0xee);
    expect(await scene.server(2).withdraw(to)).toBe(1_000_003n);
    expect(await readBalance(scene.chain.rpc, to)).toBe(1_000_003n);
    expect((await scene.held()) - before).toBe(-1_000_003n);
    expect(await scene.server(2).earnings()).toEqual({ owed: 0n, earned: 1_000_003n, answers: [own] });
    expect(await unsent(() => scene.server(2).withdraw())).toMatchObject({ code: 'NOTHING_OWED' });
    expect(await fault(scene.server(3).withdraw(new Uint8Array(20)))).toMatchObject({ code: 'WITHDRAWAL_FAILED' });
    expect(await scene.server(3).withdraw()).toBe(1_000_003n);
  });

  it('is not given for less than the minimum fee, nor where the fee is gone or can be taken back', async () => {
    const signed = await consent();
    const now = await scene.now();
    const { queryId } = await scene.insurer.query(signed, { fee: 5n, payUntil: now + 100 });
    const said = (minimumFee: bigint, time = now, id = queryId) =>
      scene.server(1, { minimumFee, now: () => time }).prepare(ledgerId, fromHex(id));
    expect(await said(6n)).toBe(BELOW);
    expect(await said(5n)).toMatchObject({ queryId: fromHex(queryId) });
    expect(await said(5n, now + 100)).toMatchObject({ queryId: fromHex(queryId) });
    expect(await said(5n, now + 101)).toBe(LATE);
    expect(await said(0n, now + 101)).toMatchObject({ queryId: fromHex(queryId) });
    expect(await said(1n, now, (await ask()).queryId)).toBe(BELOW);
    await scene.moveTo(now + 102);
    expect(await scene.insurer.refund(signed)).toBe(10n);
    expect(await said(5n, now)).toBe(GONE);
    expect(await scene.insurer.withdraw()).toBe(10n);
  });

  it('is not had for nothing by a patient who is the insurer too', async () => {
    for (const seat of [1, 2]) await scene.server(seat).stateMinimumFee(1000n);
    const site = deviating(scene.insurerSite, { minimumFee: () => async () => 0n });
    const { queryId } = await new Insurer(site, scene.insurerSeed).query(await consent());
    for (const seat of [1, 2]) {
      expect(await scene.server(seat, { minimumFee: 1000n }).prepare(ledgerId, fromHex(queryId))).toBe(BELOW);
    }
    await answer(3, queryId);
    expect(await fault(scene.insurer.sum(queryId))).toMatchObject({ code: 'TOO_FEW_ANSWERS', details: { answers: 1 } });
    for (const seat of [1, 2]) await scene.server(seat).stateMinimumFee(0n);
  });

  it('costs a server that an endpoint deceives about the fee an unpaid answer, and nothing else', async () => {
    const { queryId } = await ask();
    const lies = { views: { feeOf: () => async () => ({ share: 10n ** 18n, payUntil: 2 ** 40, left: 2 }) } };
    const { serverSites, serverSeeds } = scene.cast;
    const deceived = new Server(lyingSite(serverSites[0]!, lies), serverSeeds[0]!, { minimumFee: 10n });
    const held = await scene.held();
    await sendAnswers(deceived, ledgerId, [(await deceived.prepare(ledgerId, fromHex(queryId))) as AnswerCall]);
    await answer(2, queryId);
    expect((await scene.insurer.sum(queryId)).amounts).toEqual(scene.sumOf(scene.recordsOf('ambulatory').slice(0, 3)));
    expect(await deceived.earnings()).toMatchObject({ owed: 0n, earned: 0n });
    expect(await scene.held()).toBe(held);
  });
});
