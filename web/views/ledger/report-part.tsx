// What the contract holds: the figures of all ledgers, the servers, and each ledger with its batches and queries.
import { useState } from 'preact/hooks';
import { shortened } from '../../format.ts';
import type { LedgerReport, Moment } from '../../model/types.ts';
import { Choice } from '../../parts/fields.tsx';
import { Notice } from '../../parts/notice.tsx';
import { useWords, type Words } from '../../text/words.ts';
import { ByWord } from '../source/word.tsx';
import { LedgerPart } from './ledger-part.tsx';
import { ServersPart } from './servers-part.tsx';

export function ReportPart({ report }: { report: LedgerReport }) {
  const words = useWords();
  const [chosen, setChosen] = useState('');
  const { ledgers, totals, word, readTo, place } = report;
  const ledger = ledgers.find(({ ledgerId }) => ledgerId === chosen) ?? ledgers.at(-1);
  const figure = (name: string, value: string) => (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <>
      <section class="card" aria-labelledby="figures-title">
        <h2 id="figures-title">{words.say('ledger.figures')}</h2>
        <p class="hint" role="status">
          {words.say('ledger.read.to', { moment: momentInWords(words, readTo) })}
        </p>
        <ByWord word={word} place={place} />
        <dl class="figures">
          {figure(words.say('ledger.ledgers'), words.format.integer(ledgers.length))}
          {figure(words.say('ledger.records'), words.format.integer(totals.records))}
          {figure(words.say('ledger.batches'), words.format.integer(totals.batches))}
          {figure(words.say('ledger.queries'), words.format.integer(totals.queries))}
          {figure(words.say('ledger.answers'), words.format.integer(totals.answers))}
          {totals.gas > 0n && figure(words.say('ledger.gas'), words.format.integer(totals.gas))}
          {totals.fee > 0n && figure(words.say('ledger.fee'), words.format.ether(totals.fee))}
        </dl>
      </section>
      {ledger === undefined ? (
        <Notice tone="note" title={words.say('ledger.none')} />
      ) : (
        <>
          <ServersPart report={report} />
          {ledgers.length > 1 && (
            <Choice
              label={words.say('ledger.which')}
              value={ledger.ledgerId}
              options={ledgers.map(({ ledgerId, records }) => ({
                value: ledgerId,
                label: words.say('ledger.option', { id: shortened(ledgerId), n: records }),
              }))}
              onValue={setChosen}
            />
          )}
          <LedgerPart key={ledger.ledgerId} ledger={ledger} />
        </>
      )}
    </>
  );
}

/** "block 1,204, 3 May 2027, 10:15"; an archive knows blocks only. */
export function momentInWords(words: Words, { block, time }: Moment): string {
  const said = words.say('block', { block });
  return time === null ? said : `${said}, ${words.format.moment(time)}`;
}
