// How many products and squares in Fp an operation of our WASM engines takes, one lane of a pair counting as one: what
// docs/engine.md describes, counted ("What bounds them"). Inversions, moves and sorting are not in these numbers.

/** An affine addition in a batch: three for its share of the inversion, two and a square for itself. */
const ADDITION = 6;
/** An affine doubling in a batch, which squares x as well. */
const DOUBLING = 7;
/** A complete doubling and a complete addition (8 + 12), with the same point in both lanes. */
const POSITION = 2 * (8 + 12);

/** Points of the tables in a commitment, when the tables have their full size: 13-bit windows. */
const TABLE_POINTS = 4 * Math.ceil(128 / 13);

/** A commitment: a tree over its table points, the endomorphism in both lanes, two coordinates out. */
export const COMMITMENT = ADDITION * (TABLE_POINTS - 1) + 2 + 2;

/** A decompression: 252 squares and 55 products for the root; to and from Montgomery form, x³ + 3, the check. */
export const DECOMPRESSION = 252 + 55 + 6;

/** A point from 64 bytes: two coordinates to Montgomery form, the curve's equation. */
const POINT = 6;

/** A point of a multi-scalar multiplication of n points by 254-bit scalars. */
export const multiplication = (n: number): number => POINT + 2 + buckets(2 * n, 128) / n;

/** A record of a seat's check of n records: Horner's rule by the seat, one bucket sum, one commitment. */
export function serverCheck(seat: number, threshold: number, n: number): number {
  const triple = 3 * seat; // the seat's signed digits are bits of this less bits of the seat
  let horner = 0;
  for (let i = 1; i < 32 - Math.clz32(triple); i++) {
    horner += DOUBLING + (((triple ^ seat) >> i) & 1) * ADDITION;
  }
  return threshold * DECOMPRESSION + (threshold - 1) * (horner + ADDITION) + (buckets(n, 130) + COMMITMENT) / n;
}

/** All of a bucket sum of n points by numbers of `bits` bits: as assembly/curve/digits.ts chooses the windows. */
function buckets(n: number, bits: number): number {
  const choices = Array.from({ length: 12 }, (_, i) => {
    const c = i + 3;
    const windows = Math.ceil(bits / c);
    return { c, windows, cost: windows * (n + 2 ** c) + 60 * c };
  });
  const { c, windows } = choices.reduce((best, other) => (other.cost < best.cost ? other : best));
  const size = 2 ** (c - 1);
  // a bucket's first point costs nothing; then its level and its bit cost two additions, if it has a point
  const filled = size * (1 - (1 - 1 / size) ** n);
  return windows * (ADDITION * (n + filled) + POSITION * c);
}
