// The layout of affine points, and zero tests: x ‖ y in Montgomery form, reduced, 40 bytes each. Infinity is all zero
// bytes, which no point has, since no point has x = 0.
import { scatter, toWords } from '../../build/assembly/fp';
import { ELEMENT, NUMBER } from '../field/layout';
import { isZeroNumber } from '../field/words';
import { POINTS_END, POINTS_TEMP } from '../memory';

export const POINT: usize = 2 * ELEMENT;

const E = POINTS_TEMP; // single elements
const F = E + ELEMENT;
const WORDS = F + ELEMENT;
if (WORDS + NUMBER > POINTS_END) ERROR('working storage');

/** Whether the first element of a reduced or product pair is zero. */
export function isZero(a: usize): bool {
  scatter(E, F, a);
  toWords(WORDS, E);
  return isZeroNumber(WORDS);
}

/** Whether the point at an address (not an operand) is infinity. */
// @inline
export function isInfinity(address: usize): bool {
  if (load<u64>(address) !== 0) return false;
  return (load<u64>(address, 8) | load<u64>(address, 16) | load<u64>(address, 24) | load<u64>(address, 32)) === 0;
}
