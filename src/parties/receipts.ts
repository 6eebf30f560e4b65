// A patient's receipts, collected by the hospital in one pass over a ledger: in each batch it looks for the tag that each of the
// patient's series would have next.
import { equalBytes, toHex } from '../bytes.ts';
import { type Dealer, NO_NONCE } from '../ingest/dealer.ts';
import { deploymentOf, type Site } from '../ledger/site.ts';
import type { LedgerBatch, LedgerView } from '../ledger/view.ts';
import { formatAmount } from '../records/amounts.ts';
import { decodeLanes } from '../records/lanes.ts';
import type { Receipt, Receipts, ReceiptTerms } from '../records/receipts/receipt.ts';
import { RecordKeys } from '../records/record.ts';
import { saltOf, seriesId, tagOf, viewingKey } from '../records/series.ts';

/** One of the patient's series, as far as it has been followed. */
interface Followed {
  category: string;
  id: Uint8Array;
  position: number;
  total: bigint[];
  /** Id of the last record; null before the first. */
  last: number | null;
}

/** Receipts of all of a patient's records under an account (20 bytes). */
export async function collectReceipts(
  site: Site,
  dealer: Dealer,
  patient: string,
  account: Uint8Array,
): Promise<Receipts> {
  const { ledger } = dealer;
  const { ledgerId, terms } = ledger;
  const key = viewingKey(dealer.dealingKey, patient);
  const series = terms.categories.map((category): Followed => {
    const id = seriesId(key, { ledgerId, account, category });
    return { category, id, position: 0, total: terms.lanes.map(() => 0n), last: null };
  });
  const keys = new RecordKeys(dealer.dealingKey, ledgerId);
  const records: Receipt[] = [];
  let previousNonce = NO_NONCE;
  for await (const batch of ledger.batches()) {
    const places = new Map(Array.from({ length: batch.count }, (_, k) => [toHex(batch.tag(k)), k]));
    let openings: Uint8Array | undefined;
    for (const one of series) {
      for (;;) {
        const salt = saltOf(key, ledgerId, one.id, one.position + 1);
        const k = places.get(toHex(tagOf(account, one.id, one.position + 1, salt)));
        if (k === undefined) break;
        openings ??= await dealer.open(batch, previousNonce);
        records.push(follow(ledger, keys, batch, k, one, salt, openings));
      }
    }
    openings?.fill(0);
    previousNonce = batch.event.nonce;
  }
  const { chainId, contract } = deploymentOf(site);
  return {
    chainId,
    contract: toHex(contract),
    ledgerId: toHex(ledgerId),
    terms: termsOf(ledger),
    patient: toHex(account),
    viewingKey: toHex(key),
    records,
  };
}

/** The receipt of the series' next record, number k of the batch. */
function follow(
  { terms }: LedgerView,
  keys: RecordKeys,
  batch: LedgerBatch,
  k: number,
  series: Followed,
  salt: Uint8Array,
  openings: Uint8Array,
): Receipt {
  const total = decodeLanes(openings.subarray(64 * k, 64 * k + 32), terms.lanes.length);
  const amounts = total.map((lane, l) => formatAmount(lane - series.total[l]!, terms.scale));
  series.total = total;
  series.position++;
  const before = series.last;
  const recordId = batch.event.firstRecordId + k;
  series.last = recordId;
  const carries = before !== null && equalBytes(keys.key({ carries: before }), batch.key(k)) ? before : undefined;
  const commitments = batch.commitments(k);
  return {
    recordId,
    batch: batch.event.index,
    category: series.category,
    position: series.position,
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
