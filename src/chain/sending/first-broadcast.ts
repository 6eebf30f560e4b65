// The first broadcast of a transaction: with the next nonce that is really free, at a fee that the node takes. It ends
// when a node has the transaction, or may have it; from then on the follower takes care of it.
import { addressText } from '../account.ts';
import { ConnectionError, FeeCapError, InsufficientFundsError, NonceTakenError } from '../errors.ts';
import { pause, type Rpc } from '../rpc.ts';
import { readBalance, readNonce } from '../state.ts';
import { type BroadcastResult, broadcast } from './broadcast.ts';
import type { FeePolicy, Fees } from './fees.ts';
import type { SentTransaction } from './pending.ts';
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
  /** Wei that the transaction costs at most. */
  cost: (fees: Fees) => bigint;
  /** Milliseconds after which it is given up. */
  patience: number;
  /** Throws if the sender has been closed meanwhile. */
  check: () => void;
}

/** Milliseconds before a node is asked again that had no room, or whose answers did not agree yet. */
const RETRY_PAUSE = 250;
/** How often a node that calls a fresh nonce used is asked for our transaction, before another one counts as its user. */
const LOOKS = 20;

export async function broadcastFirst(task: FirstBroadcast): Promise<Omit<SentTransaction, 'gas' | 'sign'>> {
  const { rpc, account, policy, sign, cost } = task;
  const until = Date.now() + task.patience;
  let { nonce } = task;
  let fees = await policy.suggest();
  for (;;) {
    task.check();
    const signed = sign(nonce, fees);
    const result = await tryBroadcast(rpc, signed);
    if (result === 'taken') return { nonce, fees, signed };
    if (result === 'unfunded') {
      throw new InsufficientFundsError(addressText(account), await readBalance(rpc, account), cost(fees));
    }
    if (result === 'spent') {
      if (await isKnown(rpc, signed)) return { nonce, fees, signed };
      const next = await readNonce(rpc, account);
      if (next > nonce ? task.inPlace : Date.now() > until) throw new NonceTakenError(addressText(account), nonce);
      nonce = Math.max(nonce, next);
    } else {
      const better = result === 'outbid' ? await policy.raise(fees) : await policy.suggest(0);
      if (better === null || Date.now() > until) throw new FeeCapError(policy.baseFee, policy.cap);
      fees = better;
      if (result !== 'outbid') await pause(RETRY_PAUSE);
    }
  }
}

/** Without an answer the node may have it: the follower finds out, and sends it again if not. */
async function tryBroadcast(rpc: Rpc, signed: SignedTransaction): Promise<BroadcastResult> {
  try {
    return await broadcast(rpc, signed);
  } catch (error) {
    if (error instanceof ConnectionError) return 'taken';
    throw error;
  }
}

/** Whether the node knows this very transaction: a lost reply and a second attempt also make its nonce "used". */
async function isKnown(rpc: Rpc, { hash }: SignedTransaction): Promise<boolean> {
  for (let look = 0; look < LOOKS; look++) {
    if ((await rpc.call('eth_getTransactionByHash', [hash])) !== null) return true;
    await pause(RETRY_PAUSE);
  }
  return false;
}
