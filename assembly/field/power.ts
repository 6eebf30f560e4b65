// Square roots and inverses in Fp, for pairs. A root is a power with a fixed exponent, by a program of bytes (squarings,
// odd power) from assembly/generate/curve.mjs.
import { SQRT, SQRT_STEPS } from '../../build/assembly/constants';
import { fromWords, gather, mul, R3, scatter, sqr, swapLanes, toWords } from '../../build/assembly/fp';
import { INVERSION_STORAGE, invertWords } from '../../build/assembly/inverse';
import { POWER_END, POWER_TEMP } from '../memory';
import { ELEMENT, NUMBER, PAIR } from './layout';
import { isZeroNumber } from './words';

// of inverses()
const SWAPPED = POWER_TEMP;
const PRODUCT = SWAPPED + PAIR;
const E = PRODUCT + PAIR; // a single element
const WORDS = E + ELEMENT;
const STORAGE = WORDS + NUMBER; // of invertWords

// of squareRoots(): the odd powers a, a^3 .. a^31 of the first pair, then of the second; a square
const ODD = POWER_TEMP;
const SECOND = ODD + 16 * PAIR;
const SQUARE = SECOND + 16 * PAIR;
if (max(STORAGE + INVERSION_STORAGE, SQUARE + PAIR) > POWER_END) ERROR('working storage');

/**
 * o = the square roots of one or two reduced or product pairs in a row, where they are squares: a^((p + 1) / 4),
 * product. Two pairs take little longer than one, because their products do not wait for each other.
 */
export function squareRoots(o: usize, a: usize, pairs: i32): void {
  const two = pairs === 2;
  oddPowers(ODD, a);
  if (two) oddPowers(SECOND, a + PAIR);
  const first = PAIR * <usize>(load<u8>(SQRT, 1) >> 1);
  memory.copy(o, ODD + first, PAIR);
  if (two) memory.copy(o + PAIR, SECOND + first, PAIR);
  for (let step = 1; step < SQRT_STEPS; step++) {
    for (let j = <i32>load<u8>(SQRT + 2 * step); j > 0; j--) {
      sqr(o, o);
      if (two) sqr(o + PAIR, o + PAIR);
    }
    const power = load<u8>(SQRT + 2 * step, 1);
    if (power === 0) continue;
    const odd = PAIR * <usize>(power >> 1);
    mul(o, o, ODD + odd);
    if (two) mul(o + PAIR, o + PAIR, SECOND + odd);
  }
}

/** a, a^3 .. a^31 of a pair. */
function oddPowers(o: usize, a: usize): void {
  sqr(SQUARE, a);
  memory.copy(o, a, PAIR);
  for (let k: usize = PAIR; k < 16 * PAIR; k += PAIR) mul(o + k, o + k - PAIR, SQUARE);
}

/**
 * The inverses of both elements of a reduced or product pair a, from one inversion: 1/a = b / (a b). False, and o
 * unchanged, if one of them is zero. o: product.
 */
export function inverses(o: usize, a: usize): bool {
  swapLanes(SWAPPED, a);
  mul(PRODUCT, a, SWAPPED);
  scatter(E, E, PRODUCT);
  toWords(WORDS, E);
  if (isZeroNumber(WORDS)) return false;
  invertWords(WORDS, STORAGE);
  fromWords(E, WORDS);
  gather(PRODUCT, E, E);
  mul(PRODUCT, PRODUCT, R3);
  mul(o, PRODUCT, SWAPPED);
  return true;
}
