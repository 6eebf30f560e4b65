// Exact integers for the generators: arithmetic modulo m, words of a number, and the assertion that stops the build.

export function assert(condition, what) {
  if (!condition) throw new Error(`engine generator: does not hold: ${what}`);
}

export const abs = (x) => (x < 0n ? -x : x);
export const ceilDiv = (a, b) => (a + b - 1n) / b;

/** a mod m in 0 … m − 1. */
export const mod = (a, m) => ((a % m) + m) % m;

/** a mod m, the residue nearest to 0. */
export const centred = (a, m) => (mod(a, m) > m / 2n ? mod(a, m) - m : mod(a, m));

/** 1 / a mod m, by the extended Euclidean algorithm. */
export function invert(a, m) {
  let [u, v, x, y] = [mod(a, m), m, 1n, 0n];
  while (u > 0n) [u, v, x, y] = [v % u, u, y - (v / u) * x, x];
  assert(v === 1n, 'invertible');
  return mod(y, m);
}

/** a^e mod m, e ≥ 0. */
export function power(a, e, m) {
  let out = 1n;
  for (let base = mod(a, m); e > 0n; e >>= 1n, base = (base * base) % m) if (e & 1n) out = (out * base) % m;
  return out;
}

/** x as n words of `bits` bits, least significant first. */
export function words(x, bits, n) {
  const out = [];
  for (let i = 0; i < n; i++, x >>= BigInt(bits)) out.push(x & ((1n << BigInt(bits)) - 1n));
  assert(x === 0n, 'fits the words');
  return out;
}
