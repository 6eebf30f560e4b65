// What an insurer sends to the contract: the edges of a query with their proofs, cut so that each transaction stays under the
// nodes' size limit, and where the query stands before each, which the contract keeps only a hash of.

import { fromHex } from '../bytes.ts';
import type { QueryProgress } from '../contract/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { Consent } from '../query/consent.ts';
import { walkEdges } from '../query/runs.ts';
import { addEdges } from '../query/sums.ts';
import { MAX_RECORDS_BYTES } from '../records/batch.ts';
import { type ConsentEdge, edgesHash } from '../records/consent-file.ts';
import { encodeEdges, encodeProofs } from '../records/query-bytes.ts';

/** Edges that go into one transaction. */
export interface QueryPart {
  edges: Uint8Array;
  proofs: Uint8Array;
  /** Number of edges. */
  count: number;
}

/** Bytes for consent, signature, masks of 255 seats, progress and ABI heads in one transaction; generous. */
const RESERVED = 40 * 1024;

export class QueryParts {
  readonly #engine: Engine;
  readonly #consent: Consent;
  readonly #epoch: number;
  readonly #masks: Uint8Array;
  readonly #edges: readonly ConsentEdge[];

  /** `masks`: Z_0 … Z_{t−1}, t points. `epoch`: the ledger's when the query is opened. */
  constructor(engine: Engine, consent: Consent, epoch: number, masks: Uint8Array, edges: readonly ConsentEdge[]) {
    this.#engine = engine;
    this.#consent = consent;
    this.#epoch = epoch;
    this.#masks = masks;
    this.#edges = edges;
  }

  /** As many edges from number `from` on as fit into a transaction. */
  from(from: number): QueryPart {
    let bytes = 0;
    let to = from;
    for (const { commitments, path } of this.#edges.slice(from)) {
      bytes += 50 + 2 * commitments.length + 32 * path.length;
      if (to > from && bytes > MAX_RECORDS_BYTES - RESERVED) break;
      to++;
    }
    const edges = this.#edges.slice(from, to);
    return { edges: encodeEdges(edges), proofs: encodeProofs(this.#engine, edges), count: edges.length };
  }

  /** Where the query stands after the first `done` edges, one at least. */
  progress(done: number): QueryProgress {
    const edges = this.#edges.slice(0, done);
    const { seriesId, position, open, count } = walkEdges(edges);
    return {
      epoch: this.#epoch,
      chain: edgesHash(fromHex(this.#consent.patient), edges),
      count,
      series: seriesId!,
      position,
      open,
      sums: addEdges(this.#engine, this.#masks, edges),
    };
  }
}
