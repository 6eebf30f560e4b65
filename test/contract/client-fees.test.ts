// Fees by the typed client against the real contract: what is sent along with a query, who earns it, what comes back, and every
// refusal. And queries that are cancelled.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressText } from '../../src/address.ts';
import { toHex } from '../../src/bytes.ts';
import { readBalance } from '../../src/chain/state.ts';
import type { MIStoreContract } from '../../src/contract/client.ts';
import { eventOf } from '../../src/contract/outcome.ts';
import { consentDigest, signRevocation } from '../../src/contract/signing.ts';
import type { FeeOffer } from '../../src/contract/types.ts';
import { keyOf, type TestChain } from '../support/chain.ts';
import { deploymentOf, drawBytes, type TestLedger } from '../support/ledger.ts';
import { makeQuery, type TestQuery } from '../support/query.ts';
import { openClientScene, refusal } from './client-scene.ts';

let chain: TestChain;
let ledger: TestLedger;
let insurer: MIStoreContract;

beforeAll(async () => {
  ({ chain, ledger, insurer } = await openClientScene());
});
afterAll(() => chain?.stop());

const SHARE = 10n ** 15n;
/** Ann's records 1 to 3 and 5, each time another consent. */
const ann = (salt: string) => makeQuery(ledger, insurer, 'Ann', [1, 2, 3, 5], { salt: toHex(drawBytes(salt, 32)) });
const idOf = ({ consent }: TestQuery) => consentDigest(deploymentOf(insurer), consent);
/** For the threshold of 2. */
const anOffer = async (seconds = 1000): Promise<FeeOffer> => ({
  fee: 2n * SHARE,
  payUntil: Number(await chain.deadline(seconds)),
});
const ask = (query: TestQuery, offer: FeeOffer, edges?: number) =>
  insurer.openQuery({ ...query, ...query.part(0, edges), offer });
const held = () => readBalance(chain.rpc, chain.address);

describe('a fee', () => {
  it('is sent with the query, earned by the first t answers, and withdrawn', async () => {
    const [query, offer] = [ann('earned'), await anOffer()];
    const queryId = idOf(query);
    const opened = await ask(query, offer);
    const { payUntil } = offer;
    const { ledgerId, servers } = ledger;
    expect(eventOf(opened, 'FeeOffered')).toMatchObject({ queryId, ledgerId, share: SHARE, payUntil });
    expect(await insurer.feeOf(queryId)).toEqual({ share: SHARE, payUntil, left: 2 });
    expect((await insurer.queryWord(queryId)).isPaid).toBe(true);
    expect(await held()).toBe(2n * SHARE);
    for (const seat of [3, 1, 2]) {
      const server = servers[seat - 1]!;
      const { events } = await server.answer(ledgerId, [query.answerOf(seat)]);
      const earned =
        seat === 2 ? [] : [{ event: 'FeeEarned', queryId, ledgerId, server: server.account, share: SHARE }];
      expect(events).toMatchObject([{ event: 'AnswerAccepted', seat }, ...earned]);
      expect(await insurer.owed(server.account)).toBe(seat === 2 ? 0n : SHARE);
    }
    expect(await insurer.queryState(queryId)).toEqual({ status: 'sealed', answeredSeats: [1, 2, 3] });
    expect((await insurer.feeOf(queryId)).left).toBe(0);
    const to = drawBytes('a purse', 20);
    const withdrawn = await servers[0]!.withdraw(to);
    expect(withdrawn.events).toMatchObject([{ event: 'Withdrawn', account: servers[0]!.account, to, amount: SHARE }]);
    expect(await readBalance(chain.rpc, to)).toBe(SHARE);
    await servers[2]!.withdraw(servers[2]!.account);
    expect(await held()).toBe(0n);
    expect((await refusal(servers[0]!.withdraw(to), 'NothingOwed')).message).toBe(
      `nothing is owed to account ${addressText(servers[0]!.account)}`,
    );
  });

  it('is refused where it cannot be shared, or for another time than the next 365 days', async () => {
    const [query, offer] = [ann('refused'), await anOffer()];
    const uneven = await refusal(ask(query, { ...offer, fee: 3n }), 'UnevenFee');
    expect(uneven.message).toBe('a fee of 3 wei; it must be a multiple of the threshold, 2');
    const DAY = 86_400;
    for (const payUntil of [0, 1, Number(await chain.deadline(-1)), Number(await chain.deadline(366 * DAY))]) {
      await refusal(ask(query, { ...offer, payUntil }), 'InvalidPayUntil');
    }
    const none = await refusal(ask(query, { ...offer, fee: 0n }), 'InvalidPayUntil');
    expect(none.message).toMatch(/^the fee can be earned until 20\d\d-.*Z; with a fee this must be from now, 20\d\d-/);
    expect(await insurer.queryState(idOf(query))).toMatchObject({ status: 'none' });
  });

  it('names its reason where the transaction fails on chain, which is repeated with what was paid', async () => {
    const [query, offer] = [ann('mined'), await anOffer()];
    const call = { ...query, ...query.part(), offer: { ...offer, fee: 5n } };
    await refusal(insurer.openQuery(call, { gas: 1_000_000n }), 'UnevenFee');
  });

  it('goes back in part after its time, to the insurer, by whoever asks for it', async () => {
    const [query, offer] = [ann('refunded'), await anOffer(500)];
    await ask(query, offer);
    await ledger.servers[1]!.answer(ledger.ledgerId, [query.answerOf(2)]);
    const anyone = ledger.servers[0]!;
    const early = await refusal(anyone.refund(query.consent), 'RefundTooEarly');
    expect(early.message).toContain(toHex(idOf(query)));
    await chain.rpc.call('evm_increaseTime', [600]);
    const { events } = await anyone.refund(query.consent);
    expect(events).toMatchObject([
      { event: 'FeeRefunded', queryId: idOf(query), insurer: insurer.account, amount: SHARE },
    ]);
    expect(await insurer.owed(insurer.account)).toBe(SHARE);
    await refusal(anyone.refund(query.consent), 'NothingToRefund');
    await refusal(anyone.refund(ann('never opened').consent), 'NothingToRefund');
    expect((await anyone.answer(ledger.ledgerId, [query.answerOf(1)])).events).toHaveLength(1);
    await insurer.withdraw(insurer.account);
    await ledger.servers[1]!.withdraw(insurer.account);
  });

  it('goes back at once where the patient revokes the consent', async () => {
    const query = ann('revoked');
    await ask(query, await anOffer(), 1);
    await insurer.revokeConsent(query.consent, signRevocation(keyOf('Ann'), deploymentOf(insurer), idOf(query)));
    await insurer.refund(query.consent);
    expect(await insurer.owed(insurer.account)).toBe(2n * SHARE);
    await insurer.withdraw(insurer.account);
    expect(await held()).toBe(0n);
  });

  it('that a server wants is what it last said', async () => {
    const server = ledger.servers[0]!;
    for (const fee of [SHARE, 2n ** 128n - 1n, 0n]) {
      const { events } = await server.stateMinimumFee(fee);
      expect(events).toMatchObject([{ event: 'MinimumFeeStated', server: server.account, fee }]);
      expect(await insurer.minimumFee(server.account)).toBe(fee);
    }
    expect(() => server.stateMinimumFee(2n ** 128n)).toThrow(/arguments of stateMinimumFee/);
  });
});

describe('a cancelled query', () => {
  it('is over, its consent spent, and its fee owed to the insurer again', async () => {
    const query = ann('cancelled');
    const queryId = idOf(query);
    await ask(query, await anOffer(), 1);
    await refusal(ledger.servers[0]!.cancelQuery(query.consent), 'NotTheInsurer');
    const { events } = await insurer.cancelQuery(query.consent);
    expect(events).toMatchObject([
      { event: 'QueryCancelled', queryId, ledgerId: ledger.ledgerId, insurer: insurer.account },
      { event: 'FeeRefunded', queryId, insurer: insurer.account, amount: 2n * SHARE },
    ]);
    expect(await insurer.queryState(queryId)).toEqual({ status: 'cancelled', answeredSeats: [] });
    expect((await insurer.feeOf(queryId)).left).toBe(0);
    await refusal(insurer.cancelQuery(query.consent), 'QueryNotOpen');
    await refusal(insurer.openQuery({ ...query, ...query.part() }), 'ConsentUsed');
    const { consent, progress, part } = query;
    await refusal(insurer.continueQuery({ consent, progress: progress(1), ...part(1) }), 'QueryNotOpen');
    await insurer.withdraw(insurer.account);
    expect(await held()).toBe(0n);
  });

  it('was not sealed', async () => {
    const query = ann('sealed');
    await insurer.openQuery({ ...query, ...query.part() });
    expect((await insurer.queryWord(idOf(query))).isPaid).toBe(false);
    await refusal(insurer.cancelQuery(query.consent), 'QueryNotOpen');
    await refusal(insurer.cancelQuery(ann('nowhere').consent), 'QueryNotOpen');
  });
});
