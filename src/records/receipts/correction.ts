// Corrections of stored amounts. What is stored cannot be changed, so a correction is a record more in the same series, of the
// difference: sums over both have the right amount. Its id is made from the number of the record, so that corrections are found
// again, counted in, and none is stored twice.
import { toHex } from '../../bytes.ts';
import { ArgumentError, MIStoreError } from '../../errors.ts';
import { formatAmount, MAX_AMOUNT, parseAmount } from '../amounts.ts';
import { csvField } from '../input/row-file.ts';
import type { RecordKeys } from '../record.ts';
import { amountsOf, type Receipt, type Receipts } from './receipt.ts';

/** Id of the row that corrects a record for the first, second, … time. */
export const correctionId = (recordId: number, number: number): string => `record-${recordId}.correction.${number}`;

/** How a record is named by people: by its number on chain, or by its id in the source (several columns joined by U+001F). */
export type CorrectedRecord = { record: number } | { id: string };

/** What a correction of a record would store. Amounts are SECRET. */
export interface Correction {
  /** The record that is corrected. */
  receipt: Receipt;
  /** Id of the row that corrects it. */
  id: string;
  /** How many corrections of it are stored already; they are counted in. */
  earlier: number;
  /** Minor units by lane: what is stored with all corrections so far, what it should be, and the difference. */
  stored: bigint[];
  right: bigint[];
  difference: bigint[];
}

/**
 * The correction of a record of these receipts to `right` amounts (decimal text by lane; lanes that are not named stay). `keys`: of
 * the ledger. Throws NO_SUCH_RECORD, CARRY_RECORD, NOTHING_TO_CORRECT, and an ArgumentError for an amount or lane that cannot be.
 */
export function planCorrection(
  receipts: Receipts,
  keys: RecordKeys,
  which: CorrectedRecord,
  right: ReadonlyMap<string, string>,
): Correction {
  const { lanes, scale } = receipts.terms;
  const receipt = find(receipts, keys, which);
  const stored = amountsOf(receipt, lanes.length, scale);
  const corrections = receipts.records.filter(({ corrects }) => corrects === receipt.recordId);
  for (const correction of corrections) {
    amountsOf(correction, lanes.length, scale).forEach((amount, l) => {
      stored[l]! += amount;
    });
  }
  const earlier = corrections.length;
  const wanted = rightAmounts(receipts, right, stored);
  const difference = wanted.map((amount, l) => amount - stored[l]!);
  if (difference.every((amount) => amount === 0n)) {
    const so = earlier === 0 ? 'is stored with' : 'with its corrections has';
    throw new MIStoreError('NOTHING_TO_CORRECT', `record ${receipt.recordId} ${so} these amounts already`);
  }
  for (const [l, amount] of difference.entries()) {
    if (amount <= MAX_AMOUNT && amount >= -MAX_AMOUNT) continue;
    throw new ArgumentError(`difference in ${lanes[l]}`, 'out of range', 'within ±(2^41 − 1) minor units');
  }
  return { receipt, id: correctionId(receipt.recordId, earlier + 1), earlier, stored, right: wanted, difference };
}

/** Says in each receipt of a correction which record it corrects. `keys`: of the ledger; `records`: all of one account. */
export function markCorrections(records: readonly Receipt[], keys: RecordKeys): void {
  const byKey = new Map(records.map((one) => [one.key, one]));
  for (const { recordId, category, position } of records) {
    for (let number = 1; ; number++) {
      const correction = byKey.get(toHex(keys.key({ id: correctionId(recordId, number) })));
      // Any CSV may have such an id; only what stands behind the record in its series can be its correction.
      if (correction?.category !== category || correction.position <= position) break;
      correction.corrects = recordId;
    }
  }
}

/** A CSV of one row, and the options by which `mistore ingest` reads it. */
export interface CorrectionCsv {
  text: string;
  /** Words of a command line. */
  options: string[];
}

/** The correction as an input of one row. */
export function correctionCsv(
  { terms }: Receipts,
  patient: string,
  { receipt, id, difference }: Correction,
): CorrectionCsv {
  const { lanes, scale, currency, categories } = terms;
  const free = (name: string): string => (lanes.includes(name) ? free(`${name}_`) : name);
  const hasCategory = !(categories.length === 1 && categories[0] === '');
  const columns = [
    { option: '--id-column', name: free('id'), value: id },
    { option: '--patient-column', name: free('patient'), value: patient },
    ...(hasCategory ? [{ option: '--category-column', name: free('category'), value: receipt.category }] : []),
    ...lanes.map((lane, l) => ({
      option: '--amount-column',
      name: lane,
      value: formatAmount(difference[l]!, scale),
    })),
  ];
  const line = (cells: readonly string[]) => `${cells.map(csvField).join(',')}\n`;
  return {
    text: line(columns.map(({ name }) => name)) + line(columns.map(({ value }) => value)),
    options: [
      ...['--source', id],
      ...columns.flatMap(({ option, name }) => [option, name]),
      ...['--scale', `${scale}`, '--currency', currency, '--decimal', '.', '--delimiter', ','],
    ],
  };
}

function find({ records }: Receipts, keys: RecordKeys, which: CorrectedRecord): Receipt {
  const key = 'id' in which ? toHex(keys.key({ id: which.id })) : undefined;
  const found = records.find((one) => ('record' in which ? one.recordId === which.record : one.key === key));
  if (found === undefined) {
    const what = 'record' in which ? `record ${which.record} is none` : 'no record with this id is one';
    throw new MIStoreError(
      'NO_SUCH_RECORD',
      `${what} of this patient's under this account: is it their id, and the record's own?`,
    );
  }
  if (found.carries === undefined) return found;
  const message = `record ${found.recordId} carries the total of record ${found.carries} on and has no amount of its own: correct the record whose amount is wrong`;
  throw new MIStoreError('CARRY_RECORD', message);
}

function rightAmounts({ terms }: Receipts, right: ReadonlyMap<string, string>, stored: readonly bigint[]): bigint[] {
  const { lanes, scale } = terms;
  for (const lane of right.keys()) {
    if (!lanes.includes(lane)) throw new ArgumentError('lane', lane, `one of the ledger's: ${lanes.join(', ')}`);
  }
  return lanes.map((lane, l) => {
    const text = right.get(lane);
    return text === undefined ? stored[l]! : parseAmount(text, { scale });
  });
}
