// Points X : Y : ZZ : ZZZ with x = X / ZZ, y = Y / ZZZ, ZZ^3 = ZZZ^2, two at once in the lanes of pairs (320 bytes):
// "XYZZ coordinates" of the Explicit-Formulas Database. An affine point is added with 10 products and no inversion,
// which is for sums of few points, whose partial sums never equal the next point, nor its negative.
import { mul, ONE, sqr, subReduce, subSubReduce } from '../../build/assembly/fp';
import { PAIR } from '../field/layout';
import { EXTENDED_END, EXTENDED_TEMP } from '../memory';

/** Bytes of a pair of points. */
export const EXTENDED: usize = 4 * PAIR;
const Y: usize = PAIR;
const ZZ: usize = 2 * PAIR;
const ZZZ: usize = 3 * PAIR;

const P = EXTENDED_TEMP;
const R = P + PAIR;
const PP = R + PAIR;
const PPP = PP + PAIR;
const Q = PPP + PAIR;
if (Q + PAIR > EXTENDED_END) ERROR('working storage');

/** o = the affine points of a pair: x, y. */
export function extend(o: usize, x: usize, y: usize): void {
  memory.copy(o, x, PAIR);
  memory.copy(o + Y, y, PAIR);
  memory.copy(o + ZZ, ONE, PAIR);
  memory.copy(o + ZZZ, ONE, PAIR);
}

/** o = o + the affine points of a pair: x, y. Neither is infinity in a lane, and their x differ. */
export function addAffine(o: usize, x: usize, y: usize): void {
  mul(P, x, o + ZZ);
  mul(R, y, o + ZZZ);
  subReduce(P, P, o);
  subReduce(R, R, o + Y);
  sqr(PP, P);
  mul(PPP, P, PP);
  mul(Q, o, PP);
  sqr(P, R);
  subSubReduce(P, P, PPP, Q);
  subReduce(o, P, Q);
  subReduce(Q, Q, o);
  mul(Q, Q, R);
  mul(R, o + Y, PPP);
  subReduce(o + Y, Q, R);
  mul(o + ZZ, o + ZZ, PP);
  mul(o + ZZZ, o + ZZZ, PPP);
}

/** o = a as X : Y : Z (projective.ts). */
export function toProjective(o: usize, a: usize): void {
  mul(o, a, a + ZZZ);
  mul(o + PAIR, a + Y, a + ZZ);
  mul(o + 2 * PAIR, a + ZZ, a + ZZZ);
}
