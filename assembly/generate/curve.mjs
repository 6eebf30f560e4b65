// BN254 (EIP-196) in BigInt for the generators only: the two moduli, G and H, the endomorphism and its lattice. Everything
// is derived from p and r and asserted here, once, when the engine is built.
import { keccak_256 } from '@noble/hashes/sha3.js';
import { assert, invert, mod, power } from './integers.mjs';

export const p = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
export const r = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** The bases of commitments: G under the value, H under the blinding. */
export const G = [1n, 2n];
export const H = hashToPoint('MIStore/v1/H');
assert(onCurve(G) && multiply(r - 1n, G)[1] === p - 2n, 'G is of order r');

/** beta^3 = 1 mod p and lambda^3 = 1 mod r with (beta x, y) = lambda (x, y) on the curve. */
export const [beta, lambda] = endomorphism();

/** v1 and v2: a basis of short vectors of the lattice {(a, b): a + b lambda = 0 mod r}. */
export const lattice = shortBasis();

function onCurve([x, y]) {
  return mod(y * y - x * x * x - 3n, p) === 0n;
}

function add(P, Q) {
  if (!P) return Q;
  if (!Q) return P;
  if (P[0] === Q[0] && P[1] !== Q[1]) return null;
  const slope = P[0] === Q[0] ? 3n * P[0] * P[0] * invert(2n * P[1], p) : (Q[1] - P[1]) * invert(Q[0] - P[0], p);
  const x = mod(slope * slope - P[0] - Q[0], p);
  return [x, mod(slope * (P[0] - x) - P[1], p)];
}

function multiply(k, P) {
  let out = null;
  for (let e = mod(k, r), base = P; e > 0n; e >>= 1n, base = add(base, base)) if (e & 1n) out = add(out, base);
  return out;
}

/**
 * x = keccak256(name || ctr) mod p for the first ctr with x^3 + 3 square, and the even y (docs/protocol.md, "Notation").
 */
function hashToPoint(name) {
  for (let ctr = 0; ctr < 256; ctr++) {
    const digest = keccak_256(Uint8Array.of(...new TextEncoder().encode(name), ctr));
    const x = BigInt(`0x${Buffer.from(digest).toString('hex')}`) % p;
    const y = power(x * x * x + 3n, (p + 1n) / 4n, p);
    if (onCurve([x, y])) return [x, y % 2n === 0n ? y : p - y];
  }
  throw new Error('no H');
}

/** A cube root of 1 other than 1. */
function cubeRoot(m) {
  for (let g = 2n; ; g++) {
    const root = power(g, (m - 1n) / 3n, m);
    if (root !== 1n) return root;
  }
}

function endomorphism() {
  const l = cubeRoot(r);
  const [x, y] = multiply(l, G);
  const b = cubeRoot(p);
  const found = [b, mod(b * b, p)].find((c) => mod(c * G[0], p) === x);
  assert(found !== undefined && y === G[1], 'the endomorphism');
  return [found, l];
}

/** By the extended Euclidean algorithm on r and lambda (Gallant, Lambert, Vanstone 2001), then Gauss's reduction. */
function shortBasis() {
  const norm = ([a, b]) => a * a + b * b;
  let [v1, v2] = latticeVectors().sort((u, v) => (norm(u) < norm(v) ? -1 : 1));
  const round = (n, d) => (2n * n + d) / (2n * d) - (2n * n + d < 0n && (2n * n + d) % (2n * d) !== 0n ? 1n : 0n);
  for (;;) {
    const q = round(v1[0] * v2[0] + v1[1] * v2[1], norm(v1));
    v2 = [v2[0] - q * v1[0], v2[1] - q * v1[1]];
    if (norm(v2) >= norm(v1)) break;
    [v1, v2] = [v2, v1];
  }
  if (v1[0] * v2[1] - v1[1] * v2[0] < 0n) v2 = [-v2[0], -v2[1]];
  assert(v1[0] * v2[1] - v1[1] * v2[0] === r, 'determinant r');
  for (const [a, b] of [v1, v2]) assert(mod(a + b * lambda, r) === 0n, 'lattice vector');
  return { v1, v2 };
}

/** (rest, -factor) of every step, where rest = factor lambda (mod r). */
function latticeVectors() {
  let [r0, r1, t0, t1] = [r, lambda, 0n, 1n];
  const rows = [];
  while (r1 !== 0n) {
    rows.push([r0, -t0]);
    [r0, r1, t0, t1] = [r1, r0 % r1, t1, t0 - (r0 / r1) * t1];
  }
  return rows;
}
