// The bills over time: each bill's amount, and what they come to. One plot for each of the ledger's amounts that is asked for; the list of
// bills is the same as a table.
import { useMemo, useState } from 'preact/hooks';
import { shown } from '../../format.ts';
import type { OpenedReceipts } from '../../model/types.ts';
import { Choice } from '../../parts/fields.tsx';
import { type Panel, Plot } from '../../parts/plot/plot.tsx';
import { DataTable } from '../../parts/table.tsx';
import { useWords, type Words } from '../../text/words.ts';

export function BillsPlot({ bills: receipts }: { bills: OpenedReceipts }) {
  const words = useWords();
  const [lane, setLane] = useState(0);
  const { x, panels, dated } = useMemo(() => drawing(words, receipts, lane), [words, receipts, lane]);
  if (dated.length < 2) return null;
  return (
    <section class="card" aria-labelledby="bill-plot-title">
      <h2 id="bill-plot-title">{words.say('bills.plot')}</h2>
      {receipts.lanes.length > 1 && (
        <div class="plot-choice">
          <Choice
            label={words.say('bills.plot.lane')}
            value={String(lane)}
            options={receipts.lanes.map((name, l) => ({ value: String(l), label: shown(name) }))}
            onValue={(value) => setLane(Number(value))}
          />
        </div>
      )}
      <Plot title={words.say('bills.plot.title', { currency: receipts.currency })} x={x} isTime panels={panels}>
        <DataTable
          caption={words.say('bills.plot')}
          columns={[
            { head: words.say('date') },
            { head: words.say('amount', { currency: receipts.currency }), isNumber: true },
            { head: words.say('total'), isNumber: true },
          ]}
          rows={dated.map(({ date, amounts, runningTotal }) => [
            words.format.day(date!),
            words.format.decimal(amounts[lane]!),
            words.format.decimal(runningTotal[lane]!),
          ])}
        />
      </Plot>
    </section>
  );
}

/** Bills of one day stand at one place; a plot's numbers need not be exact. */
function drawing(words: Words, { bills }: OpenedReceipts, lane: number) {
  const dated = bills.filter(({ date }) => date !== null && !Number.isNaN(dayOf(date)));
  const days = new Map<number, { amount: number; total: number }>();
  for (const { date, amounts, runningTotal } of dated) {
    const day = dayOf(date!);
    const amount = (days.get(day)?.amount ?? 0) + Number(amounts[lane]);
    days.set(day, { amount, total: Number(runningTotal[lane]) });
  }
  const sorted = [...days].sort(([a], [b]) => a - b);
  const format = new Intl.NumberFormat(words.language, { notation: 'compact', maximumFractionDigits: 1 });
  const write = (value: number) => format.format(value);
  const amounts = sorted.map(([, { amount }]) => amount);
  const totals = sorted.map(([, { total }]) => total);
  const panels: Panel[] = [
    { series: [{ label: words.say('amount.plain'), values: amounts, kind: 'bars', colour: 2 }], write },
    { series: [{ label: words.say('total'), values: totals, kind: 'steps', colour: 1 }], write },
  ];
  return { x: sorted.map(([day]) => day), panels, dated };
}

const dayOf = (date: string): number => Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / 1000;
