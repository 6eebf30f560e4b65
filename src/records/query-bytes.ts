// A query's bytes as the contract takes and tells them (docs/protocol.md, "Consent and query"): edges, which its event tells, and their proofs,
// which it checks and forgets.
import { concat, fromBigInt, toBigInt, uint8, uint64 } from '../bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { EncodingError } from '../errors.ts';
import type { Edge } from '../query/runs.ts';
import type { ConsentEdge } from './consent-file.ts';

/** sign (1: 1 added, 0 subtracted) ‖ batch (4) ‖ recordId (8) ‖ series id (8) ‖ position (4) ‖ salt (16). */
const EDGE_BYTES = 41;

/** An edge as the contract's event tells it. */
export interface ToldEdge extends Edge {
  batch: number;
  recordId: number;
  /** 16 bytes. */
  salt: Uint8Array;
}

export function encodeEdges(edges: readonly ToldEdge[]): Uint8Array {
  return concat(
    ...edges.flatMap(({ sign, batch, recordId, seriesId, position, salt }) => [
      uint8(sign === 1 ? 1 : 0),
      uint32(batch),
      uint64(recordId),
      seriesId,
      uint32(position),
      salt,
    ]),
  );
}

/** Number of edges in bytes that the contract has taken as such. */
export const countEdges = (bytes: Uint8Array): number => Math.floor(bytes.length / EDGE_BYTES);

/** Throws an EncodingError for bytes that are no whole number of edges, and for a sign byte above 1. */
export function decodeEdges(bytes: Uint8Array): ToldEdge[] {
  if (bytes.length % EDGE_BYTES !== 0) {
    throw new EncodingError('edges', `are ${bytes.length} bytes; they must be a multiple of ${EDGE_BYTES}`);
  }
  return Array.from({ length: bytes.length / EDGE_BYTES }, (_, k) => {
    const edge = bytes.subarray(EDGE_BYTES * k, EDGE_BYTES * (k + 1));
    const number = (from: number, to: number) => Number(toBigInt(edge.subarray(from, to)));
    if (edge[0]! > 1) throw new EncodingError('edges', `edge ${k} has the sign byte ${edge[0]}; it must be 0 or 1`);
    return {
      sign: edge[0] === 1 ? 1 : -1,
      batch: number(1, 5),
      recordId: number(5, 13),
      seriesId: edge.slice(13, 21),
      position: number(21, 25),
      salt: edge.slice(25, 41),
    };
  });
}

/** Per edge: key (8) ‖ depth (1) ‖ t uncompressed commitments ‖ depth siblings from the leaf upwards. */
export function encodeProofs(engine: Engine, edges: readonly ConsentEdge[]): Uint8Array {
  return concat(
    ...edges.flatMap(({ key, commitments, path }) => [
      key,
      uint8(path.length),
      engine.decompress(commitments),
      ...path,
    ]),
  );
}

const uint32 = (value: number): Uint8Array => fromBigInt(BigInt(value), 4);
