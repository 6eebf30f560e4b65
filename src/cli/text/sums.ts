// Sums for people: with digits in groups, currency and the lanes' names.
import { formatAmount } from '../../records/amounts.ts';
import type { AmountTerms } from '../../records/terms.ts';
import { grouped } from './amounts.ts';

/** "-2,778.29", of minor units. */
export const amountInWords = (minor: bigint, scale: number): string => grouped(formatAmount(minor, scale));

/** "the sum 2,778.29 USD", or with several lanes "the sums COST 2,778.29 USD and PAID 1,900.00 USD". */
export function sumsInWords({ lanes, scale, currency }: AmountTerms, sums: readonly bigint[]): string {
  const amounts = sums.map((sum) => `${amountInWords(sum, scale)} ${currency}`);
  if (lanes.length === 1) return `the sum ${amounts[0]}`;
  const named = lanes.map((lane, l) => `${lane} ${amounts[l]}`);
  return `the sums ${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
}
