// The list of bills with its filters; a click on one shows what proves it.
import { useState } from 'preact/hooks';
import type { Bill, OpenedReceipts } from '../../model/types.ts';
import { useWords } from '../../text/words.ts';
import { BillDialog } from './bill-dialog.tsx';
import { BillTable } from './bill-table.tsx';
import { type Filter, filtered, NO_FILTER } from './filter.ts';
import { Filters } from './filters.tsx';

export function BillList({ bills, isChecked }: { bills: OpenedReceipts; isChecked: boolean }) {
  const words = useWords();
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [opened, setOpened] = useState<Bill | null>(null);
  const visible = filtered(bills.bills, filter);
  return (
    <section class="card" aria-labelledby="bill-list-title">
      <h2 id="bill-list-title">{words.say('bills.list')}</h2>
      <Filters categories={bills.categories} filter={filter} onFilter={setFilter} />
      <p class="hint" role="status">
        {words.say('bills.shown', { n: visible.length, all: bills.bills.length })}
      </p>
      <BillTable receipts={bills} bills={visible} caption={words.say('bills.list')} onOpen={setOpened} />
      {opened !== null && (
        <BillDialog receipts={bills} bill={opened} isChecked={isChecked} onClose={() => setOpened(null)} />
      )}
    </section>
  );
}
