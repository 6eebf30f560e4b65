// What an answer is made of: this seat's share of the sum over the edges, and the mask that hides it from everybody but the
// insurer. Both are checked against commitments before they are used.
import { concat, fromHex } from '../../bytes.ts';
import { MIStoreError } from '../../errors.ts';
import type { QueryEdge, QueryView } from '../../ledger/query-view.ts';
import type { Site } from '../../ledger/site.ts';
import { shareOfSum } from '../../query/answer.ts';
import { type Mask, maskOf, maskPad, opensAt } from '../../query/masks.ts';
import { verify } from '../../sharing/verify.ts';
import { shares } from '../../vss/dealing.ts';
import { justifiedShare, positionOf } from '../complaints.ts';
import { keysIn, type Seat } from './seat.ts';

/** Why this server does not answer a query. */
export type AnswerRefusal =
  | 'another server held the seat when it was opened'
  | 'it pays less than the minimum fee of this server'
  | 'nothing is left of its fee'
  | 'its fee can be taken back by now'
  | 'its consent ran out longer ago than this server allows for'
  | 'the insurer has opened no channel to this server'
  | 'the mask is not that of the channel'
  | 'the hospital dealt wrong shares of these records';

/**
 * Σ ± of this seat's shares of the edges, which opens the edges' commitments; null if it does not. A share that was dealt
 * wrongly is replaced by the one that a justification has made public. SECRET.
 */
export async function shareOfEdges(site: Site, seat: Seat, edges: readonly QueryEdge[]): Promise<Mask | null> {
  const { engine } = site;
  const { committee } = seat.ledger;
  const own = new Uint8Array(64 * edges.length);
  for (const [k, { inBatch, place }] of edges.entries()) {
    const keys = await keysIn(site, seat, inBatch.event.epoch);
    const correction = inBatch.correction(place);
    own.set(shares(engine, committee, seat.seat, keys, positionOf(inBatch), correction, place), 64 * k);
  }
  const commitments = concat(...edges.map((edge) => edge.commitments));
  for (const k of verify(engine, committee, seat.seat, own, commitments)) {
    const revealed = await justifiedShare(site, edges[k]!, seat.seat);
    if (revealed === null) return null;
    own.set(revealed, 64 * k);
  }
  const share = shareOfSum(edges, own);
  own.fill(0);
  return share;
}

/**
 * A seat's mask of a query, if it opens the query's mask commitments. `channelFrom` gives K(insurer→this server), or throws
 * CHANNEL_MISSING. SECRET.
 */
export async function maskFor(
  { engine }: Site,
  seat: number,
  query: QueryView,
  channelFrom: (insurer: Uint8Array) => Promise<Uint8Array>,
): Promise<Mask | AnswerRefusal> {
  let channel: Uint8Array;
  try {
    channel = await channelFrom(fromHex(query.consent.insurer));
  } catch (error) {
    if (!(error instanceof MIStoreError) || error.code !== 'CHANNEL_MISSING') throw error;
    return 'the insurer has opened no channel to this server';
  }
  const { queryId, epoch, maskCommitments, maskCorrections, ledger } = query;
  const pad = maskPad(channel, { queryId, committee: epoch.committeeHash }, seat);
  const wrong = 'the mask is not that of the channel';
  try {
    const mask = maskOf(ledger.terms.threshold, seat, pad, maskCorrections);
    return opensAt(engine, seat, mask, maskCommitments) ? mask : wrong;
  } catch (error) {
    if (error instanceof MIStoreError) return wrong; // corrections that are missing, or commitments that are no points
    throw error;
  }
}
