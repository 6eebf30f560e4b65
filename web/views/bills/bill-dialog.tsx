// One bill: all that the file says about it, its state in full sentences, and what proves it.
import { shown } from '../../format.ts';
import type { Bill, BillState, OpenedReceipts } from '../../model/types.ts';
import { Amounts } from '../../parts/amounts.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Facts } from '../../parts/facts.tsx';
import { useWords, type Words } from '../../text/words.ts';
import { BillProofPart } from './bill-proof.tsx';
import { BillStateMark } from './bill-state.tsx';
import { nameOf, textOf } from './bill-table.tsx';

interface BillDialogProps {
  receipts: OpenedReceipts;
  bill: Bill;
  isChecked: boolean;
  onClose(): void;
}

export function BillDialog({ receipts, bill, isChecked, onClose }: BillDialogProps) {
  const words = useWords();
  const { lanes, currency } = receipts;
  const more = Object.entries(bill.metadata).filter(([, value]) => value !== bill.text && value !== bill.date);
  return (
    <Dialog title={textOf(words, bill)} onClose={onClose}>
      <p class="dialog-state">
        <BillStateMark state={bill.state} /> <span>{stateInWords(words, bill)}</span>
      </p>
      <Facts
        rows={[
          [words.say('date'), nameOf(words, bill).date],
          [words.say('category'), shown(bill.category)],
          [words.say('amount.plain'), <Amounts key="a" amounts={bill.amounts} lanes={lanes} currency={currency} />],
          [
            words.say('total.category'),
            bill.categoryTotal === null ? (
              words.say('total.unknown')
            ) : (
              <Amounts key="t" amounts={bill.categoryTotal} lanes={lanes} currency={currency} />
            ),
          ],
          ...more.map(([name, value]) => [shown(name), shown(value)] as const),
        ]}
      />
      {isChecked && bill.state.kind !== 'unchecked' && <BillProofPart receipts={receipts} bill={bill} />}
    </Dialog>
  );
}

function stateInWords(words: Words, { state, complaints }: Bill): string {
  const seats = (list: readonly number[]) => new Intl.ListFormat(words.language).format(list.map(String));
  const open = complaints && complaints.justified.length > 0;
  const published = open ? ` ${words.say('state.public', { seats: seats(complaints.justified) })}` : '';
  return sentence(words, state, seats) + published;
}

function sentence(words: Words, state: BillState, seats: (list: readonly number[]) => string): string {
  switch (state.kind) {
    case 'fault':
      return words.say(`fault.${state.fault}`);
    case 'void':
      if (state.next !== null) return words.say('state.void.next', { record: String(state.next) });
      return words.say(state.isForGood ? 'state.void.good' : 'state.void.wait');
    case 'complained':
      return words.say('state.complained.why', { n: state.seats.length, seats: seats(state.seats) });
    default:
      return words.say(`state.${state.kind}.why`);
  }
}
