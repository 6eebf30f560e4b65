// Edges, masks, answers and sums, for the vectors: docs/protocol.md's equations in BigInt and noble's points. None of
// MIStore's code.
import { addUp, commit, evaluate, mod, r, scalar, through, uncompressed } from './curve.mjs';
import { concat, expand, integer, keccak, toInteger } from './keys.mjs';

const signByte = (sign) => [sign > 0 ? 1 : 0];

export const runsHashOf = (edges) =>
  edges.reduce((hash, { sign, leaf }) => keccak(hash, signByte(sign), leaf), Buffer.alloc(32));

export const edgeBytes = (edges) =>
  concat(
    ...edges.map(({ sign, batch, recordId, seriesId, position, salt }) =>
      concat(signByte(sign), integer(batch, 4), integer(recordId, 8), seriesId, integer(position, 4), salt),
    ),
  );

export const proofBytes = (edges) =>
  concat(...edges.map(({ key, points, path }) => concat(key, [path.length], ...points.map(uncompressed), ...path)));

/** Records that the runs which have ended cover: after the edge before in the same series, or from the beginning. */
export const countOf = (edges) =>
  edges.reduce((count, { sign, seriesId, position }, k) => {
    const from = k > 0 && edges[k - 1].seriesId.equals(seriesId) ? edges[k - 1].position : 0;
    return sign > 0 ? count + position - from : count;
  }, 0);

/** What the contract keeps after these edges, with sums from Z_0 … Z_{t−1} on. */
export function progressAfter(epoch, edges, commitments) {
  const { seriesId, position, sign } = edges.at(-1);
  return {
    epoch,
    chain: runsHashOf(edges),
    count: countOf(edges),
    series: seriesId,
    position,
    open: sign < 0,
    sums: concat(...sumsOf(commitments, edges).map(uncompressed)),
  };
}

/** S_j = Z_j + Σ ± C_j. */
export const sumsOf = (commitments, edges) =>
  commitments.map((z, j) =>
    addUp(
      edges.map(({ sign, points }) => [sign, points[j]]),
      z,
    ),
  );

/** One mask polynomial pair, through the pads of the seats 1 … t; the seats above get corrections. */
export function masksOf(threshold, channels, queryId, committeeHash) {
  const pads = channels.map((channel, s) => {
    const wide = expand(channel, 'mask', 96, [committeeHash, [s + 1]], queryId);
    return [toInteger(wide.subarray(0, 48)) % r, toInteger(wide.subarray(48)) % r];
  });
  const polynomials = [0, 1].map((part) => through(pads.slice(0, threshold).map((pad, s) => [s + 1, pad[part]])));
  const at = (seat) => polynomials.map((polynomial) => mod(evaluate(polynomial, seat)));
  const corrections = pads
    .slice(threshold)
    .map((pad, k) => at(threshold + 1 + k).map((value, part) => mod(value - pad[part])));
  const commitments = polynomials[0].map((c, j) => commit(c, polynomials[1][j]));
  return { pads, polynomials, at, corrections, commitments };
}

export const maskBytes = ({ commitments, corrections }) =>
  concat(...commitments.map(uncompressed), ...corrections.flat().map(scalar));

/** Value at 0 of the polynomial through the answers [seat, value]. */
export const atZero = (answers) => through(answers)[0];

/** Amounts of `lanes` lanes: centred remainders mod 2^62 of the centred sum. */
export function lanesOf(sum, lanes) {
  let rest = sum > r / 2n ? sum - r : sum;
  return Array.from({ length: lanes }, () => {
    const low = mod(rest, 1n << 62n);
    const amount = low >= 1n << 61n ? low - (1n << 62n) : low;
    rest = (rest - amount) >> 62n;
    return amount;
  });
}
