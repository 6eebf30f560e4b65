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

/** Bits of the tables' windows in full size, and points of the tables in each half of a commitment. */
const WINDOW = 13;
const HALF = 2 * Math.ceil(128 / WINDOW);
/** Commitments whose points are summed together. */
const CHUNK = 64;

/** A commitment among n: the trees of both halves, the endomorphism, the tree's last sum, two coordinates out. */
export function commitmentWork(n: number): Work {
  const rounds = Math.ceil(Math.log2(HALF)) + 1;
  const products = ADDITION * (2 * HALF - 1) + 2;
  return { products, lone: 1, inversions: (rounds * Math.ceil(n / CHUNK)) / n };
}

/** A root: 251 squares and 53 products; x to Montgomery form, x³ + 3, the check, the parity. */
const ROOT = 251 + 53 + 5.5;

/** For each of n roots: four are computed at a time, so the last ones may leave lanes unused. */
const unusedByRoots = (n: number): number => (ROOT * (4 * Math.ceil(n / 4) - n)) / n;

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
  const horner = DOUBLING * digits.length + ADDITION * additions;
  const batches = (threshold - 1) * (digits.length + additions) * Math.ceil(n / BATCH);
  const sums = bucketWork(n, 130);
  const commitment = commitmentWork(1);
  return {
    products: threshold * ROOT + (threshold - 1) * horner + (sums.products + commitment.products) / n,
    lone: (sums.lone + commitment.lone) / n,
    unused: threshold * unusedByRoots(threshold * n),
    inversions: (batches + sums.inversions + commitment.inversions) / n,
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
