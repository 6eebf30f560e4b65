// Runs and edges (docs/protocol.md, "Consent and query"): what a query is over. A run is the records of one series after one position up to
// another; on chain it stands as its edges, the record before it (subtracted, unless the run begins the series) and its
// last record (added). The rules here are the contract's, in the same order.
import { equalBytes, uint8 } from '../bytes.ts';
import { ArgumentError, checkInteger } from '../errors.ts';
import { keccak256 } from '../keccak.ts';

/** Most records that one query covers: sums of more may not decode (see records/lanes.ts). */
export const MAX_QUERY_RECORDS = 2 ** 20;
export const SERIES_ID_BYTES = 8;
/** Positions are uint32 on chain. */
export const MAX_POSITION = 2 ** 32 - 1;

/** The records of a series with positions from + 1 … to. */
export interface Run {
  /** 8 bytes. */
  seriesId: Uint8Array;
  /** 0 for a run from the beginning. */
  from: number;
  to: number;
}

/** A record at which a run begins (sign −1: its total is subtracted) or ends (sign 1: added). */
export interface Edge {
  sign: 1 | -1;
  /** 8 bytes. */
  seriesId: Uint8Array;
  position: number;
}

/** Ascending order of byte strings of one length, unsigned. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/** The runs that cover exactly these records, in canonical order. `records` in any order; none twice. */
export function runsOf(records: readonly { seriesId: Uint8Array; position: number }[]): Run[] {
  const ordered = [...records].sort((a, b) => compareBytes(a.seriesId, b.seriesId) || a.position - b.position);
  const runs: Run[] = [];
  for (const { seriesId, position } of ordered) {
    checkSeriesId(seriesId);
    checkInteger('position', position, 1, MAX_POSITION);
    const last = runs.at(-1);
    if (last && equalBytes(last.seriesId, seriesId) && last.to >= position) {
      throw new ArgumentError('position', position, 'in the list of records only once');
    }
    if (last && equalBytes(last.seriesId, seriesId) && last.to === position - 1) last.to = position;
    else runs.push({ seriesId, from: position - 1, to: position });
  }
  return runs;
}

/** The edges of runs in canonical order. Throws an ArgumentError for runs that are not. */
export function edgesOf(runs: readonly Run[]): Edge[] {
  const edges = runs.flatMap(({ seriesId, from, to }): Edge[] => {
    checkInteger('beginning of a run', from, 0, MAX_POSITION);
    checkInteger('end of a run', to, from + 1, MAX_POSITION);
    const last: Edge = { sign: 1, seriesId, position: to };
    return from === 0 ? [last] : [{ sign: -1, seriesId, position: from }, last];
  });
  countCovered(edges);
  return edges;
}

/** What the contract keeps while it adds up edges, but for points and hash. */
export interface Walk {
  /** Of the last edge, 8 bytes; null before the first. */
  seriesId: Uint8Array | null;
  /** Of the last edge. */
  position: number;
  /** Whether the last edge began a run. */
  open: boolean;
  /** Records covered by the runs that have ended. */
  count: number;
}

const START: Walk = { seriesId: null, position: 0, open: false, count: 0 };

/** Where the edges lead, from where those before them led. Throws an ArgumentError for edges that the contract refuses. */
export const walkEdges = (edges: readonly Edge[], from: Walk = START): Walk => edges.reduce(step, from);

/** Number of records that the edges' runs cover. Throws an ArgumentError for edges that the contract refuses. */
export function countCovered(edges: readonly Edge[]): number {
  if (edges.length === 0) throw new ArgumentError('number of edges', 0, 'at least 1');
  const { open, count } = walkEdges(edges);
  if (open) throw new ArgumentError('last run', 'without an end', 'closed by an edge that is added');
  return count;
}

function step(walk: Walk, { sign, seriesId, position }: Edge, k: number): Walk {
  const refuse = (value: unknown, allowed: string): never => {
    throw new ArgumentError(`edge ${k}`, value, allowed);
  };
  checkSeriesId(seriesId);
  checkInteger(`position of edge ${k}`, position, 1, MAX_POSITION);
  if (sign !== 1 && sign !== -1) refuse(`of sign ${sign}`, '1 or -1');
  const begun = walk.seriesId !== null && equalBytes(walk.seriesId, seriesId);
  if (!begun) {
    if (walk.open) refuse('of another series', 'the end of the run before it');
    if (walk.seriesId !== null && compareBytes(walk.seriesId, seriesId) > 0) {
      refuse('of a series before the last one', 'in ascending order of series ids');
    }
  }
  const last = begun ? walk.position : 0;
  if (position <= last) refuse(`at position ${position}`, `above position ${last} of the edge before it`);
  if (sign === -1) {
    if (walk.open) refuse('the beginning of a run', 'the end of the run before it');
    return { ...walk, seriesId, position, open: true };
  }
  if (begun && !walk.open) refuse('the end of a run', 'the beginning of one: runs of one series do not touch');
  const count = walk.count + position - last;
  if (count > MAX_QUERY_RECORDS) {
    throw new ArgumentError('number of records', count, `at most ${MAX_QUERY_RECORDS}, whose sum is sure to decode`);
  }
  return { seriesId, position, open: false, count };
}

/**
 * h_m with h_0 = 0 and h_{k+1} = keccak256(h_k ‖ uint8 sign ‖ leaf_k), sign 1 for added and 0 for subtracted: names the
 * edges by their contents, and can be continued from one transaction to the next. `leaves`: 32 bytes for each edge.
 */
export function runsHash(edges: readonly Pick<Edge, 'sign'>[], leaves: readonly Uint8Array[]): Uint8Array {
  if (edges.length !== leaves.length) {
    throw new ArgumentError('number of leaves', leaves.length, `that of the edges, ${edges.length}`);
  }
  return edges.reduce<Uint8Array>(
    (hash, { sign }, k) => keccak256(hash, uint8(sign === 1 ? 1 : 0), leaves[k]!),
    new Uint8Array(32),
  );
}

function checkSeriesId(seriesId: Uint8Array): void {
  if (seriesId.length !== SERIES_ID_BYTES) throw new ArgumentError('series id', seriesId, `${SERIES_ID_BYTES} bytes`);
}
