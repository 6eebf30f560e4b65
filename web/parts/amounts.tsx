// Amounts of a record or a sum: one number, or one for each of the ledger's named amounts (lanes).

import { shown } from '../format.ts';
import type { Amounts as Texts } from '../model/types.ts';
import { useWords, type Words } from '../text/words.ts';

interface AmountsProps {
  amounts: Texts;
  lanes: readonly string[];
  /** Without one, the table's head names it. */
  currency?: string;
}

export function Amounts({ amounts, lanes, currency = '' }: AmountsProps) {
  const { format } = useWords();
  if (amounts.length === 1) return <span class="amount">{format.money(amounts[0]!, currency)}</span>;
  return (
    <span class="amounts">
      {amounts.map((amount, l) => (
        <span key={lanes[l]}>
          <span class="lane">{shown(lanes[l]!)}</span> <span class="amount">{format.money(amount, currency)}</span>
        </span>
      ))}
    </span>
  );
}

/** For sentences: "2,778.29 USD", or "2,778.29 USD (billed) and 100.00 USD (paid)". */
export function amountsInWords(words: Words, amounts: Texts, lanes: readonly string[], currency: string): string {
  if (amounts.length === 1) return words.format.money(amounts[0]!, currency);
  const parts = amounts.map((amount, l) => `${words.format.money(amount, currency)} (${shown(lanes[l]!)})`);
  return new Intl.ListFormat(words.language, { type: 'conjunction' }).format(parts);
}
