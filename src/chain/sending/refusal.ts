// What the chain says about a transaction that a node has refused: where the account stands, and whether this very
// transaction is there all the same. This decides what is done next; the words of the refusal do not.
import type { Hex } from '../../bytes.ts';
import { RpcError } from '../errors.ts';
import { pause, type Rpc } from '../rpc.ts';
import { hasTransaction, readBalance, readHead, readNonce } from '../state.ts';
import { telling } from '../waiting/wait.ts';

export interface Situation {
  /**
   * known: the node has it. used: a mined transaction has the nonce. unfunded: the account has less than the transaction
   * may take. priced-out: the base fee is above what it offers. occupied: the pool has another transaction with the
   * nonce. queued: the account's earlier transactions are not mined yet. first: none of these, and it is the account's
   * next one.
   */
  is: 'known' | 'used' | 'unfunded' | 'priced-out' | 'occupied' | 'queued' | 'first';
  /** The account's next nonce. */
  nonce: number;
  /** Wei that the account has; null where the node does not tell. */
  balance: bigint | null;
}

export interface Refused {
  /** Of the transaction as signed with each fee so far. */
  hashes: readonly Hex[];
  nonce: number;
  maxFeePerGas: bigint;
  /** Wei that it may take at most. */
  cost: bigint;
}

/** Milliseconds before a node is asked again whose answers did not agree yet. */
const RETRY_PAUSE = 250;
/** How often a node that calls a fresh nonce used is asked for our transaction, before another one counts as its user. */
const LOOKS = 20;

/** Throws ConnectionError; what the node refuses to tell counts as nothing seen. */
export async function lookAfterRefusal(rpc: Rpc, account: Uint8Array, refused: Refused): Promise<Situation> {
  const { hashes, nonce, maxFeePerGas, cost } = refused;
  const [known, next, pooled, balance, head] = await Promise.all([
    hasAny(rpc, hashes),
    readNonce(rpc, account),
    readPooledNonce(rpc, account),
    told(readBalance(rpc, account)),
    readHead(rpc),
  ]);
  const as = (is: Situation['is']): Situation => ({ is, nonce: next, balance });
  if (known) return as('known');
  if (next > nonce) return as((await appears(rpc, nonce, hashes)) ? 'known' : 'used');
  if (balance !== null && balance < cost) return as('unfunded');
  if (head.baseFee > maxFeePerGas) return as('priced-out');
  if (pooled !== null && pooled > nonce) return as('occupied');
  return as(next < nonce ? 'queued' : 'first');
}

/** Whether the node has any of these transactions, as far as it tells. */
export async function hasAny(rpc: Rpc, hashes: readonly Hex[]): Promise<boolean> {
  return (await Promise.all(hashes.map((hash) => told(hasTransaction(rpc, hash))))).includes(true);
}

/** The account's next nonce, with the pool's transactions counted; null where the node does not tell. */
export function readPooledNonce(rpc: Rpc, account: Uint8Array): Promise<number | null> {
  return told(readNonce(rpc, account, 'pending'));
}

/** Null where the node refuses to tell: not every node knows every method. */
async function told<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RpcError) return null;
    throw error;
  }
}

/** A transaction that was mined at once, its reply lost, makes its own nonce used; a node may show it a little later. */
function appears(rpc: Rpc, nonce: number, hashes: readonly Hex[]): Promise<boolean> {
  const since = Date.now();
  const looks = async () => {
    for (let look = 0; look < LOOKS; look++) {
      if (await hasAny(rpc, hashes)) return true;
      await pause(RETRY_PAUSE);
    }
    return false;
  };
  return telling(rpc.onWait, () => ({ kind: 'receipt', nonce, since }), looks());
}
