// Scalar multiplication for the BigInt twin: fixed-base tables for G and H, and Pippenger's bucket method for sums over
// other points. Scalars are canonical; what is returned is exact for every input.
import { G, H, INFINITY, type Point } from '../bn254.ts';
import { addEach, double, sumEach } from './points.ts';

/** Bits of a digit in the fixed-base tables: 32 windows of 255 points a base, about 16,000 points for both. */
const WIDTH = 8;
const WINDOWS = 32;

/** Table of a base: entry d of window w is d · 2^(8w) · base, d = 0..255. */
type Table = Point[][];

let tables: { G: Table; H: Table } | undefined;

/** values_k·G + blindings_k·H. The tables are built at the first call. */
export function commitEach(values: readonly bigint[], blindings: readonly bigint[]): Point[] {
  tables ??= { G: buildTable(G), H: buildTable(H) };
  let sums = values.map(() => INFINITY);
  for (let w = 0; w < WINDOWS; w++) {
    sums = addEach(
      sums,
      values.map((value) => tables!.G[w]![digit(value, w, WIDTH)]!),
    );
    sums = addEach(
      sums,
      blindings.map((blinding) => tables!.H[w]![digit(blinding, w, WIDTH)]!),
    );
  }
  return sums;
}

/** All windows grow together, doubling in length: entries 2^i .. 2^(i+1) − 1 are 2^i · base plus those before. */
function buildTable(base: Point): Table {
  const bases = [base];
  for (let w = 1; w < WINDOWS; w++) bases.push(double(bases[w - 1]!, WIDTH));
  const table: Table = bases.map(() => [INFINITY]);
  let steps = bases;
  for (let i = 0; i < WIDTH; i++) {
    const length = 1 << i;
    const added = addEach(
      table.flat(),
      steps.flatMap((step) => new Array<Point>(length).fill(step)),
    );
    table.forEach((row, w) => {
      row.push(...added.slice(w * length, (w + 1) * length));
    });
    steps = addEach(steps, steps);
  }
  return table;
}

/**
 * Σ scalars_k · points_k for scalars below 2^bits. Points are summed into one bucket for each window and digit; then
 * for each bit of a window the buckets whose digit has that bit; then the bits and the windows by doubling.
 */
export function multiScalar(scalars: readonly bigint[], points: readonly Point[], bits: number): Point {
  const width = Math.max(2, Math.min(10, Math.floor(Math.log2(points.length + 1)) - 1));
  const windows = Math.ceil(bits / width);
  const lists = Array.from({ length: windows << width }, () => [] as Point[]);
  scalars.forEach((scalar, k) => {
    for (let w = 0; w < windows; w++) lists[(w << width) + digit(scalar, w, width)]!.push(points[k]!);
  });
  for (let w = 0; w < windows; w++) lists[w << width] = []; // digit 0 adds nothing
  const buckets = sumEach(lists);

  const byBit: Point[][] = [];
  for (let w = 0; w < windows; w++) {
    const window = buckets.slice(w << width, (w + 1) << width);
    for (let bit = 0; bit < width; bit++) byBit.push(window.filter((_, d) => (d >> bit) & 1));
  }
  const bitSums = sumEach(byBit);

  let windowSums: Point[] = new Array(windows).fill(INFINITY);
  for (let bit = width - 1; bit >= 0; bit--) {
    const column = windowSums.map((_, w) => bitSums[w * width + bit]!);
    windowSums = addEach(addEach(windowSums, windowSums), column);
  }
  return windowSums.reduceRight((sum, window) => addEach([double(sum, width)], [window])[0]!, INFINITY);
}

/** factor · P for every P, for a small factor ≥ 1, by doubling and adding. */
export function timesEach(points: readonly Point[], factor: number): Point[] {
  let out = [...points];
  for (const bit of factor.toString(2).slice(1)) {
    out = addEach(out, out);
    if (bit === '1') out = addEach(out, points);
  }
  return out;
}

/** Digit w of `scalar` in base 2^width. */
function digit(scalar: bigint, w: number, width: number): number {
  return Number((scalar >> BigInt(w * width)) & ((1n << BigInt(width)) - 1n));
}
