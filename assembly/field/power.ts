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

// of squareRoots(): the odd powers a, a^3 .. a^31 of the first pair, then of the second; the squares of both
const ODD = POWER_TEMP;
const SECOND = ODD + 16 * PAIR;
const SQUARE = SECOND + 16 * PAIR;
if (max(STORAGE + INVERSION_STORAGE, SQUARE + 2 * PAIR) > POWER_END) ERROR('working storage');

/**
 * o = the square roots of two reduced or product pairs in a row, where they are squares: a^((p + 1) / 4), product. Two
 * pairs, because products that do not wait for each other take less time.
 */
export function squareRoots(o: usize, a: usize): void {
  sqr(SQUARE, a);
  sqr(SQUARE + PAIR, a + PAIR);
  memory.copy(ODD, a, PAIR);
  memory.copy(SECOND, a + PAIR, PAIR);
  for (let k: usize = PAIR; k < 16 * PAIR; k += PAIR) {
    mul(ODD + k, ODD + k - PAIR, SQUARE);
    mul(SECOND + k, SECOND + k - PAIR, SQUARE + PAIR);
  }
  const first = PAIR * <usize>(load<u8>(SQRT, 1) >> 1);
  memory.copy(o, ODD + first, PAIR);
  memory.copy(o + PAIR, SECOND + first, PAIR);
  for (let step = 1; step < SQRT_STEPS; step++) {
    const squarings = <i32>load<u8>(SQRT + 2 * step);
    const power = load<u8>(SQRT + 2 * step, 1);
    for (let j = 0; j < squarings; j++) {
      sqr(o, o);
      sqr(o + PAIR, o + PAIR);
    }
    if (power === 0) continue;
    const odd = PAIR * <usize>(power >> 1);
    mul(o, o, ODD + odd);
    mul(o + PAIR, o + PAIR, SECOND + odd);
  }
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
