// Complaints (docs/protocol.md, "Complaints"): a server accuses, the hospital may justify by making that seat's share public,
// and the server then uses the share that stands on chain.
import { concat } from '../bytes.ts';
import { MIStoreError } from '../errors.ts';
import type { Dealer } from '../ingest/dealer.ts';
import type { QueryEdge } from '../ledger/query-view.ts';
import type { Site } from '../ledger/site.ts';
import type { LedgerBatch } from '../ledger/view.ts';
import { opensAt } from '../query/masks.ts';
import { contentsHash } from '../records/batch.ts';
import { shares } from '../vss/dealing.ts';
import type { BatchPosition } from '../vss/keystreams.ts';
import { keysOf } from '../vss/subset-keys.ts';

/** Where a batch's keystreams are. */
export const positionOf = ({ event, columns }: LedgerBatch): BatchPosition => ({
  index: event.index,
  nonce: event.nonce,
  contents: contentsHash(columns.tags, columns.keys),
});

/**
 * Complains about a record of a batch, as the account of the site, unless its complaint stands. Throws INCONSISTENT_BATCH, and
 * complains about nothing, where the batch does not fit the stored root: then it is the endpoint that lies.
 */
export async function complain(site: Site, batch: LedgerBatch, recordId: number, seat: number): Promise<void> {
  await batch.check();
  const { ledgerId, index } = batch.event;
  const { standing, justified } = await site.contract.complaintsOf(ledgerId, recordId);
  if (standing.includes(seat) || justified.includes(seat)) return;
  await site.contract.complain({ ledgerId, batch: index, root: batch.tree.root, recordId });
}

/**
 * Makes the share of a seat's standing complaint public, which ends it. A person's decision: one share of the record becomes
 * known to everybody, at most t − 1 of them. Throws NO_COMPLAINT where none stands.
 */
export async function justify(site: Site, dealer: Dealer, recordId: number, seat: number): Promise<void> {
  const { ledger } = dealer;
  const { standing } = await site.contract.complaintsOf(ledger.ledgerId, recordId);
  if (!standing.includes(seat)) {
    throw new MIStoreError('NO_COMPLAINT', `no complaint of seat ${seat} about record ${recordId} stands`);
  }
  const batch = await batchOf(dealer, recordId);
  const k = recordId - batch.event.firstRecordId;
  const keys = keysOf(ledger.committee, seat, dealer.keys(batch.event.epoch));
  const share = shares(site.engine, ledger.committee, seat, keys, positionOf(batch), batch.correction(k), k);
  await site.contract.justify({
    ledgerId: ledger.ledgerId,
    batch: batch.event.index,
    recordId,
    seat,
    share: share.subarray(0, 32),
    blinding: share.subarray(32),
    record: concat(batch.tag(k), batch.key(k), site.engine.decompress(batch.commitments(k))),
    path: concat(...batch.tree.path(k)),
  });
}

/** The share (s ‖ b) that a justification has made public, if it opens the edge's commitments; null if there is none. */
export async function justifiedShare(site: Site, edge: QueryEdge, seat: number): Promise<Uint8Array | null> {
  const { ledgerId } = edge.inBatch.event;
  const points = site.engine.decompress(edge.commitments);
  for await (const event of site.events.read('ComplaintJustified', { ledgerId, recordId: edge.recordId, seat })) {
    const { share, blinding } = event;
    if (opensAt(site.engine, seat, { value: share, blinding }, points)) return concat(share, blinding);
  }
  return null;
}

async function batchOf({ ledger }: Dealer, recordId: number): Promise<LedgerBatch> {
  for await (const batch of ledger.batches()) {
    const { firstRecordId } = batch.event;
    if (recordId >= firstRecordId && recordId < firstRecordId + batch.columns.count) return batch;
  }
  throw new MIStoreError('UNKNOWN_RECORD', `the ledger has no record ${recordId}`, { recordId });
}
