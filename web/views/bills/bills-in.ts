// A receipts file in one line: how many bills, from when to when.
import type { OpenedReceipts } from '../../model/types.ts';
import type { Words } from '../../text/words.ts';

/** "209 bills, 3 Mar 1994 to 27 Oct 2019". */
export function billsIn(words: Words, { bills }: OpenedReceipts): string {
  const count = words.say('bills.count', { n: bills.length });
  const days = bills.flatMap(({ date }) => (date === null ? [] : [date.slice(0, 10)])).sort();
  if (days.length === 0) return count;
  return words.say('bills.period', { count, from: words.format.day(days[0]!), to: words.format.day(days.at(-1)!) });
}
