// Which records of a receipts file a consent is to be about: all, some by id, those of some categories, or of a period. Corrections
// go with the record that they correct, whatever their own date is: without them a sum has the amount that was wrong. A carry
// record goes with the record that it carries on, so that a run which ends in a void record ends in its carry record instead.
import { ArgumentError, MIStoreError } from '../../errors.ts';
import type { Receipt, Receipts } from './receipt.ts';

/** Criteria by which records of a receipts file are chosen. */
export interface Choice {
  /** Record ids; with the other criteria, those of them that also meet these. A correction can be named alone. */
  records?: readonly number[];
  categories?: readonly string[];
  /** First and last day, ISO 8601 (YYYY-MM-DD), inclusive. */
  from?: string;
  to?: string;
}

/** How the corrections in a receipts file stand to some of its records. */
export interface ChosenCorrections {
  /** Those of the records that are corrections of others of them. */
  included: number[];
  /** Those that are corrections of records that are not among them: the sum has their difference alone. */
  alone: number[];
  /** Corrections of these records that are not among them: the sum has amounts that were corrected. */
  leftOut: number[];
}

/**
 * Ids of the records that meet every criterion given, with their corrections and carry records, ascending. Throws NOT_YOUR_RECORD for an id without a receipt,
 * ArgumentError for a category that the ledger does not have or a date that is none, and NO_DATE where a period is asked for
 * and a receipt of the other criteria states no date.
 */
export function chooseRecords(receipts: Receipts, { records, categories, from, to }: Choice): number[] {
  const known = new Map(receipts.records.map((receipt) => [receipt.recordId, receipt]));
  for (const id of records ?? []) {
    if (!known.has(id))
      throw new MIStoreError('NOT_YOUR_RECORD', `record ${id} has no receipt in this file`, { recordId: id });
  }
  for (const category of categories ?? []) {
    if (receipts.terms.categories.includes(category)) continue;
    throw new ArgumentError('category', category, `one of the ledger's: ${receipts.terms.categories.join(', ')}`);
  }
  for (const [name, day] of Object.entries({ from, to })) {
    if (day !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new ArgumentError(name, day, 'a date, YYYY-MM-DD');
  }
  const wanted = records && new Set(records);
  const chosen = receipts.records
    .map((receipt) => ({ receipt, line: lineOf(receipt, known) }))
    .filter(({ line }) => wanted === undefined || line.some(({ recordId }) => wanted.has(recordId)))
    .filter(({ receipt }) => categories === undefined || categories.includes(receipt.category))
    .filter(({ line }) => (from === undefined && to === undefined) || isWithin(line.at(-1)!, from, to));
  return withCarries(
    receipts,
    chosen.map(({ receipt }) => receipt),
  );
}

/** How the corrections of a receipts file stand to these of its records. Ids ascending. */
export function chosenCorrections({ records }: Receipts, recordIds: Iterable<number>): ChosenCorrections {
  const chosen = new Set(recordIds);
  const found: ChosenCorrections = { included: [], alone: [], leftOut: [] };
  for (const { recordId, corrects } of records) {
    if (corrects === undefined) continue;
    const isAmong = chosen.has(recordId);
    if (chosen.has(corrects)) (isAmong ? found.included : found.leftOut).push(recordId);
    else if (isAmong) found.alone.push(recordId);
  }
  for (const ids of [found.included, found.alone, found.leftOut]) ids.sort((a, b) => a - b);
  return found;
}

/** A record; of a correction after it the record that it corrects, which may be a correction itself, and so on. */
function lineOf(receipt: Receipt, known: ReadonlyMap<number, Receipt>): Receipt[] {
  const line = [receipt];
  for (let at = receipt; at.corrects !== undefined; ) {
    const corrected = known.get(at.corrects);
    if (corrected?.category !== at.category || corrected.position >= at.position) break; // The file is faulty, or incomplete.
    line.push(corrected);
    at = corrected;
  }
  return line;
}

/** A carry record has a higher id than the record that it carries on, which may be a carry record itself. */
function withCarries({ records }: Receipts, chosen: readonly Receipt[]): number[] {
  const ids = new Set(chosen.map(({ recordId }) => recordId));
  const carries = records.filter((receipt) => receipt.carries !== undefined);
  for (const { recordId, carries: carried } of carries.sort((a, b) => a.recordId - b.recordId)) {
    if (ids.has(carried!)) ids.add(recordId);
  }
  return [...ids].sort((a, b) => a - b);
}

/** A carry record has no date. */
function isWithin({ recordId, metadata, carries }: Receipt, from = '0000-01-01', to = '9999-12-31'): boolean {
  if (carries !== undefined) return false;
  const day = metadata?.date?.slice(0, 10);
  if (day !== undefined) return day >= from && day <= to;
  const message = `the receipt of record ${recordId} states no date; ask the hospital for receipts with dates`;
  throw new MIStoreError('NO_DATE', message, { recordId });
}
