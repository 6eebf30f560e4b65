// A ledger whose queries have fees and whose second seat changes hands: what an archive must tell of earned, refunded and
// withdrawn money, of cancelled queries, and of who held which seat.
import { toHex } from '../../../src/bytes.ts';
import type { MIStoreContract } from '../../../src/contract/client.ts';
import { consentDigest, signRevocation } from '../../../src/contract/signing.ts';
import type { FeeOffer } from '../../../src/contract/types.ts';
import { keyOf, type TestChain } from '../../support/chain.ts';
import {
  deploymentOf,
  makeBatch,
  openLedger,
  openNoChannels,
  registerNoKey,
  type TestLedger,
} from '../../support/ledger.ts';
import { makeQuery, type TestQuery } from '../../support/query.ts';
import { dealNoKeys } from '../story.ts';

export interface FeeStory {
  ledger: TestLedger;
  insurer: MIStoreContract;
  newcomer: MIStoreContract;
  /** Seat 2's holder in the first epoch. */
  former: MIStoreContract;
  /** Ids of queries. Of the first epoch: all shares earned, the last by `former` after the change, and one answer more. */
  earned: string;
  /** One share earned, one refunded after its time. */
  refunded: string;
  /** Opened with a fee, and cancelled; without one, and cancelled. */
  cancelled: string;
  dropped: string;
  /** Opened with a fee, and revoked; the fee is still there. */
  revoked: string;
  /** Opened with a fee, and still open. */
  open: string;
  /** Without a fee, sealed. */
  free: string;
  /** Of the second epoch, with a fee, answered by `newcomer`. */
  later: string;
}

export const SHARE = 10n ** 15n;

export async function tellFees(chain: TestChain, meanwhile = async (_ledger: TestLedger) => {}): Promise<FeeStory> {
  const ledger = await openLedger(chain, 'fees', { threshold: 2, seats: 3 });
  await dealNoKeys(ledger, 1);
  await ledger.hospital.appendBatch(makeBatch(ledger, 0, 0, ['Ann', 'Ann', 'Ann', 'Bob', 'Ann']).call);
  const insurer = await chain.contract('fees insurer');
  const newcomer = await chain.contract('fees newcomer');
  await registerNoKey(insurer, 'fees insurer');
  await registerNoKey(newcomer, 'fees newcomer');
  await openNoChannels(insurer, 'fees insurer', [...ledger.servers, newcomer]);
  const { ledgerId, servers } = ledger;
  const former = servers[1]!;
  const payUntil = Number(await chain.deadline(3600));
  const offer: FeeOffer = { fee: 2n * SHARE, payUntil };

  const idOf = ({ consent }: TestQuery) => toHex(consentDigest(deploymentOf(insurer), consent));
  const asked = (positions: number[]) => makeQuery(ledger, insurer, 'Ann', positions);
  const ask = async (query: TestQuery, to?: number, paid: FeeOffer | undefined = offer) =>
    insurer.openQuery({ ...query, ...query.part(0, to), ...(paid && { offer: paid }) });

  const [earned, refunded, free] = [asked([1, 2]), asked([2, 3]), asked([4])];
  await ask(earned);
  await servers[0]!.answer(ledgerId, [earned.answerOf(1)]);
  await ask(refunded);
  await servers[2]!.answer(ledgerId, [refunded.answerOf(3)]);
  await insurer.openQuery({ ...free, ...free.part() });
  await servers[0]!.answer(ledgerId, [free.answerOf(1)]);

  const [cancelled, dropped, revoked, open] = [asked([1, 3]), asked([1, 4]), asked([2, 4]), asked([1, 2, 4])];
  await ask(cancelled, 1);
  await insurer.cancelQuery(cancelled.consent);
  await insurer.openQuery({ ...dropped, ...dropped.part(0, 1) });
  await insurer.cancelQuery(dropped.consent);
  await ask(revoked, 1);
  const digest = consentDigest(deploymentOf(insurer), revoked.consent);
  await insurer.revokeConsent(revoked.consent, signRevocation(keyOf('Ann'), deploymentOf(insurer), digest));
  await ask(open, 1);

  await meanwhile(ledger);
  await giveSeat(ledger, newcomer);
  await former.answer(ledgerId, [earned.answerOf(2)]);
  await servers[2]!.answer(ledgerId, [earned.answerOf(3)]);
  const later = makeQuery(ledger, insurer, 'Ann', [1, 2, 3, 4], {}, 2);
  await ask(later);
  await newcomer.answer(ledgerId, [later.answerOf(2)]);
  await former.withdraw(former.account);

  await chain.rpc.call('evm_increaseTime', [4000]);
  await insurer.refund(refunded.consent);
  const ids = { earned, refunded, cancelled, dropped, revoked, open, free, later };
  const names = Object.fromEntries(Object.entries(ids).map(([name, query]) => [name, idOf(query)]));
  return { ledger, insurer, newcomer, former, ...(names as Record<keyof typeof ids, string>) };
}

/** Seat 2 resigns and is given to the newcomer; the keys of both epochs are dealt, and all join. */
async function giveSeat(ledger: TestLedger, newcomer: MIStoreContract): Promise<void> {
  const { ledgerId, hospital, servers, digest } = ledger;
  await servers[1]!.resign(ledgerId);
  await hospital.changeSeat({ ledgerId, epoch: 2, seat: 2, server: newcomer.account, digest });
  await openNoChannels(hospital, 'fees hospital', [newcomer]);
  for (const epoch of [2, 1]) await dealNoKeys(ledger, epoch);
  for (const server of [servers[0]!, newcomer, servers[2]!]) await server.join({ ledgerId, epoch: 2, digest });
}
