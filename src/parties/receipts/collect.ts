// Patients' receipts, collected by the hospital in one pass over a ledger for as many patients as wanted: it knows the tag that
// each of their series would have next, and looks for it in each batch. Keeps some hundred bytes a series, and no receipt.
import { equalBytes, type Hex, toHex } from '../../bytes.ts';
import { type Dealer, NO_NONCE } from '../../ingest/dealer.ts';
import { deploymentOf, type Site } from '../../ledger/site.ts';
import type { LedgerBatch, LedgerView } from '../../ledger/view.ts';
import { formatAmount } from '../../records/amounts.ts';
import { decodeLanes } from '../../records/lanes.ts';
import { markCorrections } from '../../records/receipts/correction.ts';
import type { Receipt, Receipts, ReceiptTerms } from '../../records/receipts/receipt.ts';
import { RecordKeys } from '../../records/record.ts';
import { saltOf, seriesId, tagOf, viewingKey } from '../../records/series.ts';

/** Whose records are looked for: a patient's, under one account (20 bytes). */
export interface Owner {
  patient: string;
  account: Uint8Array;
}

/** A receipt, and the number of its owner in the list that was given. */
export interface OwnedReceipt {
  owner: number;
  receipt: Receipt;
}

/** One of an owner's series, as far as it has been followed. */
interface Followed {
  owner: number;
  account: Uint8Array;
  /** The patient's, 32 bytes. SECRET. */
  key: Uint8Array;
  category: string;
  id: Uint8Array;
  position: number;
  total: bigint[];
  /** Id of the last record; null before the first. */
  last: number | null;
  /** Of the next record's tag, 16 bytes. */
  salt: Uint8Array;
}

/** Receipts of all records of these owners, in the order of their batches; those of a series in its order. */
export async function* collectReceipts(dealer: Dealer, owners: readonly Owner[]): AsyncGenerator<OwnedReceipt> {
  const { ledger } = dealer;
  const keys = new RecordKeys(dealer.dealingKey, ledger.ledgerId);
  const wanted = wantedTags(dealer, owners);
  let previousNonce = NO_NONCE;
  for await (const batch of ledger.batches()) {
    const found = [...placesIn(batch, wanted, ledger)];
    if (found.length > 0) {
      const openings = await dealer.open(batch, previousNonce);
      for (const { series, place, salt, position } of found) {
        yield {
          owner: series.owner,
          receipt: receiptOf(ledger, keys, batch, place, { series, salt, position }, openings),
        };
      }
      openings.fill(0);
    }
    previousNonce = batch.event.nonce;
  }
}

/** Numbers of the owners that have a record in the ledger. Ends when all are found. */
export async function ownersWithRecords(dealer: Dealer, owners: readonly Owner[]): Promise<Set<number>> {
  const wanted = wantedTags(dealer, owners);
  const found = new Set<number>();
  for await (const batch of dealer.ledger.batches()) {
    for (let k = 0; k < batch.count; k++) {
      const series = wanted.get(toHex(batch.tag(k)));
      if (series) found.add(series.owner);
    }
    if (found.size === owners.length) break;
  }
  return found;
}

/** The file of an owner, of all receipts that there are of theirs: only then is it known which are corrections. */
export function receiptsFile(site: Site, dealer: Dealer, { patient, account }: Owner, records: Receipt[]): Receipts {
  const { chainId, contract } = deploymentOf(site);
  markCorrections(records, new RecordKeys(dealer.dealingKey, dealer.ledger.ledgerId));
  return {
    chainId,
    contract: toHex(contract),
    ledgerId: toHex(dealer.ledger.ledgerId),
    terms: termsOf(dealer.ledger),
    patient: toHex(account),
    viewingKey: toHex(viewingKey(dealer.dealingKey, patient)),
    records,
  };
}

/** By the tag that each series has next, which is its first. */
function wantedTags({ ledger, dealingKey }: Dealer, owners: readonly Owner[]): Map<Hex, Followed> {
  const { ledgerId, terms } = ledger;
  const wanted = new Map<Hex, Followed>();
  for (const [owner, { patient, account }] of owners.entries()) {
    const key = viewingKey(dealingKey, patient);
    for (const category of terms.categories) {
      const id = seriesId(key, { ledgerId, account, category });
      const total = terms.lanes.map(() => 0n);
      want(wanted, ledger, { owner, account, key, category, id, position: 0, total, last: null, salt: key });
    }
  }
  return wanted;
}

/** Waits for the record after the last one of the series. */
function want(wanted: Map<Hex, Followed>, { ledgerId }: LedgerView, series: Followed): Hex {
  series.salt = saltOf(series.key, ledgerId, series.id, series.position + 1);
  const tag = toHex(tagOf(series.account, series.id, series.position + 1, series.salt));
  wanted.set(tag, series);
  return tag;
}

/** Where the batch has records of the series, in the order of each series: the next one may stand before the last in the batch. */
function* placesIn(batch: LedgerBatch, wanted: Map<Hex, Followed>, ledger: LedgerView) {
  const places = new Map(Array.from({ length: batch.count }, (_, k) => [toHex(batch.tag(k)), k]));
  for (const first of places.keys()) {
    let tag = first;
    for (let place = places.get(tag); place !== undefined; place = places.get(tag)) {
      const series = wanted.get(tag);
      if (!series) break;
      wanted.delete(tag);
      series.position++;
      yield { series, place, salt: series.salt, position: series.position };
      tag = want(wanted, ledger, series);
    }
  }
}

/** The receipt of record number k of the batch, which is the series' next. */
function receiptOf(
  { terms }: LedgerView,
  keys: RecordKeys,
  batch: LedgerBatch,
  k: number,
  { series, salt, position }: { series: Followed; salt: Uint8Array; position: number },
  openings: Uint8Array,
): Receipt {
  const total = decodeLanes(openings.subarray(64 * k, 64 * k + 32), terms.lanes.length);
  const amounts = total.map((lane, l) => formatAmount(lane - series.total[l]!, terms.scale));
  series.total = total;
  const before = series.last;
  const recordId = batch.event.firstRecordId + k;
  series.last = recordId;
  const carries = before !== null && equalBytes(keys.key({ carries: before }), batch.key(k)) ? before : undefined;
  const commitments = batch.commitments(k);
  return {
    recordId,
    batch: batch.event.index,
    category: series.category,
    position,
    amounts,
    ...(carries !== undefined && { carries }),
    blinding: toHex(openings.subarray(64 * k + 32, 64 * k + 64)),
    salt: toHex(salt),
    key: toHex(batch.key(k)),
    commitments: Array.from({ length: terms.threshold }, (_, j) => toHex(commitments.subarray(32 * j, 32 * j + 32))),
    path: batch.tree.path(k).map(toHex),
  };
}

function termsOf({ hospital, terms, salt }: LedgerView): ReceiptTerms {
  const { servers, lanes, categories, ...rest } = terms;
  return {
    hospital: toHex(hospital),
    ...rest,
    servers: servers.map(toHex),
    lanes: [...lanes],
    categories: [...categories],
    salt: toHex(salt),
  };
}
