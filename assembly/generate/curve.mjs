// BN254 (EIP-196) in BigInt for the generator only: the two moduli, G and H, the endomorphism and its lattice, and the
// exponents that the engine raises to. Everything is derived from p and r and asserted here, once, at build time.
import { keccak_256 } from '@noble/hashes/sha3.js';

export const p = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
export const r = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

export const mod = (a, m) => ((a % m) + m) % m;
export function invert(a, m) {
  let [u, v, x, y] = [mod(a, m), m, 1n, 0n];
  while (u > 0n) [u, v, x, y] = [v % u, u, y - (v / u) * x, x];
  assert(v === 1n, 'invertible');
  return mod(y, m);
}
export function power(a, e, m) {
  let out = 1n;
  for (let base = mod(a, m); e > 0n; e >>= 1n, base = (base * base) % m) if (e & 1n) out = (out * base) % m;
  return out;
}
export function assert(condition, what) {
  if (!condition) throw new Error(`engine generator: does not hold: ${what}`);
}
const onCurve = ([x, y]) => mod(y * y - x * x * x - 3n, p) === 0n;

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

export const G = [1n, 2n];
assert(onCurve(G) && multiply(r - 1n, G)[1] === p - 2n, 'G is of order r');

/**
 * H: x = keccak256("MIStore/v1/H" || ctr) mod p for the first ctr with x^3 + 3 square, and the even y
 * (docs/protocol.md, "Notation").
 */
export const H = (() => {
  for (let ctr = 0; ctr < 256; ctr++) {
    const digest = keccak_256(Uint8Array.of(...new TextEncoder().encode('MIStore/v1/H'), ctr));
    const x = BigInt(`0x${Buffer.from(digest).toString('hex')}`) % p;
    const y = power(x * x * x + 3n, (p + 1n) / 4n, p);
    if (onCurve([x, y])) return [x, y % 2n === 0n ? y : p - y];
  }
  throw new Error('no H');
})();

/** beta^3 = 1 mod p and lambda^3 = 1 mod r with (beta x, y) = lambda (x, y) on the curve. */
export const [beta, lambda] = (() => {
  const cubeRoot = (m) => {
    for (let g = 2n; ; g++) {
      const root = power(g, (m - 1n) / 3n, m);
      if (root !== 1n) return root;
    }
  };
  const l = cubeRoot(r);
  const [x, y] = multiply(l, G);
  const b = cubeRoot(p);
  const found = [b, mod(b * b, p)].find((c) => mod(c * G[0], p) === x);
  assert(found !== undefined && y === G[1], 'the endomorphism');
  return [found, l];
})();

/**
 * Reduced basis of the lattice {(a, b): a + b lambda = 0 mod r}, by the extended Euclidean algorithm stopped at sqrt(r)
 * (Gallant, Lambert, Vanstone 2001). Exactly one of its four numbers is even, or none: the determinant r is odd, so
 * adding v1 and v2 can make both halves of a scalar odd.
 */
export const lattice = (() => {
  let [r0, r1, t0, t1] = [r, lambda, 0n, 1n];
  const rows = [];
  while (r1 !== 0n) {
    rows.push([r0, -t0]);
    [r0, r1, t0, t1] = [r1, r0 % r1, t1, t0 - (r0 / r1) * t1];
  }
  const norm = ([a, b]) => a * a + b * b;
  rows.sort((u, v) => (norm(u) < norm(v) ? -1 : 1));
  let [v1, v2] = rows;
  // Gauss reduction of two short rows
  const round = (n, d) => (2n * n + d) / (2n * d) - (2n * n + d < 0n && (2n * n + d) % (2n * d) !== 0n ? 1n : 0n);
  for (;;) {
    const q = round(v1[0] * v2[0] + v1[1] * v2[1], norm(v1));
    v2 = [v2[0] - q * v1[0], v2[1] - q * v1[1]];
    if (norm(v2) >= norm(v1)) break;
    [v1, v2] = [v2, v1];
  }
  let det = v1[0] * v2[1] - v1[1] * v2[0];
  if (det < 0n) {
    v2 = [-v2[0], -v2[1]];
    det = -det;
  }
  assert(det === r, 'determinant r');
  for (const [a, b] of [v1, v2]) assert(mod(a + b * lambda, r) === 0n, 'lattice row');
  return { v1, v2 };
})();

/** Words of w bits, least significant first. */
export function words(x, w, n) {
  const out = [];
  for (let i = 0; i < n; i++, x >>= BigInt(w)) out.push(x & ((1n << BigInt(w)) - 1n));
  assert(x === 0n, 'fits the words');
  return out;
}

/**
 * Sliding-window program for a fixed exponent: bytes (squarings, odd power), most significant first; an odd power of 0
 * means none. The first pair starts from the odd power itself (its squarings are 0). Odd powers are at most 31.
 */
export function powerProgram(exponent) {
  const bits = [...exponent.toString(2)].map(Number);
  const out = [];
  let squarings = 0;
  for (let i = 0; i < bits.length; ) {
    if (bits[i] === 0) {
      squarings++;
      i++;
      continue;
    }
    let length = Math.min(5, bits.length - i);
    while (bits[i + length - 1] === 0) length--;
    const odd = Number.parseInt(bits.slice(i, i + length).join(''), 2);
    out.push(out.length === 0 ? 0 : squarings + length, odd);
    squarings = 0;
    i += length;
  }
  if (squarings > 0) out.push(squarings, 0);
  let check = 0n;
  for (let i = 0; i < out.length; i += 2) check = (check << BigInt(out[i])) + BigInt(out[i + 1]);
  assert(check === exponent, 'power program');
  return out;
}
