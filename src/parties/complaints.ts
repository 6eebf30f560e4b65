// Complaints (docs/protocol.md, "Complaints"): a server accuses, the hospital may justify by making that seat's share public,
// and the server then uses the share that stands on chain. A void record's carry record is known by its key.
import { concat, type Hex, toHex } from '../bytes.ts';
import type { TransactionOutcome } from '../contract/outcome.ts';
import { MIStoreError } from '../errors.ts';
import { type Dealer, NO_NONCE } from '../ingest/dealer.ts';
import type { QueryEdge } from '../ledger/query-view.ts';
import type { Site } from '../ledger/site.ts';
import type { LedgerBatch, LedgerView } from '../ledger/view.ts';
import { opensAt } from '../query/masks.ts';
import { RecordKeys } from '../records/record.ts';
import { shares } from '../vss/dealing.ts';
import type { BatchPosition } from '../vss/keystreams.ts';
import { keysOf } from '../vss/subset-keys.ts';

/** Where a batch's keystreams are. */
export const positionOf = ({ event, contents }: LedgerBatch): BatchPosition => ({
  index: event.index,
  nonce: event.nonce,
  contents,
});

/**
 * Complains about a record of a batch, as the account of the site, unless its complaint stands or was
 * justified: then null. Throws INCONSISTENT_BATCH, and
 * complains about nothing, where the batch does not fit the stored root: then it is the endpoint that lies.
 */
export async function complain(
  site: Site,
  batch: LedgerBatch,
  recordId: number,
  seat: number,
): Promise<TransactionOutcome | null> {
  await batch.check();
  const { ledgerId, index } = batch.event;
  const { standing, justified } = await site.contract.complaintsOf(ledgerId, recordId);
  if (standing.includes(seat) || justified.includes(seat)) return null;
  return site.contract.complain({ ledgerId, batch: index, root: batch.tree.root, recordId });
}

/** What justifying a seat's complaint about a record means. */
export interface Justification {
  recordId: number;
  /** The seat whose share would become public. */
  seat: number;
  /** Shares that give the record's total: t. */
  threshold: number;
  /** Seats whose shares of the record are public already, ascending. */
  justified: number[];
  /** How many shares of the record may still become public, this one included: of at most t − 1. */
  left: number;
  /** Seats whose complaints about the record stand, this one included; ascending. */
  standing: number[];
  /** How many complaints about a record must stand to make it void: n − t + 1. */
  toVoid: number;
}

/** See Hospital.planJustification. */
export async function planJustification(
  { contract }: Site,
  { ledgerId, committee }: LedgerView,
  recordId: number,
  seat: number,
): Promise<Justification> {
  const { standing, justified } = await contract.complaintsOf(ledgerId, recordId);
  if (!standing.includes(seat)) {
    throw new MIStoreError('NO_COMPLAINT', `no complaint of seat ${seat} about record ${recordId} stands`);
  }
  const { threshold, seats } = committee;
  const left = threshold - 1 - justified.length;
  if (left < 1) {
    const message = `no further share of record ${recordId} may become public: ${justified.length} of the ${threshold} that give its total are`;
    throw new MIStoreError('TOO_MANY_JUSTIFIED', message, { recordId, justified, maximum: threshold - 1 });
  }
  return { recordId, seat, threshold, justified, left, standing, toVoid: seats - threshold + 1 };
}

/**
 * Makes the share of a seat's standing complaint public, which ends it. A person's decision: one share of the record becomes
 * known to everybody, at most t − 1 of them. Throws as planJustification does.
 */
export async function justify(site: Site, dealer: Dealer, recordId: number, seat: number): Promise<void> {
  const { ledger } = dealer;
  await planJustification(site, ledger, recordId, seat);
  const { batch, place: k } = await dealtPlaceOf(dealer, recordId);
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

/**
 * Where the hospital dealt a record, by its own count over batches whose nonces it finds again: an endpoint that shifts record
 * ids would get the share of another record. Throws NOT_OF_THIS_SEED, UNKNOWN_RECORD.
 */
async function dealtPlaceOf(dealer: Dealer, recordId: number): Promise<{ batch: LedgerBatch; place: number }> {
  let [first, previousNonce] = [0, NO_NONCE];
  for await (const batch of dealer.ledger.batches()) {
    (await dealer.open(batch, previousNonce)).fill(0);
    const place = recordId - first;
    if (place < batch.count) return { batch, place };
    first += batch.count;
    previousNonce = batch.event.nonce;
  }
  throw new MIStoreError('UNKNOWN_RECORD', `the ledger has no record ${recordId}; it has ${first}`, { recordId });
}

/** Void record by its carry record's key (0x-hex), whether there is one or not. Not public: it links the two. */
export function carryKeys({ dealingKey, ledger }: Dealer, voids: Iterable<number>): Map<Hex, number> {
  const keys = new RecordKeys(dealingKey, ledger.ledgerId);
  return new Map(Array.from(voids, (recordId) => [toHex(keys.key({ carries: recordId })), recordId]));
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
