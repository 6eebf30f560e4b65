// The work in an operation of our WASM engines, counted from docs/engine.md ("What bounds them"): products in Fp, squares
// included, and inversions. Moves, sorting, and bytes are not counted: they are what is left of the time.
// Who changes an algorithm in assembly/ changes its count here.

/** What one unit takes. */
export interface Work {
  /** Products in batches: both lanes of a pair used, and pairs that do not wait for each other. */
  products: number;
  /** Products of a single point, whose pair has the same number in both lanes: each takes the time of two. */
  lone: number;
  /** Products in lanes without a number, where a batch has fewer points than lanes; none if left out. */
  unused?: number;
  inversions: number;
}

/** An affine addition in a batch: three for its share of the inversion, two and a square for itself. */
const ADDITION = 6;
/** An affine doubling in a batch, which squares x as well. */
const DOUBLING = 7;
/** A complete doubling and a complete addition, of the chain that ends a bucket sum. */
const COMPLETE_DOUBLING = 9;
const COMPLETE_ADDITION = 14;
/** Additions that share an inversion, at most. */
const BATCH = 2048;

/** Windows of the tables in full size: 13 bits of 128. A commitment has a quad of points for each. */
const WINDOWS = Math.ceil(128 / 13);
/** Commitments that are summed together, and quads that are added together at least, as far as there are so many. */
const CHUNK = 256;
const ENOUGH = 128;
/** An addition of an affine point to X : Y : ZZ : ZZZ. */
const EXTENDED_ADDITION = 10;

/** A commitment among n: the sums of its windows, of G and H, of both halves after the endomorphism; two coordinates out. */
export function commitmentWork(n: number): Work {
  if (n === 1) {
    const one = singleCommitment();
    return { products: one.products + 2, lone: one.lone + 8, inversions: 1 };
  }
  const rows = Math.max(1, Math.min(WINDOWS >> 1, Math.floor(ENOUGH / Math.min(CHUNK, n))));
  const rounds = Math.ceil(WINDOWS / rows) - 1 + Math.ceil(Math.log2(rows)) + 2;
  const products = ADDITION * (4 * WINDOWS - 1) + 2;
  return { products, lone: 1, inversions: (rounds * Math.ceil(n / CHUNK)) / n };
}

/** One commitment without inversions: G and H in the lanes, one half after the other; then two complete additions. */
function singleCommitment(): { products: number; lone: number } {
  const halves = 4 * (EXTENDED_ADDITION * (WINDOWS - 1) + 3);
  return { products: halves + 2 + 2 * COMPLETE_ADDITION, lone: COMPLETE_ADDITION };
}

/** A root: 251 squares and 53 products; x to Montgomery form, x³ + 3, the check, the parity. */
const ROOT = 251 + 53 + 5.5;

/** For each of n roots: two are computed side by side, so the last one may leave a lane unused. */
const unusedByRoots = (n: number): number => (ROOT * (n % 2)) / n;

/** A decompression among n, with two coordinates out. */
export function decompressionWork(n: number): Work {
  return { products: ROOT + 2, lone: 0, unused: unusedByRoots(n), inversions: 0 };
}

/** A point of a multi-scalar multiplication of n points by 254-bit scalars: the point from bytes, its image, the sums. */
export function multiplicationWork(n: number): Work {
  const { products, lone, inversions } = bucketWork(2 * n, 128);
  return { products: 6 + products / n, lone: 1 + lone / n, inversions: (inversions + 1) / n };
}

/** A record of a seat's check of n records: Horner's rule by the seat, one bucket sum, one commitment. */
export function checkWork(seat: number, threshold: number, n: number): Work {
  const triple = 3 * seat; // the seat's signed digits are its bits less those of the seat
  const digits = Array.from({ length: 30 - Math.clz32(triple) }, (_, i) => ((triple ^ seat) >> (i + 1)) & 1);
  const additions = digits.reduce((sum, digit) => sum + digit, 1);
  if (n === 1) {
    // the weight is left out, and every point stands in both lanes
    const horner = COMPLETE_DOUBLING * digits.length + COMPLETE_ADDITION * additions;
    const one = singleCommitment();
    return {
      products: threshold * ROOT + one.products,
      lone: (threshold - 1) * horner + one.lone + 4,
      unused: threshold * unusedByRoots(threshold),
      inversions: 0,
    };
  }
  const horner = DOUBLING * digits.length + ADDITION * additions;
  const batches = (threshold - 1) * (digits.length + additions) * Math.ceil(n / BATCH);
  const sums = bucketWork(n, 130);
  const commitment = singleCommitment();
  return {
    products: threshold * ROOT + (threshold - 1) * horner + (sums.products + commitment.products) / n,
    lone: (sums.lone + commitment.lone) / n,
    unused: threshold * unusedByRoots(threshold * n),
    inversions: (batches + sums.inversions) / n,
  };
}

/** All of a bucket sum of n points by numbers of `bits` bits, with the windows that assembly/curve/digits.ts chooses. */
function bucketWork(n: number, bits: number): Work {
  const choices = Array.from({ length: 12 }, (_, i) => {
    const c = i + 3;
    const windows = Math.ceil(bits / c);
    return { c, windows, cost: windows * (n + 2 ** c) + 60 * c };
  });
  const { c, windows } = choices.reduce((best, other) => (other.cost < best.cost ? other : best));
  const size = 2 ** (c - 1);
  /** The part of `of` equally likely places that n things reach. */
  const reached = (of: number) => 1 - (1 - 1 / of) ** n;
  const filled = size * reached(size);
  const positions = (c - 1) * reached(2) + reached(2 ** c); // bits of digits; the highest is of one digit only
  // the first point of a bucket and of a position costs nothing; a bucket costs one for its level and one for its bit
  const additions = windows * (n * (1 - 2 ** -c) + filled - positions);
  const rounds = Math.ceil(Math.log2(n / filled + 1)) + 2 * c;
  return {
    products: ADDITION * additions,
    lone: windows * (COMPLETE_DOUBLING * c + COMPLETE_ADDITION * positions),
    inversions: Math.max(rounds, additions / BATCH),
  };
}
