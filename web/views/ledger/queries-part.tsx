// A ledger's queries: their state, the answers by seat, and the time from the seal to each answer.
import { useMemo } from 'preact/hooks';
import type { LedgerSummary, QueryPoint } from '../../model/types.ts';
import { Account, Hash } from '../../parts/hex.tsx';
import { Plot, type PlotSeries } from '../../parts/plot/plot.tsx';
import { DataTable } from '../../parts/table.tsx';
import { useWords, type Words } from '../../text/words.ts';

/** As many seats as the plots have colours. */
const PLOTTED_SEATS = [1, 2, 3, 4] as const;

export function QueriesPart({ ledger: { queries, seats } }: { ledger: LedgerSummary }) {
  const words = useWords();
  if (queries.length === 0) {
    return (
      <section class="card" aria-labelledby="queries-title">
        <h2 id="queries-title">{words.say('queries.title')}</h2>
        <p class="hint">{words.say('queries.none')}</p>
      </section>
    );
  }
  return (
    <section class="card" aria-labelledby="queries-title">
      <h2 id="queries-title">{words.say('queries.title')}</h2>
      <AnswersPlot queries={queries} seats={seats.length} />
      <QueryTable queries={queries} />
    </section>
  );
}

function QueryTable({ queries }: { queries: readonly QueryPoint[] }) {
  const words = useWords();
  const { format } = words;
  return (
    <DataTable
      caption={words.say('queries.title')}
      columns={[
        { head: words.say('query') },
        { head: words.say('signed.insurer') },
        { head: words.say('state') },
        { head: words.say('queries.opened') },
        { head: words.say('ledger.records'), isNumber: true },
        { head: words.say('queries.answers') },
        { head: words.say('queries.fee'), isNumber: true },
      ]}
      rows={queries.map((one) => [
        <Hash key="q" value={one.queryId} />,
        <Account key="i" address={one.insurer} />,
        words.say(`phase.${one.phase}`, { n: one.threshold, answers: one.answers.length }),
        one.opened.time === null ? words.say('block', { block: one.opened.block }) : format.moment(one.opened.time),
        one.records === null ? '–' : format.integer(one.records),
        answersInWords(words, one),
        one.fee === null
          ? '–'
          : words.say('queries.fee.of', {
              earned: format.ether(one.fee.earned),
              offered: format.ether(one.fee.offered),
            }),
      ])}
    />
  );
}

/** "seat 1 (2 s), seat 3 (5 s)". */
function answersInWords(words: Words, { answers }: QueryPoint): string {
  if (answers.length === 0) return '–';
  const parts = answers.map(({ seat, seconds }) =>
    seconds === null
      ? words.say('queries.seat', { seat })
      : words.say('queries.seat.time', { seat, seconds: words.format.number(seconds) }),
  );
  return parts.join(', ');
}

/** One point for each answer. Nothing is drawn where no times are known. */
function AnswersPlot({ queries, seats }: { queries: readonly QueryPoint[]; seats: number }) {
  const words = useWords();
  const drawing = useMemo(() => {
    const timed = queries.filter(
      ({ sealed, answers }) => sealed?.time != null && answers.some(({ seconds }) => seconds !== null),
    );
    const rows = timed.toSorted((a, b) => a.sealed!.time! - b.sealed!.time!);
    const series = PLOTTED_SEATS.filter((seat) => seat <= seats).map(
      (seat): PlotSeries => ({
        label: words.say('queries.seat', { seat }),
        values: rows.map(({ answers }) => answers.find((answer) => answer.seat === seat)?.seconds ?? null),
        kind: 'points',
        colour: seat,
      }),
    );
    const write = (value: number) => words.say('seconds', { seconds: words.format.number(value) });
    return { x: rows.map(({ sealed }) => sealed!.time!), panels: [{ series, write }] };
  }, [queries, seats, words]);
  if (drawing.x.length === 0) return null;
  return (
    <Plot
      title={words.say('queries.plot')}
      hint={words.say('queries.plot.hint')}
      x={drawing.x}
      isTime
      panels={drawing.panels}
    >
      <QueryTable queries={queries} />
    </Plot>
  );
}
