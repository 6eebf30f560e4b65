// The small integers of Fr that polynomials at small points need: a, 1 / a and 1 / a! as pairs of equal lanes in
// Montgomery form, reduced. Filled at the first call: one inversion, by Fermat, and about a thousand products.
import { addReduce, mul, ONE, ONE_RAW, reduce, scatter, sqr, subReduce, toWords } from '../../build/assembly/fr';
import { ELEMENT, NUMBER, PAIR } from './layout';

const COUNT: usize = 256; // seats are at most 255, so their differences and factorials are of at most 254
const LAST: usize = 254;

const TABLES: usize = 3 * COUNT * PAIR;
const SCRATCH: usize = 512;

/** a, for a = 0..255 */
export const SMALL: usize = memory.data(<i32>(TABLES + SCRATCH), 16);
/** 1 / a, for a = 1..254 */
export const INVERSE = SMALL + COUNT * PAIR;
/** 1 / a!, for a = 0..254 */
const INVERSE_FACTORIAL = INVERSE + COUNT * PAIR;
const FACTORIAL = INVERSE_FACTORIAL + COUNT * PAIR; // pairs
const POWER = FACTORIAL + PAIR;
const E = POWER + PAIR; // single elements
const F = E + ELEMENT;
const WORDS = F + ELEMENT;
if (WORDS + NUMBER > SMALL + TABLES + SCRATCH) ERROR('tables of small integers');

let ready = false;

export function startIntegers(): void {
  if (ready) return;
  ready = true;
  for (let a: usize = 1; a < COUNT; a++) addReduce(SMALL + a * PAIR, SMALL + (a - 1) * PAIR, ONE);
  memory.copy(FACTORIAL, ONE, PAIR);
  for (let a: usize = 2; a <= LAST; a++) mul(FACTORIAL, FACTORIAL, SMALL + a * PAIR);
  invert(INVERSE_FACTORIAL + LAST * PAIR, FACTORIAL);
  for (let a = LAST; a > 0; a--) {
    const below = INVERSE_FACTORIAL + (a - 1) * PAIR;
    mul(below, below + PAIR, SMALL + a * PAIR);
    reduce(below, below);
  }
  memory.copy(FACTORIAL, ONE, PAIR); // (a - 1)!
  for (let a: usize = 1; a <= LAST; a++) {
    mul(INVERSE + a * PAIR, INVERSE_FACTORIAL + a * PAIR, FACTORIAL);
    reduce(INVERSE + a * PAIR, INVERSE + a * PAIR);
    mul(FACTORIAL, FACTORIAL, SMALL + a * PAIR);
  }
}

/** o = a^(r - 2), reduced. */
function invert(o: usize, a: usize): void {
  subReduce(POWER, SMALL, ONE_RAW); // 0 - 1
  scatter(E, F, POWER);
  toWords(WORDS, E); // r - 1, which is even
  store<u64>(WORDS, load<u64>(WORDS) - 1);
  memory.copy(POWER, ONE, PAIR);
  for (let bit = 253; bit >= 0; bit--) {
    sqr(POWER, POWER);
    if ((load<u64>(WORDS + ((bit >> 6) << 3)) >> (bit & 63)) & 1) mul(POWER, POWER, a);
  }
  reduce(o, POWER);
}
