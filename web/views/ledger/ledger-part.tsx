// One ledger: its terms in words, who holds its seats, its void records, its batches and its queries.
import { shown } from '../../format.ts';
import type { LedgerSummary } from '../../model/types.ts';
import { Facts } from '../../parts/facts.tsx';
import { Account, Hash } from '../../parts/hex.tsx';
import { Notice } from '../../parts/notice.tsx';
import { DataTable } from '../../parts/table.tsx';
import { useWords, type Words } from '../../text/words.ts';
import { BatchesPlot } from './batches-plot.tsx';
import { QueriesPart } from './queries-part.tsx';
import { momentInWords } from './report-part.tsx';

export function LedgerPart({ ledger }: { ledger: LedgerSummary }) {
  const words = useWords();
  const list = (names: readonly string[]) => new Intl.ListFormat(words.language).format(names.map(shown));
  const named = ledger.categories.filter((category) => category !== '');
  return (
    <>
      <section class="card" aria-labelledby="ledger-title-one">
        <h2 id="ledger-title-one">{words.say('ledger.one')}</h2>
        <p>
          {words.say('ledger.terms', {
            threshold: ledger.threshold,
            n: ledger.seats.length,
            records: ledger.minRecords,
          })}
        </p>
        <Facts
          rows={[
            [words.say('ledger.id'), <Hash key="l" value={ledger.ledgerId} isWhole />],
            [words.say('ledger.hospital'), <Account key="h" address={ledger.hospital} isWhole />],
            [words.say('ledger.opened'), momentInWords(words, ledger.opened)],
            [words.say('ledger.lanes'), `${list(ledger.lanes)} (${shown(ledger.currency)})`],
            [words.say('ledger.categories'), list(named)],
            [words.say('ledger.epoch'), words.format.integer(ledger.epoch)],
            [words.say('ledger.active'), words.say(ledger.isActive ? 'ledger.active.yes' : 'ledger.active.no')],
          ]}
        />
        <h3>{words.say('ledger.seats')}</h3>
        <DataTable
          caption={words.say('ledger.seats')}
          columns={[{ head: words.say('seat') }, { head: words.say('server') }, { head: words.say('state') }]}
          rows={ledger.seats.map((seat) => [
            seat.seat,
            <Account key="a" address={seat.server} />,
            seatState(words, seat),
          ])}
        />
        <h3>{words.say('ledger.voids')}</h3>
        <Voids ledger={ledger} />
      </section>
      {ledger.batches.length > 0 && <BatchesPlot batches={ledger.batches} />}
      <QueriesPart ledger={ledger} />
    </>
  );
}

function seatState(words: Words, { hasJoined, hasResigned }: LedgerSummary['seats'][number]): string {
  if (hasResigned) return words.say('seat.resigned');
  return words.say(hasJoined ? 'seat.joined' : 'seat.absent');
}

function Voids({ ledger: { voids, complaints } }: { ledger: LedgerSummary }) {
  const words = useWords();
  if (voids.length === 0 && complaints.length === 0) return <p class="hint">{words.say('ledger.voids.none')}</p>;
  const seats = (list: readonly number[]) => (list.length === 0 ? '–' : list.join(', '));
  return (
    <>
      {voids.length > 0 && <Notice tone="warn" title={words.say('ledger.voids.count', { n: voids.length })} />}
      <DataTable
        caption={words.say('ledger.voids')}
        columns={[
          { head: words.say('record'), isNumber: true },
          { head: words.say('complaints.standing') },
          { head: words.say('complaints.justified') },
          { head: words.say('state') },
        ]}
        rows={complaints.map((one) => [
          one.recordId,
          seats(one.standing),
          seats(one.justified),
          words.say(
            one.isVoidForGood ? 'complaints.void.good' : one.isVoid ? 'complaints.void' : 'complaints.not.void',
          ),
        ])}
      />
    </>
  );
}
