// Points in quads, four side by side: x of the first two and of the last two as pairs, then y likewise, reduced. Rows of
// quads are added with one shared inversion, as in addition.ts, but read and written in order: for additions by the
// thousand whose operands are never infinity, nor of equal x.
import { gather, gatherSigned, mul, reduce, scatter, sqr, sub, subReduce, subSubReduce } from '../../build/assembly/fp';
import { ELEMENT, PAIR } from '../field/layout';
import { QUADS_END, QUADS_TEMP, release, take } from '../memory';
import { inverses } from '../field/power';
import { POINT } from './points';

/** Bytes of a quad. */
export const QUAD: usize = 4 * PAIR;
const Y: usize = 2 * PAIR;

const D = QUADS_TEMP;
const INV = D + 2 * PAIR;
const SLOPE = INV + 2 * PAIR;
const X = SLOPE + 2 * PAIR;
const U = X + 2 * PAIR;
if (U + 2 * PAIR > QUADS_END) ERROR('working storage');

/** A quad from four operands (u32 addresses, plus 1 for the negative). */
// @inline
export function gatherQuad(quad: usize, operands: usize): void {
  for (let h: usize = 0; h < 2; h++) {
    const p = <usize>load<u32>(operands + 8 * h);
    const q = <usize>load<u32>(operands + 8 * h, 4);
    gather(quad + PAIR * h, p & ~1, q & ~1);
    gatherSigned(quad + Y + PAIR * h, (p & ~1) + ELEMENT, (q & ~1) + ELEMENT, p & 1, q & 1);
  }
}

/** Writes the four points of a quad in a row. */
export function scatterQuad(points: usize, quad: usize): void {
  for (let h: usize = 0; h < 2; h++, points += 2 * POINT) {
    scatter(points, points + POINT, quad + PAIR * h);
    scatter(points + ELEMENT, points + POINT + ELEMENT, quad + Y + PAIR * h);
  }
}

// @inline
function mulBoth(o: usize, a: usize, b: usize): void {
  mul(o, a, b);
  mul(o + PAIR, a + PAIR, b + PAIR);
}

// @inline
function subBoth(o: usize, a: usize, b: usize): void {
  sub(o, a, b);
  sub(o + PAIR, a + PAIR, b + PAIR);
}

/** P_i = P_i + Q_i for n quads in a row, of different x. */
export function addQuads(P: usize, Q: usize, n: i32): void {
  if (n === 0) return;
  const products = take(2 * PAIR * <usize>n);
  let product = products;
  subBoth(D, Q, P);
  reduce(product, D);
  reduce(product + PAIR, D + PAIR);
  for (let i = 1; i < n; i++) {
    P += QUAD;
    Q += QUAD;
    subBoth(D, Q, P);
    mulBoth(product + 2 * PAIR, product, D);
    product += 2 * PAIR;
  }
  mul(U, product, product + PAIR);
  if (!inverses(U, U)) unreachable();
  mul(INV, U, product + PAIR);
  mul(INV + PAIR, U, product);
  for (let i = n - 1; i >= 0; i--) {
    if (i > 0) {
      product -= 2 * PAIR;
      mulBoth(SLOPE, INV, product);
      subBoth(D, Q, P);
      mulBoth(INV, INV, D);
    } else {
      memory.copy(SLOPE, INV, 2 * PAIR);
    }
    subBoth(D, Q + Y, P + Y);
    mulBoth(SLOPE, SLOPE, D);
    sqr(X, SLOPE);
    sqr(X + PAIR, SLOPE + PAIR);
    for (let h: usize = 0; h < 2 * PAIR; h += PAIR) {
      subSubReduce(X + h, X + h, P + h, Q + h);
      sub(D + h, P + h, X + h);
    }
    mulBoth(U, SLOPE, D);
    for (let h: usize = 0; h < 2 * PAIR; h += PAIR) subReduce(P + Y + h, U + h, P + Y + h);
    for (let byte: usize = 0; byte < 2 * PAIR; byte += 8) store<u64>(P + byte, load<u64>(X + byte)); // faster than memory.copy
    P -= QUAD;
    Q -= QUAD;
  }
  release(products);
}
