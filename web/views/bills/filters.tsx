// Which bills are shown: by category and by period. The same controls stand above the list and above the choice for a consent.
import { shown } from '../../format.ts';
import { Choice, TextField } from '../../parts/fields.tsx';
import { useWords } from '../../text/words.ts';
import { type Filter, NO_FILTER } from './filter.ts';

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
