// A ledger's batches over time: the records that were stored, and what storing them cost.
import { useMemo } from 'preact/hooks';
import type { BatchPoint } from '../../model/types.ts';
import { Hash } from '../../parts/hex.tsx';
import { type Panel, Plot } from '../../parts/plot/plot.tsx';
import { DataTable } from '../../parts/table.tsx';
import { useWords } from '../../text/words.ts';

export function BatchesPlot({ batches }: { batches: readonly BatchPoint[] }) {
  const words = useWords();
  const { format } = words;
  const isTime = batches.every(({ time }) => time !== null);
  const drawing = useMemo(() => {
    let total = 0;
    const totals = batches.map(({ records }) => {
      total += records;
      return total;
    });
    const write = (value: number) => words.format.number(value, 0);
    const gas = batches.map(({ cost, records }) => (cost === null ? null : Number(cost.gas) / records));
    const panels: Panel[] = [
      {
        series: [
          {
            label: words.say('batches.records'),
            values: batches.map(({ records }) => records),
            kind: 'bars',
            colour: 2,
          },
        ],
        write,
      },
      { series: [{ label: words.say('batches.total'), values: totals, kind: 'steps', colour: 1 }], write },
    ];
    if (gas.some((value) => value !== null)) {
      panels.push({ series: [{ label: words.say('batches.gas'), values: gas, kind: 'points', colour: 3 }], write });
    }
    return { x: batches.map(({ time, block }) => (isTime ? time! : block)), panels };
  }, [batches, words, isTime]);
  const table = (
    <DataTable
      caption={words.say('batches.title')}
      columns={[
        { head: words.say('batch'), isNumber: true },
        { head: words.say('block.head'), isNumber: true },
        ...(isTime ? [{ head: words.say('time') }] : []),
        { head: words.say('batches.records'), isNumber: true },
        { head: words.say('ledger.gas'), isNumber: true },
        { head: words.say('ledger.fee'), isNumber: true },
        { head: words.say('proof.transaction') },
      ]}
      rows={batches.map((one) => [
        format.integer(one.index),
        format.integer(one.block),
        ...(isTime ? [format.moment(one.time!)] : []),
        format.integer(one.records),
        one.cost === null ? '–' : format.integer(one.cost.gas),
        one.cost === null ? '–' : format.ether(one.cost.fee),
        <Hash key="t" value={one.transaction} />,
      ])}
    />
  );
  const hint = words.say(isTime ? 'plot.by.time' : 'plot.by.block');
  return (
    <section class="card" aria-labelledby="batches-title">
      <h2 id="batches-title">{words.say('batches.title')}</h2>
      <Plot title={words.say('batches.plot')} hint={hint} x={drawing.x} isTime={isTime} panels={drawing.panels}>
        {table}
      </Plot>
    </section>
  );
}
