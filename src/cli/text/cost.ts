// What transactions cost, for results: gas, and ether for gas and data together.
import { ether } from '../../chain/errors.ts';
import { feeOf } from '../../chain/receipts.ts';
import type { TransactionReceipt } from '../../chain/types.ts';
import { grouped } from './amounts.ts';

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

/** '6,254 gas, 0.000125 ether', the ether rounded down. */
export const costInWords = ({ gas, fees }: { gas: bigint; fees: bigint }): string =>
  `${grouped(gas)} gas, ${roundedEther(fees)} ether`;

/** Wei as ether, rounded down. */
export function roundedEther(wei: bigint): string {
  return ether(wei - (wei % 10n ** (wei < SMALL ? 9n : 12n)));
}
