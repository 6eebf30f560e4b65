// A receipts file as bills: in the order of their dates, with running totals. Before any check of the chain; what cannot be
// read at all is refused here.
import type { Hex } from '../../src/bytes.ts';
import { formatAmount } from '../../src/records/amounts.ts';
import { amountsOf, type Receipt, type Receipts } from '../../src/records/receipts/receipt.ts';
import { parseReceipts } from '../../src/records/receipts/receipt-file.ts';
import type { Amounts, Bill, OpenedReceipts } from './types.ts';

/** Reads the text of a receipts file. Throws an EncodingError that quotes nothing of it. */
export function openReceipts(text: string): OpenedReceipts {
  const receipts = parseReceipts(text);
  const { terms } = receipts;
  const bills = billsOf(receipts);
  return {
    receipts,
    place: { chainId: receipts.chainId, contract: lower(receipts.contract) },
    ledgerId: lower(receipts.ledgerId),
    patient: lower(receipts.patient),
    hospital: lower(terms.hospital),
    threshold: terms.threshold,
    servers: terms.servers.map(lower),
    lanes: terms.lanes,
    scale: terms.scale,
    currency: terms.currency,
    categories: terms.categories,
    minRecords: terms.minRecords,
    bills,
    total: bills.at(-1)?.runningTotal ?? terms.lanes.map(() => formatAmount(0n, terms.scale)),
  };
}

/** Sum of the bills with these ids, exact. */
export function sumOf({ receipts }: OpenedReceipts, recordIds: ReadonlySet<number>): Amounts {
  const { lanes, scale } = receipts.terms;
  const sum = new Sum(lanes.length, scale);
  for (const receipt of receipts.records) {
    if (recordIds.has(receipt.recordId)) sum.add(amountsOf(receipt, lanes.length, scale));
  }
  return sum.text;
}

const lower = (hex: Hex): Hex => hex.toLowerCase() as Hex;

/** A sum of each lane. */
class Sum {
  #lanes: bigint[];
  readonly #scale: number;

  constructor(lanes: number, scale: number) {
    this.#lanes = Array.from({ length: lanes }, () => 0n);
    this.#scale = scale;
  }

  add(amounts: readonly bigint[]): this {
    this.#lanes = this.#lanes.map((lane, l) => lane + amounts[l]!);
    return this;
  }

  get text(): Amounts {
    return this.#lanes.map((lane) => formatAmount(lane, this.#scale));
  }
}

function billsOf(receipts: Receipts): Bill[] {
  const { lanes, scale } = receipts.terms;
  const inCategory = categoryTotals(receipts);
  const running = new Sum(lanes.length, scale);
  return byDate(receipts.records).map((receipt): Bill => {
    const { recordId, category, position, amounts, carries, corrects, batch, metadata = {} } = receipt;
    return {
      recordId,
      date: metadata.date ?? null,
      text: textOf(metadata),
      metadata,
      category,
      position,
      amounts,
      categoryTotal: inCategory.get(receipt) ?? null,
      runningTotal: running.add(amountsOf(receipt, lanes.length, scale)).text,
      carries: carries ?? null,
      corrects: corrects ?? null,
      batch,
      state: { kind: 'unchecked' },
      complaints: null,
    };
  });
}

/** The total of each record's series; none behind a gap. */
function categoryTotals({ records, terms: { lanes, scale } }: Receipts): Map<Receipt, Amounts> {
  const totals = new Map<Receipt, Amounts>();
  const series = new Map<string, { last: number; sum: Sum }>();
  for (const receipt of records.toSorted((a, b) => a.position - b.position)) {
    const at = series.get(receipt.category) ?? { last: 0, sum: new Sum(lanes.length, scale) };
    series.set(receipt.category, at);
    if (receipt.position !== at.last + 1) continue;
    at.last++;
    totals.set(receipt, at.sum.add(amountsOf(receipt, lanes.length, scale)).text);
  }
  return totals;
}

/** By day, then by record id. A record without a date comes after the record before it on chain. */
function byDate(records: readonly Receipt[]): Receipt[] {
  let day = '';
  const dated = records
    .toSorted((a, b) => a.recordId - b.recordId)
    .map((receipt) => {
      day = receipt.metadata?.date?.slice(0, 10) ?? day;
      return { receipt, day };
    });
  return dated.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0)).map(({ receipt }) => receipt);
}

/** The description if the source had one, or else all of the metadata but the date. */
function textOf(metadata: Readonly<Record<string, string>>): string {
  const texts = Object.entries(metadata).filter(([name]) => name !== 'date');
  const description = texts.find(([name, text]) => /desc|text/i.test(name) && text !== '');
  return description?.[1] ?? texts.map(([, text]) => text).join(', ');
}
