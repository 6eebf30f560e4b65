// Choosing the bills of a consent: by tick, or all of a category and a period at once.
import { useState } from 'preact/hooks';
import type { CheckedReceipts } from '../../model/types.ts';
import { library } from '../../session/library.ts';
import { useWords } from '../../text/words.ts';
import { BillTable } from '../bills/bill-table.tsx';
import { type Filter, filtered, NO_FILTER } from '../bills/filter.ts';
import { Filters } from '../bills/filters.tsx';

interface ChooseBillsProps {
  receipts: CheckedReceipts;
  chosen: ReadonlySet<number>;
  onChosen(chosen: ReadonlySet<number>): void;
}

export function ChooseBills({ receipts, chosen, onChosen }: ChooseBillsProps) {
  const words = useWords();
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const visible = filtered(receipts.bills, filter);
  const add = async (ids: readonly number[]) => {
    const { chooseBills } = await library();
    onChosen(new Set(chooseBills(receipts, { records: [...chosen, ...ids] })));
  };
  const remove = async (ids: readonly number[]) => {
    const { leaveOutBills } = await library();
    onChosen(new Set(leaveOutBills(receipts, chosen, ids)));
  };
  const ids = visible.map(({ recordId }) => recordId);
  return (
    <section class="card" aria-labelledby="choose-title">
      <h2 id="choose-title">{words.say('consent.choose')}</h2>
      <Filters categories={receipts.categories} filter={filter} onFilter={setFilter} />
      <div class="row">
        <button type="button" onClick={() => add(ids)} disabled={ids.length === 0}>
          {words.say('consent.tick.all', { n: ids.length })}
        </button>
        {chosen.size > 0 && (
          <button type="button" class="quiet" onClick={() => remove([...chosen])}>
            {words.say('consent.tick.none')}
          </button>
        )}
        <p class="hint" role="status">
          {words.say('consent.ticked', { n: chosen.size })}
        </p>
      </div>
      <div class="scroller">
        <BillTable
          receipts={receipts}
          bills={visible}
          caption={words.say('consent.choose')}
          chosen={chosen}
          onChoose={(id, isChosen) => (isChosen ? add([id]) : remove([id]))}
        />
      </div>
    </section>
  );
}
