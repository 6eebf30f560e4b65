// Bills as a table; as cards where the page is narrow. The roles are written out because a table that is laid out as cards would lose
// them otherwise. With `chosen`, each row has a tick.
import { useState } from 'preact/hooks';
import { shown } from '../../format.ts';
import type { Bill, OpenedReceipts } from '../../model/types.ts';
import { Amounts } from '../../parts/amounts.tsx';
import { FIRST_ROWS, MoreRows } from '../../parts/table.tsx';
import { useWords, type Words } from '../../text/words.ts';
import { BillStateMark } from './bill-state.tsx';

interface BillTableProps {
  receipts: OpenedReceipts;
  bills: readonly Bill[];
  caption: string;
  /** Where a bill can be opened. */
  onOpen?(bill: Bill): void;
  /** Where bills can be chosen: those that are, and what a tick does. */
  chosen?: ReadonlySet<number>;
  onChoose?(recordId: number, isChosen: boolean): void;
}

export function BillTable({ receipts, bills, caption, onOpen, chosen, onChoose }: BillTableProps) {
  const words = useWords();
  const [isWhole, setWhole] = useState(false);
  const drawn = isWhole ? bills : bills.slice(0, FIRST_ROWS);
  const head = (text: string, kind = '') => (
    <th role="columnheader" scope="col" class={kind}>
      {text}
    </th>
  );
  return (
    <>
      <table role="table" class={`bills${chosen ? ' choosing' : ''}`} aria-label={caption}>
        <thead role="rowgroup">
          <tr role="row">
            {chosen && head(words.say('consent.tick'), 'tick-cell')}
            {head(words.say('date'))}
            {head(words.say('bill'))}
            {head(words.say('category'))}
            {head(words.say('amount', { currency: receipts.currency }), 'number')}
            {!chosen && head(words.say('total'), 'number')}
            {head(words.say('state'))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {drawn.map((bill) => (
            <tr role="row" key={bill.recordId} class={chosen?.has(bill.recordId) ? 'chosen' : undefined}>
              {chosen && (
                <td role="cell" class="tick-cell">
                  <input
                    type="checkbox"
                    aria-label={words.say('consent.tick.bill', nameOf(words, bill))}
                    checked={chosen.has(bill.recordId)}
                    onChange={(event) => onChoose?.(bill.recordId, event.currentTarget.checked)}
                  />
                </td>
              )}
              <td role="cell" class="bill-date">
                {bill.date === null ? <span class="soft">{words.say('date.none')}</span> : words.format.day(bill.date)}
              </td>
              <td role="cell" class="bill-text">
                <BillName bill={bill} {...(onOpen && { onOpen })} />
              </td>
              <td role="cell" class="bill-category">
                <bdi>{shown(bill.category)}</bdi>
              </td>
              <td role="cell" class="number bill-amount">
                <Amounts amounts={bill.amounts} lanes={receipts.lanes} />
              </td>
              {!chosen && (
                <td role="cell" class="number bill-total">
                  <span class="card-label">{words.say('total')}</span>
                  <Amounts amounts={bill.runningTotal} lanes={receipts.lanes} />
                </td>
              )}
              <td role="cell" class="bill-state">
                <BillStateMark state={bill.state} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {drawn.length < bills.length && <MoreRows count={bills.length} onMore={() => setWhole(true)} />}
      {bills.length === 0 && <p class="hint">{words.say('filter.nothing')}</p>}
    </>
  );
}

function BillName({ bill, onOpen }: { bill: Bill; onOpen?(bill: Bill): void }) {
  const words = useWords();
  const text = textOf(words, bill);
  if (!onOpen) return <bdi>{text}</bdi>;
  return (
    <button type="button" class="link" onClick={() => onOpen(bill)}>
      <bdi>{text}</bdi>
    </button>
  );
}

/** What a bill is called: its text, else its number. */
export function textOf(words: Words, { text, recordId, carries, corrects }: Bill): string {
  if (carries !== null) return words.say('bill.carries', { record: String(carries) });
  if (corrects !== null) return words.say('bill.corrects', { record: String(corrects) });
  return text === '' ? words.say('bill.record', { record: String(recordId) }) : shown(text);
}

export function nameOf(words: Words, bill: Bill): { bill: string; date: string } {
  return {
    bill: textOf(words, bill),
    date: bill.date === null ? words.say('date.none') : words.format.day(bill.date),
  };
}
