// The sums of commitments that a query is about: Σ ± C_j over its edges (docs/protocol.md, "Consent and query"). Points are uncompressed, 64 bytes.
import { concat, fromBigInt, toBigInt } from '../bytes.ts';
import { FIELD_PRIME as p } from '../engine/bn254.ts';
import type { Engine } from '../engine/engine.ts';
import { ArgumentError } from '../errors.ts';
import type { Edge } from './runs.ts';

/**
 * start_j + Σ ± C_j, t points. `start`: t points; `commitments`: for each edge t compressed points. Throws an EncodingError for
 * a commitment that is no point.
 */
export function addEdges(
  engine: Engine,
  start: Uint8Array,
  edges: readonly (Pick<Edge, 'sign'> & { commitments: Uint8Array })[],
): Uint8Array {
  const rows = edges.map(({ sign, commitments }) => {
    if (2 * commitments.length !== start.length) {
      throw new ArgumentError('commitments of an edge', commitments, `${start.length / 2} bytes`);
    }
    const points = engine.decompress(commitments);
    return sign === 1 ? points : negated(points);
  });
  return engine.sumPoints(concat(start, ...rows), start.length / 64);
}

/** t points at infinity. */
export const noPoints = (threshold: number): Uint8Array => new Uint8Array(64 * threshold);

/** (x, y) → (x, (p − y) mod p) of each point; infinity stays. */
function negated(points: Uint8Array): Uint8Array {
  const out = points.slice();
  for (let at = 32; at < out.length; at += 64) {
    const y = toBigInt(out.subarray(at, at + 32));
    out.set(fromBigInt(y === 0n ? 0n : p - y, 32), at);
  }
  return out;
}
