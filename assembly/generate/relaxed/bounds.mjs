// The bounds of the relaxed form: which digits and values its kernels allow. Every claim is checked with exact integers
// when the kernels are written, for the worst case of every digit; a violated bound stops the build.
import { range } from '../emit.mjs';
import { abs, assert, ceilDiv } from '../integers.mjs';
import { BIAS, LARGEST } from './columns.mjs';
import { balanced, HALF, N, W } from './digits.mjs';

/**
 * Classes of elements, as bounds of the digits (0 to 3) and of the value; the top digit is bounded by the value.
 * reduced: what `reduce` leaves; product: what mul and sqr leave; lazy: sum or difference of two reduced ones;
 * raw: 0 <= value < m in unsigned digits, as read from bytes; wide: 192 bits in unsigned digits.
 */
export function classes(m) {
  const reduced = { digit: HALF + 4n, value: m / 2n + (m >> 40n) };
  const product = { digit: HALF, value: (m * 88n) / 100n };
  return {
    reduced,
    product,
    lazy: { digit: 2n * reduced.digit, value: 2n * reduced.value },
    raw: { digit: W - 1n, value: m - 1n },
    wide: { digit: W - 1n, value: (1n << 192n) - 1n },
    constant: { digit: HALF, value: m / 2n },
  };
}
/** Bounds of the five digits. The top digit is value / 2^204 up to what the lower digits can add (2 units). */
const digitBounds = (c) => range(N, (j) => (j < N - 1 ? c.digit : ceilDiv(c.value, 1n << 204n) + 2n));

/** Checks that a product of operands x and y stays in every range and that its value is below `limit`. */
function checkProduct(m, M, x, y, limit, doubled) {
  const a = digitBounds(x);
  const b = digitBounds(y);
  const columns = range(10, () => 0n);
  const term = (u, v, k) => {
    assert(u * v <= LARGEST, 'digit product within 2^102, so that x·y + HIGH_OFFSET keeps its exponent');
    columns[k] += HALF; // low part
    columns[k + 1] += (u * v) / W + 1n; // high part, rounded
  };
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      if (!doubled) term(a[i], b[j], i + j);
      else if (i < j) term(2n * a[i], a[j], i + j);
      else if (i === j) term(a[i], a[i], 2 * i);
    }
  }
  for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) term(HALF, HALF, i < 3 ? i + 1 + j : i + j);
  for (let k = 0; k < 10; k++) {
    if (k > 0) columns[k] += columns[k - 1] / W + 2n;
    assert(columns[k] + HALF < BIAS, 'column within the bias');
  }
  let value = x.value * y.value;
  for (let i = 0; i < 3; i++) value = ceilDiv(value + HALF, W) + HALF * M;
  for (let i = 0; i < 2; i++) value = ceilDiv(value + HALF * m, W);
  assert(value <= limit, `product of values below ${Number((limit * 1000n) / m) / 1000} of the modulus`);
  assert(value >> 204n < HALF - 2n, 'top digit is one digit');
}

/** Every combination of operands that `mul` and `sqr` allow. M: |2^-51 mod m|, centred. */
export function checkProducts(m, M) {
  const c = classes(m);
  for (const [x, y] of [
    [c.product, c.product],
    [c.product, c.reduced],
    [c.reduced, c.lazy],
    [c.product, c.lazy],
    [c.raw, c.constant],
    [c.wide, c.constant],
    [c.lazy, c.constant],
    [c.raw, c.wide],
  ]) {
    checkProduct(m, M, x, y, c.product.value, false);
  }
  for (const x of [c.product, c.reduced]) checkProduct(m, M, x, x, c.product.value, true);
}

export function checkReduce(m) {
  const c = classes(m);
  const x = { digit: 3n * c.reduced.digit, value: 3n * m };
  for (const y of [c.reduced, c.product]) {
    assert(c.raw.digit + y.digit <= x.digit && c.raw.value + y.value <= x.value, 'a raw element and another one');
  }
  const k = ceilDiv(x.value, m) + 1n;
  for (const [j, bound] of digitBounds(x).entries()) {
    assert(bound + k * abs(balanced(m)[j]) <= 1n << 53n, 'digits are exact doubles before the carry');
  }
  assert((x.digit + k * HALF) / W + 1n <= 4n, 'carries of at most 4, so digits of at most 2^50 + 4');
  // the top digit stands for the value but for the lower digits, which are less than 2 units of 2^204
  assert(2n * (1n << 204n) + (m >> 48n) < m >> 40n, 'the estimate of the multiple is off by less than 2^-40');
}
