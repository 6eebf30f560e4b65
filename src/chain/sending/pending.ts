// A transaction on its way, and how long the sender waits for what.
import type { Outcome } from '../state.ts';
import type { Receipt } from '../types.ts';
import type { Fees } from './fees.ts';
import type { SignedTransaction } from './transaction.ts';

/** A transaction that a node has taken. */
export interface Departure {
  nonce: number;
  /** Its gas limit. */
  gas: bigint;
  fees: Fees;
  form: SignedTransaction;
  /** Signs it with other fees. */
  sign: (fees: Fees) => SignedTransaction;
}

/** It, followed. */
export interface Flight extends Omit<Departure, 'form'> {
  /** It as signed with one fee after the other, newest last; any may be mined. */
  readonly forms: SignedTransaction[];
  /** Time (ms) of the last broadcast. */
  sentAt: number;
  /** Time (ms) and block since which this fee has stood; for the first in line, since it is first. */
  pricedAt: number;
  pricedBlock: number | undefined;
  /** Time (ms) since when the nonce is used without a receipt of ours. */
  usedAt: number | undefined;
  /** Where it is mined, as far as known. */
  outcome: Outcome | undefined;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

export interface FollowOptions {
  /** Blocks that a transaction must be under, its own included, or until the chain's finality. */
  confirmations: number | 'finalized';
  /** Milliseconds: most from look to look. */
  pollInterval: number;
  /** Milliseconds until the same bytes are sent again. */
  rebroadcastAfter: number;
  /** Milliseconds that the first in line waits, while blocks pass, until it is replaced. */
  replaceAfter: number;
  /** Milliseconds without any progress after which all is given up. */
  patience: number;
}

/** A departure as it begins to be followed; `resolve` and `reject` end it. */
export function takeOff(
  { nonce, gas, fees, form, sign }: Departure,
  resolve: (receipt: Receipt) => void,
  reject: (error: unknown) => void,
): Flight {
  const now = Date.now();
  const unknown = { pricedBlock: undefined, usedAt: undefined, outcome: undefined };
  return { nonce, gas, fees, sign, forms: [form], sentAt: now, pricedAt: now, ...unknown, resolve, reject };
}
