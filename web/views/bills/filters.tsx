// Which bills are shown: by category and by period. The same controls stand above the list and above the choice for a consent.
import { shown } from '../../format.ts';
import type { Bill } from '../../model/types.ts';
import { Choice, TextField } from '../../parts/fields.tsx';
import { useWords } from '../../text/words.ts';

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

interface FiltersProps {
  categories: readonly string[];
  filter: Filter;
  onFilter(filter: Filter): void;
}

export function Filters({ categories, filter, onFilter }: FiltersProps) {
  const words = useWords();
  const set = (part: Partial<Filter>) => onFilter({ ...filter, ...part });
  const named = categories.filter((category) => category !== '');
  return (
    <search class="filters" aria-label={words.say('filter.label')}>
      {named.length > 1 && (
        <Choice
          label={words.say('category')}
          value={filter.category}
          options={[
            { value: '', label: words.say('filter.all') },
            ...named.map((value) => ({ value, label: shown(value) })),
          ]}
          onValue={(category) => set({ category })}
        />
      )}
      <TextField label={words.say('filter.from')} type="date" value={filter.from} onValue={(from) => set({ from })} />
      <TextField label={words.say('filter.to')} type="date" value={filter.to} onValue={(to) => set({ to })} />
      {(filter.category !== '' || filter.from !== '' || filter.to !== '') && (
        <button type="button" class="quiet" onClick={() => onFilter(NO_FILTER)}>
          {words.say('filter.none')}
        </button>
      )}
    </search>
  );
}
