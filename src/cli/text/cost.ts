// What transactions cost, for results: gas, and ether for gas and data together.
import { ether } from '../../chain/errors.ts';
import { feeOf } from '../../chain/receipts.ts';
import type { TransactionReceipt } from '../../chain/types.ts';

/** Wei below which an amount is shown to the billionth of an ether; from there on, to the millionth. */
const SMALL = 10n ** 15n;

/** Gas used, and wei paid for gas and data, by all of them. */
export function costOf(transactions: readonly Omit<TransactionReceipt, 'logs'>[]): { gas: bigint; fees: bigint } {
  const cost = { gas: 0n, fees: 0n };
  for (const transaction of transactions) {
    cost.gas += transaction.gasUsed;
    cost.fees += feeOf(transaction);
  }
  return cost;
}

/** '6254 gas, 0.000125 ether', the ether rounded down. */
export function costInWords({ gas, fees }: { gas: bigint; fees: bigint }): string {
  const unit = 10n ** (fees < SMALL ? 9n : 12n);
  return `${gas} gas, ${ether(fees - (fees % unit))} ether`;
}
