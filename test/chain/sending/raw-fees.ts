// Nonce and fees of a signed transaction, read by ethers: what a node would see in it.
import { Transaction } from 'ethers';

export interface Fees {
  nonce: number;
  /** Wei a gas. */
  fee: bigint;
  tip: bigint;
}

export function feesOf(raw: string): Fees {
  const { nonce, maxFeePerGas, maxPriorityFeePerGas } = Transaction.from(raw);
  return { nonce, fee: maxFeePerGas!, tip: maxPriorityFeePerGas! };
}
