// The first broadcast of a transaction: with the next nonce that is really free, at fees that the node takes. It ends when
// a node has the transaction, or may have it; from then on the follower takes care of it. A refusal that passes is waited
// for, ever longer; any other is answered with a higher tip a few times, and then thrown with the node's words.
import { addressText } from '../../address.ts';
import { ConnectionError, type RpcError } from '../errors.ts';
import { pause, type Rpc } from '../rpc.ts';
import { SILENT, telling, type Wait } from '../waiting/wait.ts';
import { broadcast, hintOf } from './broadcast.ts';
import type { BudgetShare } from './budget.ts';
import { FeeCapError, InsufficientFundsError, NonceTakenError } from './errors.ts';
import type { FeePolicy, Fees } from './fees.ts';
import { hasAny, lookAfterRefusal, type Situation } from './refusal.ts';
import type { SignedTransaction } from './transaction.ts';

export interface FirstBroadcast {
  rpc: Rpc;
  account: Uint8Array;
  policy: FeePolicy;
  /** The next nonce, as the sender counts. */
  nonce: number;
  /** Whether a later nonce is refused: see TransactionRequest. */
  inPlace: boolean;
  sign: (nonce: number, fees: Fees) => SignedTransaction;
  /** Wei that the transaction takes at most. */
  cost: (fees: Fees) => bigint;
  /** Holds what it may take. */
  share: BudgetShare;
  /** Resolves when the share holds this cost, throws BudgetError where the budget will never have room for it. */
  afford: (cost: bigint) => Promise<void>;
  /** Milliseconds after which it is given up. */
  patience: number;
  /** Throws if the sender has been closed meanwhile. */
  check: () => void;
}

export interface Taken {
  nonce: number;
  fees: Fees;
  /** As signed with each fee offered for this nonce, newest last. */
  versions: SignedTransaction[];
}

/** Milliseconds before a refused transaction is offered again; doubled each time, up to the longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 15_000;
/** How often a transaction is offered whose refusal has no cause that passes: over some 8 seconds. */
const TRIES = 6;
/** After so many the highest tip is offered. */
const TRIES_BELOW_CAP = 2;

export async function broadcastFirst(task: FirstBroadcast): Promise<Taken> {
  const { rpc, account, policy } = task;
  const since = Date.now();
  const until = since + task.patience;
  let { nonce } = task;
  let fees = await policy.suggest();
  await task.afford(task.cost(fees));
  let versions: SignedTransaction[] = [];
  let wait = FIRST_PAUSE;
  let raised = false;
  for (let attempt = 1; ; attempt++) {
    task.check();
    const signed = task.sign(nonce, fees);
    versions = [...versions.filter(({ hash }) => hash !== signed.hash), signed];
    const refusal = await offer(rpc, signed);
    if (refusal === null) {
      if (raised) policy.learn(fees);
      return { nonce, fees, versions };
    }
    const hashes = versions.map(({ hash }) => hash);
    const cost = task.cost(fees);
    const situation = await lookAfterRefusal(rpc, account, { hashes, nonce, cost, ...fees });
    switch (situation.is) {
      case 'known':
        return { nonce, fees, versions };
      case 'unfunded':
        throw new InsufficientFundsError(addressText(account), situation.balance!, cost, refusal.rpcMessage);
      case 'used':
        if (task.inPlace) throw new NonceTakenError(addressText(account), nonce, refusal.rpcMessage);
        nonce = situation.nonce;
        versions = [];
        attempt = 0;
        wait = FIRST_PAUSE;
        continue;
      default: {
        if (situation.is === 'priced-out') await waitForBaseFee(task, until);
        const better = await betterFees(task, fees, situation, refusal, attempt);
        const hopeless =
          situation.is === 'occupied' ? better === null : attempt >= TRIES && !passes(situation, refusal);
        if (hopeless || Date.now() > until) throw ending(policy, fees, situation, refusal);
        fees = better ?? fees;
        raised ||= better !== null && situation.is === 'first';
        const refused: Wait = { kind: 'refused', said: refusal.rpcMessage, since };
        await telling(rpc.onWait, () => refused, pause(wait), since + SILENT - Date.now());
        wait = longer(wait);
      }
    }
  }
}

/** Null: the node has it, or may have it; the follower finds out, and sends it again if not. */
async function offer(rpc: Rpc, signed: SignedTransaction): Promise<RpcError | null> {
  try {
    return await broadcast(rpc, signed);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    if (error.passing || (await hasAny(rpc, [signed.hash]))) return null;
    throw error;
  }
}

/** While the base fee is above the cap nothing is offered. */
async function waitForBaseFee({ rpc, policy, check }: FirstBroadcast, until: number): Promise<void> {
  await policy.suggest(0);
  const cap = policy.caps.fee;
  const high = (): Wait => ({ kind: 'fee-cap', baseFee: policy.baseFee, cap, until });
  for (let wait = FIRST_PAUSE; policy.baseFee > cap && Date.now() < until; wait = longer(wait)) {
    await telling(rpc.onWait, high, pause(wait), 0);
    check();
    await policy.suggest(0);
  }
}

const longer = (wait: number): number => Math.min(2 * wait, LONGEST_PAUSE);

/** Whether time alone may end the refusal. */
function passes({ is }: Situation, refusal: RpcError): boolean {
  const hint = hintOf(refusal);
  return is === 'queued' || is === 'priced-out' || hint === 'full' || hint === 'spent' || refusal.passing;
}

/** What to offer next; null: the same, since caps, budget or balance allow no more, or since fees are not the cause. */
async function betterFees(
  { policy, cost, share, afford }: FirstBroadcast,
  fees: Fees,
  situation: Situation,
  refusal: RpcError,
  attempt: number,
): Promise<Fees | null> {
  if (situation.is === 'priced-out') {
    const now = await policy.suggest();
    await afford(cost(now));
    return now;
  }
  const outbid = situation.is === 'occupied';
  if (!outbid && hintOf(refusal) !== 'fee' && (hintOf(refusal) !== undefined || passes(situation, refusal)))
    return null;
  const raised = await policy.raiseRefused(fees, { outbid, once: attempt > TRIES_BELOW_CAP });
  if (raised === null || (situation.balance !== null && cost(raised) > situation.balance)) return null;
  return share.set(cost(raised)) ? raised : null;
}

function ending(policy: FeePolicy, fees: Fees, { is }: Situation, refusal: RpcError): FeeCapError | RpcError {
  if (is !== 'priced-out' && is !== 'occupied' && hintOf(refusal) !== 'fee') return refusal;
  return new FeeCapError(fees, policy.caps, policy.baseFee, refusal.rpcMessage);
}
