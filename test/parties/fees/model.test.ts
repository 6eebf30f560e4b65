// Money to the wei: random sequences of queries, answers, cancellations, refunds, withdrawals and time through the parties, beside a
// plain model of who is owed what. After each step the contract holds exactly what it owes.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex } from '../../../src/bytes.ts';
import { consentDigest } from '../../../src/contract/signing.ts';
import type { AnswerCall } from '../../../src/contract/types.ts';
import { deploymentOf } from '../../../src/ledger/site.ts';
import type { SignedConsent } from '../../../src/records/consent-file.ts';
import { sendAnswers } from '../../support/answers.ts';
import { fault } from '../../support/parties.ts';
import { type FeeScene, openFeeScene } from './fee-scene.ts';

interface ModelQuery {
  signed: SignedConsent;
  share: bigint;
  payUntil: number;
  /** Shares that are neither earned nor given back. */
  left: number;
  state: 'open' | 'sealed' | 'cancelled';
  answered: Set<number>;
}

const kinds = ['ask', 'begin', 'answer', 'answer', 'answer', 'cancel', 'refund', 'withdraw', 'wait'] as const;
const step = fc.record({ kind: fc.constantFrom(...kinds), which: fc.nat(1000), wei: fc.bigInt(0n, 10n ** 18n) });

let scene: FeeScene;
beforeAll(async () => {
  scene = await openFeeScene('fee model');
});
afterAll(() => scene?.chain.stop());

class Run {
  readonly queries: ModelQuery[] = [];
  /** Seat, or 0 for the insurer → wei. */
  readonly owed = new Map<number, bigint>([0, 1, 2, 3].map((who) => [who, 0n]));

  /** One step of both; throws where one allows what the other refuses. */
  async take({ kind, which, wei }: { kind: (typeof kinds)[number]; which: number; wei: bigint }): Promise<void> {
    const query = this.queries[which % Math.max(1, this.queries.length)];
    if (kind === 'ask' || kind === 'begin') await this.#ask(kind === 'begin', which % 3 === 0 ? 0n : wei);
    else if (kind === 'wait') await scene.moveTo((await scene.now()) + 1 + (which % 200));
    else if (kind === 'withdraw') await this.#withdraw(which % 4);
    else if (query === undefined) return;
    else if (kind === 'answer') await this.#answer(query, 1 + (which % 3));
    else if (kind === 'cancel') await this.#cancel(query);
    else await this.#refund(query);
  }

  /** What the contract must hold. */
  get held(): bigint {
    const inQueries = this.queries.reduce((sum, { share, left }) => sum + share * BigInt(left), 0n);
    return [...this.owed.values()].reduce((sum, wei) => sum + wei, inQueries);
  }

  #give(who: number, wei: bigint): void {
    this.owed.set(who, this.owed.get(who)! + wei);
  }

  async #ask(stops: boolean, share: bigint): Promise<void> {
    const signed = await scene.twoRuns();
    const payUntil = (await scene.now()) + 150;
    const options = share === 0n ? {} : { fee: share, payUntil };
    await (stops ? scene.begin(signed, options) : scene.insurer.query(signed, options));
    const left = share === 0n ? 0 : 2;
    this.queries.push({ signed, share, payUntil, left, state: stops ? 'open' : 'sealed', answered: new Set() });
  }

  async #answer(query: ModelQuery, seat: number): Promise<void> {
    if (query.state !== 'sealed' || query.answered.has(seat)) return;
    const { ledgerId } = scene.cast;
    const queryId = consentDigest(deploymentOf(scene.insurerSite), query.signed.consent);
    const call = (await scene.server(seat).prepare(ledgerId, queryId)) as AnswerCall;
    await sendAnswers(scene.server(seat), ledgerId, [call]);
    query.answered.add(seat);
    if (query.left === 0) return;
    query.left--;
    this.#give(seat, query.share);
  }

  async #cancel(query: ModelQuery): Promise<void> {
    const work = scene.insurer.cancel(query.signed);
    if (query.state !== 'open') {
      expect(await fault(work)).toMatchObject({ code: 'QUERY_NOT_OPEN' });
      return;
    }
    expect(await work).toBe(query.share * BigInt(query.left));
    this.#giveBack(query);
    query.state = 'cancelled';
  }

  async #refund(query: ModelQuery): Promise<void> {
    // The transaction's block is later than the newest one; at the boundary either may be right.
    const early = query.payUntil - (await scene.now());
    if (early >= 0 && early < 30) return;
    const work = scene.insurer.refund(query.signed);
    const refusal = query.left === 0 ? 'NOTHING_TO_REFUND' : early > 0 ? 'REFUND_TOO_EARLY' : null;
    if (refusal !== null) {
      expect(await fault(work)).toMatchObject({ code: refusal });
      return;
    }
    expect(await work).toBe(query.share * BigInt(query.left));
    this.#giveBack(query);
  }

  #giveBack(query: ModelQuery): void {
    this.#give(0, query.share * BigInt(query.left));
    query.left = 0;
  }

  async #withdraw(who: number): Promise<void> {
    const wei = this.owed.get(who)!;
    const work = (who === 0 ? scene.insurer : scene.server(who)).withdraw(fromHex(`0x${'ee'.repeat(20)}`));
    if (wei === 0n) expect(await fault(work)).toMatchObject({ code: 'NOTHING_OWED' });
    else expect(await work).toBe(wei);
    this.owed.set(who, 0n);
  }
}

describe('fees', () => {
  it('are where a plain model has them after every step, to the wei', { timeout: 300_000 }, async () => {
    const { contract } = scene.insurerSite;
    const accounts = [scene.insurer.address, ...scene.cast.servers.map(({ address }) => address)];
    const run = new Run();
    for (const next of fc.sample(step, { numRuns: 90, seed: 10 })) {
      await run.take(next);
      expect(await scene.held()).toBe(run.held);
      const owed = await Promise.all(accounts.map((account) => contract.owed(account)));
      expect(owed).toEqual([...run.owed.values()]);
    }
    // The sequence has some of everything.
    expect(
      run.queries.filter(({ share, left, answered }) => share > 0n && left === 0 && answered.size > 1).length,
    ).toBeGreaterThan(0);
    expect(run.queries.filter(({ state }) => state === 'cancelled').length).toBeGreaterThan(0);
    expect(run.queries.filter(({ answered, left }) => answered.size < 2 && left === 0).length).toBeGreaterThan(1);
    // Everything can be taken out, by those to whom it belongs.
    await scene.moveTo(Math.max(...run.queries.map(({ payUntil }) => payUntil)) + 1000);
    for (let which = 0; which < run.queries.length; which++) {
      if (run.queries[which]!.left > 0) await run.take({ kind: 'refund', which, wei: 0n });
    }
    for (const which of [0, 1, 2, 3]) await run.take({ kind: 'withdraw', which, wei: 0n });
    expect(await scene.held()).toBe(0n);
  });
});
