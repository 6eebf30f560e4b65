// Receipts as people are shown them: what they are about, by category, before anything is said or signed about them.
import { counted } from '../../../counted.ts';
import type { ReceiptsCheck } from '../../../parties/patient.ts';
import { formatAmount } from '../../../records/amounts.ts';
import type { ChosenCorrections } from '../../../records/receipts/choose.ts';
import { amountsOf, type Receipt, type Receipts, type ReceiptTerms } from '../../../records/receipts/receipt.ts';
import { dayOf, type ReceiptsSummary, type Totals } from '../../../records/receipts/summary.ts';
import { formatLanes } from '../../../records/terms.ts';
import type { Output } from '../../output.ts';

/** A row for each category, and one for all of them if there are several. */
export function showSummary(output: Output, { lanes, scale, currency }: ReceiptTerms, summary: ReceiptsSummary): void {
  const { categories, total } = summary;
  const cells = (name: string, { records, from, to, sums }: Totals) => [
    name,
    records,
    from ?? '',
    to ?? '',
    ...sums.map((sum) => formatAmount(sum, scale)),
  ];
  output.table(
    ['category', amount('records'), 'first', 'last', ...lanes.map((lane) => amount(`${lane}, ${currency}`))],
    [
      ...categories.map(({ category, ...totals }) => cells(categoryName(category), totals)),
      ...(categories.length > 1 ? [cells('all', total)] : []),
    ],
  );
}

const amount = (head: string) => ({ head, amount: true });

/** The single category of a ledger without any has the empty name. */
export const categoryName = (category: string): string => (category === '' ? '(none)' : category);

/** The same for programs: exact decimals by lane. */
export function summaryInJson(terms: ReceiptTerms, { categories, total }: ReceiptsSummary) {
  const plain = ({ sums, ...rest }: Totals) => ({ ...rest, sums: formatLanes(terms, sums) });
  return {
    total: plain(total),
    categories: categories.map(({ category, ...totals }) => ({ category, ...plain(totals) })),
  };
}

/** What there is to say of corrections among chosen records, as lines; warnings begin with that word. */
export function correctionsInWords({ included, alone, leftOut }: ChosenCorrections): string[] {
  const lines: string[] = [];
  if (included.length > 0) {
    lines.push(
      `${counted(included.length, 'of the records is a correction', 'of the records are corrections')} of others of them (${included.join(', ')}): the sum has the right amounts.`,
    );
  }
  if (alone.length > 0) {
    lines.push(
      `Warning: ${counted(alone.length, 'record is a correction', 'records are corrections')} (${alone.join(', ')}) of what is not among them: the sum has the difference alone.`,
    );
  }
  if (leftOut.length > 0) {
    lines.push(
      `Warning: ${counted(leftOut.length, 'correction', 'corrections')} of these records (${leftOut.join(', ')}) ${leftOut.length === 1 ? 'is' : 'are'} not covered: the sum has amounts that were corrected. A new consent covers all.`,
    );
  }
  return lines;
}

/** Each record by its day, with its amounts, what they add up to so far, and what is found about it. */
export function showRecords(output: Output, receipts: Receipts, found: ReceiptsCheck): void {
  const { lanes, scale, currency } = receipts.terms;
  const soFar = lanes.map(() => 0n);
  const rows = receipts.records.toSorted(byDay).map((receipt) => {
    const cells = amountsOf(receipt, lanes.length, scale).flatMap((minor, l) => {
      soFar[l]! += minor;
      return [formatAmount(minor, scale), formatAmount(soFar[l]!, scale)];
    });
    const { recordId, category } = receipt;
    return [recordId, dayOf(receipt) ?? '', textOf(receipt), categoryName(category), ...cells, stateOf(receipt, found)];
  });
  const columns = lanes.flatMap((lane) => [amount(`${lane}, ${currency}`), amount('so far')]);
  output.table(['record', 'date', 'text', 'category', ...columns, 'state'], rows);
}

/** Records without a day last, where they are: a carry record has none. */
function byDay(a: Receipt, b: Receipt): number {
  const [one, other] = [dayOf(a) ?? '9', dayOf(b) ?? '9'];
  return one === other ? a.recordId - b.recordId : one < other ? -1 : 1;
}

const textOf = ({ metadata }: Receipt): string =>
  Object.entries(metadata ?? {})
    .filter(([name, text]) => name !== 'date' && text !== '')
    .map(([, text]) => text)
    .join('; ');

function stateOf({ recordId, carries, corrects }: Receipt, { verdicts, complaints }: ReceiptsCheck): string {
  const fault = verdicts.find((verdict) => verdict.recordId === recordId)?.fault;
  if (fault) return fault;
  const complaint = complaints.find((one) => one.recordId === recordId);
  if (complaint?.isVoid) return 'valid, but void';
  if (complaint && complaint.standing.length > 0) return 'valid, but a server complains';
  if (corrects !== undefined) return `valid, corrects record ${corrects}`;
  return carries === undefined ? 'valid' : `valid, carries record ${carries} on`;
}
