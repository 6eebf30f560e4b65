// Keys of subsets, batches and their trees, for the vectors: docs/protocol.md's equations in node:crypto, BigInt and noble's
// points. None of MIStore's code.
import { createCipheriv, createHash } from 'node:crypto';
import { commit, compressed, evaluate, mod, scalar, vanishingOn } from './curve.mjs';
import { concat, expand, hmac, integer, keccak, text, toInteger } from './keys.mjs';

export const sha256 = (...parts) =>
  createHash('sha256')
    .update(concat(...parts))
    .digest();

/** All subsets of t − 1 of the seats 1 … n, in lexicographic order. */
export function subsetsOf({ threshold, seats }, from = 1, size = threshold - 1) {
  if (size === 0) return [[]];
  const subsets = [];
  for (let first = from; first <= seats; first++) {
    for (const rest of subsetsOf({ threshold, seats }, first + 1, size - 1)) subsets.push([first, ...rest]);
  }
  return subsets;
}

/** The t coefficients of Σ_A numbers_A·f_A(x) mod r, the lowest first. */
export function vanishingSum(committee, numbers) {
  const sum = Array(committee.threshold).fill(0n);
  subsetsOf(committee).forEach((subset, q) => {
    vanishingOn(subset).forEach((coefficient, j) => {
      sum[j] += numbers[q] * coefficient;
    });
  });
  return sum.map((coefficient) => mod(coefficient));
}

export const subsetKeys = (dealingKey, { chainId, contract }, committeeHash, committee) =>
  subsetsOf(committee).map((subset) =>
    expand(dealingKey, 'subset', 32, [integer(chainId, 32), contract, committeeHash, subset]),
  );

/** The only part of a seat's packet: its keys in ChaCha20-Poly1305. */
export function packetOf(channel, committeeHash, committee, seat, keys) {
  const own = keys.filter((_, q) => !subsetsOf(committee)[q].includes(seat));
  const key = expand(channel, 'keys', 32, [committeeHash, [seat], [0]]);
  const cipher = createCipheriv('chacha20-poly1305', key, Buffer.alloc(12), { authTagLength: 16 });
  return concat(cipher.update(concat(...own)), cipher.final(), cipher.getAuthTag());
}

export const messageOf = (totals) => mod(totals.reduce((m, total, lane) => m + (total << BigInt(62 * lane)), 0n));

export const seriesIdOf = (viewingKey, ledgerId, patient, category) =>
  hmac(viewingKey, 'series', ledgerId, patient, text(category)).subarray(0, 8);
export const saltOf = (viewingKey, ledgerId, series, position) =>
  hmac(viewingKey, 'salt', ledgerId, series, integer(position, 4)).subarray(0, 16);
export const tagOf = (patient, series, position, salt) =>
  keccak(patient, series, integer(position, 4), salt).subarray(0, 20);
export const keyOf = (dealingKey, ledgerId, sourceName, { id, row }) =>
  (id === undefined
    ? hmac(dealingKey, 'key/row', ledgerId, sourceName, integer(row, 8))
    : hmac(dealingKey, 'key/id', ledgerId, text(id))
  ).subarray(0, 8);

/**
 * A batch of records (tag, key, message) in the place that `place` says: each record gets its polynomials f and b, its
 * commitments, its correction, its bytes and its leaf.
 */
export function dealBatch(dealingKey, deployment, committee, keys, place, source, unordered) {
  const records = unordered.toSorted((a, b) => Buffer.compare(a.tag, b.tag));
  const { index, epoch, committeeHash, previousNonce, firstRecordId } = place;
  const column = (name) => concat(...records.map((record) => record[name]));
  const nonce = hmac(
    dealingKey,
    'nonce',
    integer(deployment.chainId, 32),
    deployment.contract,
    committeeHash,
    integer(epoch, 8),
    integer(index, 8),
    previousNonce,
    source,
    integer(records.length, 8),
    column('tag'),
    column('key'),
    ...records.map(({ message }) => scalar(message)),
  ).subarray(0, 16);
  const contents = sha256(column('tag'), column('key'));
  const streams = keys.map((key) => {
    const streamKey = expand(key, 'deal', 32, [integer(index, 8), contents], nonce);
    return createCipheriv('aes-256-ctr', streamKey, Buffer.alloc(16)).update(Buffer.alloc(96 * records.length));
  });
  const dealt = records.map((record, k) => ({
    ...record,
    recordId: firstRecordId + k,
    ...dealRecord(committee, streams, k, record, firstRecordId + k),
  }));
  const leaves = dealt.map(({ leaf }) => leaf);
  leaves.push(keccak(integer(index, 8), integer(epoch, 8), nonce, source, ...dealt.map(({ delta }) => scalar(delta))));
  return { ...place, source, nonce, contents, records: dealt, leaves, nodes: treeOf(leaves) };
}

function dealRecord(committee, streams, k, { tag, key, message }, recordId) {
  const [values, blindings] = [0, 48].map((at) =>
    vanishingSum(
      committee,
      streams.map((stream) => toInteger(stream.subarray(96 * k + at, 96 * k + at + 48))),
    ),
  );
  const delta = mod(message - values[0]);
  const f = [message, ...values.slice(1)];
  const points = f.map((c, j) => commit(c, blindings[j]));
  const head = concat(tag, key, ...points.map(compressed));
  const leaf = keccak(integer(recordId, 8), head);
  return { f, b: blindings, delta, points, wire: concat(head, scalar(delta)), leaf };
}

/**
 * The share (s, b) of a seat, as the seat computes it: from the keys that it holds and the correction. The script compares it
 * with the polynomials at the seat.
 */
export function shareOf(committee, keys, { index, nonce, contents }, k, delta, seat) {
  const sum = [delta, 0n];
  subsetsOf(committee).forEach((subset, q) => {
    if (subset.includes(seat)) return;
    const streamKey = expand(keys[q], 'deal', 32, [integer(index, 8), contents], nonce);
    const stream = createCipheriv('aes-256-ctr', streamKey, Buffer.alloc(16)).update(Buffer.alloc(96 * (k + 1)));
    const weight = evaluate(vanishingOn(subset), seat);
    sum[0] += toInteger(stream.subarray(96 * k, 96 * k + 48)) * weight;
    sum[1] += toInteger(stream.subarray(96 * k + 48)) * weight;
  });
  return sum.map((value) => mod(value));
}

/** 2L − 1 nodes, the root first: leaf k at 2L − 2 − k, each other node the hash of its children in ascending order. */
function treeOf(leaves) {
  const nodes = Array(2 * leaves.length - 1);
  leaves.forEach((leaf, k) => {
    nodes[nodes.length - 1 - k] = leaf;
  });
  for (let i = leaves.length - 2; i >= 0; i--) {
    nodes[i] = keccak(...[nodes[2 * i + 1], nodes[2 * i + 2]].sort(Buffer.compare));
  }
  return nodes;
}

/** The siblings from leaf k up to the root. */
export function pathOf(nodes, k) {
  const path = [];
  for (let i = nodes.length - 1 - k; i > 0; i = Math.ceil(i / 2) - 1) path.push(nodes[i % 2 === 1 ? i + 1 : i - 1]);
  return path;
}
