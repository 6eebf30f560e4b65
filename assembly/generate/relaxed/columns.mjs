// Sums of digit products in the relaxed form. Two exact fused multiply-adds split a product, x·y = 2^51 h + l; the bit
// patterns of h and l are added up as 64-bit integers, and those of their offsets are taken off once, in the starting
// value of the column. The bound of every column is followed while it is written.
import { range } from '../emit.mjs';
import { assert } from '../integers.mjs';
import { HALF, HIGH_OFFSET, LOW_OFFSET, pattern, W } from './digits.mjs';

/** Added to each column but the last, so that its carry is an unsigned shift. */
export const BIAS = 1n << 60n;
/** The most that a product of digits may be: adding HIGH_OFFSET to more could change the exponent. */
export const LARGEST = 1n << 102n;

/** Column k, in the variable `name`k of two lanes, counts multiples of 2^(51 k). */
export class Columns {
  /** What adds up the columns. `declare` goes before, and the variables h and l. */
  statements = [];
  #name;
  #start;
  #highs;
  #lows;
  #bounds;
  #largest = 0n;

  /** `start`: what each column begins with; HALF makes its low 51 bits the balanced digit plus HALF. */
  constructor(name, count, start = HALF) {
    this.#name = name;
    this.#start = start;
    this.#highs = range(count, () => 0n);
    this.#lows = range(count, () => 0n);
    this.#bounds = range(count, () => HALF);
  }

  /** h, l = the parts of x·y, |x·y| ≤ max: |h| ≤ max / 2^51 + 1 and |l| ≤ 2^50, each with its offset. */
  split(x, y, max = LARGEST) {
    assert(max <= LARGEST, 'digit product within 2^102');
    this.#largest = max;
    this.statements.push(
      `h = f64x2.relaxed_madd(${x}, ${y}, HIGH_OFFSET);`,
      `l = f64x2.relaxed_madd(${x}, ${y}, f64x2.sub(BOTH_OFFSETS, h));`,
    );
  }

  /** Column k += h. */
  addHigh(k) {
    this.#highs[k]++;
    this.add(k, 'h', this.#largest / W + 1n);
  }

  /** Column k += l. */
  addLow(k) {
    this.#lows[k]++;
    this.add(k, 'l', HALF);
  }

  /** Column k += value, |value| ≤ max. */
  add(k, value, max) {
    this.#bounds[k] += max;
    this.statements.push(`${this.#name}${k} = i64x2.add(${this.#name}${k}, ${value});`);
  }

  /** Column k + 1 += column k / 2^51, rounded down. */
  carry(k) {
    assert(this.#bounds[k] < BIAS, 'column within its bias');
    this.add(k + 1, `i64x2.shr_u(${this.#name}${k}, 51)`, this.#bounds[k] / W + 2n);
  }

  /** What the carry leaves of column k: its balanced digit plus HALF, as an integer. */
  lowBits(k) {
    return `v128.and(${this.#name}${k}, MASK)`;
  }

  /** The balanced digit of column k, after the carry. */
  digit(k) {
    return `f64x2.sub(v128.or(${this.lowBits(k)}, EXPONENT), EXPONENT_AND_HALF)`;
  }

  /** The starting values: start and bias, less the bias that the column below carries and the offsets of h and l. */
  declare() {
    const last = this.#bounds.length - 1;
    return this.#bounds.map((_, k) => {
      const bias = (k < last ? BIAS : 0n) - (k > 0 ? BIAS / W : 0n);
      const offsets = this.#highs[k] * pattern(HIGH_OFFSET) + this.#lows[k] * pattern(LOW_OFFSET);
      return `let ${this.#name}${k} = i64x2.splat(${BigInt.asIntN(64, this.#start + bias - offsets)});`;
    });
  }
}
