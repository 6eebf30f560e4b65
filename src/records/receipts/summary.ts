// What receipts are about, in numbers: records, period and sums, by category and in all. For people who look at their bills
// before they check them or sign for them; says nothing about whether the receipts are right.
import { amountsOf, type Receipt, type Receipts } from './receipt.ts';

/** Numbers and sums of receipts by category. */
export interface ReceiptsSummary {
  /** Those that there are receipts of, in the ledger's order. */
  categories: (Totals & { category: string })[];
  /** Of all of them together. */
  total: Totals;
}

/** Number, period and sums of some receipts. */
export interface Totals {
  /** Carry records included. */
  records: number;
  /** First and last day, YYYY-MM-DD; null where no record states one. */
  from: string | null;
  to: string | null;
  /** Minor units, one for each lane. SECRET. */
  sums: bigint[];
}

/** Of the records with these ids; of all if not given. Throws an EncodingError for a receipt whose amounts cannot be read. */
export function summarizeReceipts(receipts: Receipts, recordIds?: readonly number[]): ReceiptsSummary {
  const chosen = recordIds && new Set(recordIds);
  const own = receipts.records.filter(({ recordId }) => chosen?.has(recordId) ?? true);
  const names = [...new Set([...receipts.terms.categories, ...own.map(({ category }) => category)])];
  const categories = names.map((category) => {
    const records = own.filter((receipt) => receipt.category === category);
    return { category, ...totalsOf(receipts, records) };
  });
  return { categories: categories.filter(({ records }) => records > 0), total: totalsOf(receipts, own) };
}

/** Day of a record, YYYY-MM-DD; null if its receipt states none. */
export const dayOf = ({ metadata }: Receipt): string | null => metadata?.date?.slice(0, 10) ?? null;

function totalsOf({ terms: { lanes, scale } }: Receipts, records: readonly Receipt[]): Totals {
  const days = records.map(dayOf).filter((day) => day !== null);
  days.sort();
  const sums = lanes.map(() => 0n);
  for (const receipt of records) {
    amountsOf(receipt, lanes.length, scale).forEach((amount, l) => {
      sums[l]! += amount;
    });
  }
  return { records: records.length, from: days[0] ?? null, to: days.at(-1) ?? null, sums };
}
