// Which bills are shown: of one category, and of a period.
import type { Bill } from '../../model/types.ts';

export interface Filter {
  /** '': all. */
  category: string;
  /** YYYY-MM-DD; '': no bound. */
  from: string;
  to: string;
}

export const NO_FILTER: Filter = { category: '', from: '', to: '' };

/** The bills that a filter lets through, in their order. One without a date is in no period. */
export function filtered(bills: readonly Bill[], { category, from, to }: Filter): Bill[] {
  return bills.filter((bill) => {
    if (category !== '' && bill.category !== category) return false;
    if (from === '' && to === '') return true;
    const day = bill.date?.slice(0, 10);
    return day !== undefined && (from === '' || day >= from) && (to === '' || day <= to);
  });
}
