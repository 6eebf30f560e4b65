// The bounds of the scalar form: which values its kernels allow. Every claim is checked with exact integers when the
// kernels are written; a violated bound stops the build.
import { range } from '../emit.mjs';
import { assert, ceilDiv, words } from '../integers.mjs';

/** Limbs of an element, and their radix. */
export const N = 9;
export const W = 1n << 29n;
export const MASK = W - 1n;

/** Classes of elements (facade.mjs) as bounds of the value; limbs are always below 2^29 and values never negative. */
export function classes(m) {
  const reduced = { value: m + (m >> 16n) };
  const product = { value: (m * 5n) / 2n };
  return {
    reduced,
    product,
    lazy: { value: reduced.value + 4n * m }, // a - b + 4 m
    raw: { value: m - 1n },
    wide: { value: (1n << 192n) - 1n },
    constant: { value: m - 1n },
  };
}

/** Checks that the columns of a product fit 64 bits and that its value is at most `limit`. */
function checkProduct(m, M, x, y, limit) {
  const limbs = (c) => range(N, (j) => (j < N - 1 ? MASK : c.value >> 232n));
  const a = limbs(x);
  const b = limbs(y);
  const fold = words(M, 29, N);
  const modulus = words(m, 29, N);
  assert(a[8] <= MASK && b[8] <= MASK, 'nine limbs');
  let carry = 0n;
  for (let k = 0; k < 2 * N; k++) {
    let column = carry;
    for (let i = 0; i < N; i++) {
      if (k - i >= 0 && k - i < N) column += a[i] * b[k - i];
      if (i < N - 1 && k - i - 1 >= 0 && k - i - 1 < N) column += MASK * fold[k - i - 1];
      if (i === N - 1 && k - i >= 0 && k - i < N) column += MASK * modulus[k - i];
    }
    assert(column < 1n << 64n, 'column within 64 bits');
    carry = column >> 29n;
  }
  let value = x.value * y.value;
  for (let i = 0; i < N - 1; i++) value = value / W + MASK * M;
  value = ceilDiv(value + MASK * m, W);
  assert(value <= limit, `product of values below ${Number((limit * 1000n) / m) / 1000} of the modulus`);
}

/** Every combination of operands that `mul` and `sqr` allow. M: 2^-29 mod m. */
export function checkProducts(m, M) {
  const c = classes(m);
  for (const x of [c.product, c.lazy, c.raw]) {
    for (const y of [c.product, c.lazy, c.wide]) checkProduct(m, M, x, y, c.product.value);
  }
  assert(c.product.value < 4n * m, 'a - b + 4 m stays positive');
  // reduce: sums and differences of up to three elements, each limb below 2^29, to [0, m + m / 2^16]
  const unit = 1n << 232n;
  assert(3n * MASK * ((unit - 1n) / MASK) < 3n * unit, 'the lower limbs together are within 3 units of the top limb');
  assert(8n * unit < m >> 16n, 'the estimate leaves less than m / 2^16 above m');
}
