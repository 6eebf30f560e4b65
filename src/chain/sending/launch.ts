// The first broadcast of a transaction: with the next nonce that is really free, at a fee that the node takes. Ends
// when a node has it, or may have it; what then becomes of it is the follower's business.
import { addressText } from '../account.ts';
import { ConnectionError, FeeCapError, InsufficientFundsError, NonceTakenError } from '../errors.ts';
import { pause, type Rpc } from '../rpc.ts';
import { readBalance, readNonce } from '../state.ts';
import { broadcast, type Reply } from './broadcast.ts';
import type { FeePolicy, Fees } from './fees.ts';
import type { SignedTransaction } from './transaction.ts';

export interface Launch {
  rpc: Rpc;
  account: Uint8Array;
  policy: FeePolicy;
  /** As counted by the sender. */
  nonce: number;
  /** Not with a later nonce: see TransactionRequest. */
  inPlace: boolean;
  sign: (nonce: number, fees: Fees) => SignedTransaction;
  /** Wei that the transaction takes at most. */
  cost: (fees: Fees) => bigint;
  /** Milliseconds of trying. */
  patience: number;
  /** Throws when the sender has been closed meanwhile. */
  check: () => void;
}

export interface Launched {
  nonce: number;
  fees: Fees;
  form: SignedTransaction;
}

/** Milliseconds before a node is asked again that had no room, or lagged behind itself. */
const RETRY_PAUSE = 250;
/** How often a node that says a fresh nonce is used is asked for our transaction, before the nonce counts as foreign. */
const LOOKS = 20;

export async function launch(task: Launch): Promise<Launched> {
  const { rpc, account, policy, sign, cost } = task;
  const until = Date.now() + task.patience;
  let { nonce } = task;
  let fees = await policy.suggest();
  for (;;) {
    task.check();
    const form = sign(nonce, fees);
    const reply = await tryBroadcast(rpc, form);
    if (reply === 'taken') return { nonce, fees, form };
    if (reply === 'unfunded') {
      throw new InsufficientFundsError(addressText(account), await readBalance(rpc, account), cost(fees));
    }
    if (reply === 'spent') {
      if (await isKnown(rpc, form)) return { nonce, fees, form };
      const next = await readNonce(rpc, account);
      if (next > nonce ? task.inPlace : Date.now() > until) throw new NonceTakenError(addressText(account), nonce);
      nonce = Math.max(nonce, next);
    } else {
      const better = reply === 'outbid' ? await policy.raise(fees) : await policy.suggest(0);
      if (better === null || Date.now() > until) throw new FeeCapError(policy.baseFee, policy.cap);
      fees = better;
      if (reply !== 'outbid') await pause(RETRY_PAUSE);
    }
  }
}

/** No answer may mean that the node has it: the follower will know, and sends it again if not. */
async function tryBroadcast(rpc: Rpc, form: SignedTransaction): Promise<Reply> {
  try {
    return await broadcast(rpc, form);
  } catch (error) {
    if (error instanceof ConnectionError) return 'taken';
    throw error;
  }
}

/** Whether the node knows this very transaction: a lost reply and a second try can also make its nonce "used". */
async function isKnown(rpc: Rpc, { hash }: SignedTransaction): Promise<boolean> {
  for (let look = 0; look < LOOKS; look++) {
    if ((await rpc.call('eth_getTransactionByHash', [hash])) !== null) return true;
    await pause(RETRY_PAUSE);
  }
  return false;
}
