// A transaction between its first broadcast and its settlement, and how long the sender waits at each step.
import type { MinedTransaction } from '../receipts.ts';
import type { TransactionReceipt } from '../types.ts';
import type { BudgetShare } from './budget.ts';
import type { Fees } from './fees.ts';
import type { SignedTransaction } from './transaction.ts';

/** A transaction that a node has taken, or may have taken. */
export interface SentTransaction {
  nonce: number;
  /** Gas limit. */
  gas: bigint;
  fees: Fees;
  /** As signed with each fee offered so far, newest last. Any of them may be mined. */
  versions: SignedTransaction[];
  /** Signs the same transaction with other fees. */
  sign: (fees: Fees) => SignedTransaction;
  /** Wei that it sends. */
  value: bigint;
  /** Wei that it takes at most, the value and what is set aside for a data fee included. */
  cost: (fees: Fees) => bigint;
  /** Its part of the sender's budget. */
  share: BudgetShare;
}

/** A sent transaction that is followed until it is settled. */
export interface PendingTransaction extends SentTransaction {
  /** Time (ms) of the last broadcast. */
  sentAt: number;
  /** Time (ms) and block since which this fee is offered; for the first in line, since it became the first. */
  pricedAt: number;
  pricedBlock: number | undefined;
  /** Time (ms) since which the nonce is used but none of the versions has a receipt. */
  usedAt: number | undefined;
  /** The block that holds it, as far as known. */
  mined: MinedTransaction | undefined;
  /** The node's words when it last refused it; '' if it did not. */
  said: string;
  readonly resolve: (receipt: TransactionReceipt) => void;
  readonly reject: (error: unknown) => void;
}

export interface FollowOptions {
  /** Blocks until a transaction is settled, its own included; or 'finalized': until its block is final. */
  confirmations: number | 'finalized';
  /** Milliseconds between two looks at the chain, at most; a quarter of its block time, from 1 to 5 s, if not given. */
  pollInterval: number | undefined;
  /** Milliseconds until the same bytes are sent again. */
  rebroadcastAfter: number;
  /** Milliseconds that the first in line waits, while blocks pass, before it is replaced. */
  replaceAfter: number;
  /** Milliseconds without any progress after which the sender gives up. */
  patience: number;
}

/** `resolve` or `reject` is called once, when the transaction is settled or given up. */
export function pendingTransaction(
  sent: SentTransaction,
  resolve: (receipt: TransactionReceipt) => void,
  reject: (error: unknown) => void,
): PendingTransaction {
  const now = Date.now();
  const unknown = { pricedBlock: undefined, usedAt: undefined, mined: undefined, said: '' };
  return { ...sent, sentAt: now, pricedAt: now, ...unknown, resolve, reject };
}
