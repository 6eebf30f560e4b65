// What the observer of a ledger tries: pairs of records, half of them of one patient and half of two, features of a pair's
// public bytes, and classifiers that learn on one half of the pairs and are tried on the other.

/** A record as everyone sees it. */
export interface PublicRecord {
  batch: number;
  /** Number in its batch. */
  place: number;
  /** Its fields by name: tag, key, C_0 …, correction. */
  fields: Record<string, Uint8Array>;
}

export interface Pair {
  a: PublicRecord;
  b: PublicRecord;
  samePatient: boolean;
}

/** A number for each pair; what it means does not matter. */
export type Feature = (pair: Pair) => number;

/** Features of the given records' fields: Hamming, arithmetic and XOR distances, common beginnings, distances of places. */
export function featuresOf({ fields }: PublicRecord): Record<string, Feature> {
  const features: Record<string, Feature> = {
    'distance of places': ({ a, b }) => Math.abs(a.place - b.place),
    'sum of places': ({ a, b }) => a.place + b.place,
    'bits in common, all fields': ({ a, b }) => hamming(allBytes(a), allBytes(b)),
  };
  for (const name of Object.keys(fields)) {
    const both = ({ a, b }: Pair) => [a.fields[name]!, b.fields[name]!] as const;
    features[`${name}: Hamming distance`] = (pair) => hamming(...both(pair));
    features[`${name}: arithmetic distance`] = (pair) => {
      const [x, y] = both(pair).map(head);
      return Math.abs(x! - y!);
    };
    features[`${name}: XOR distance`] = (pair) => {
      const [x, y] = both(pair);
      return head(x.map((byte, i) => byte ^ y[i]!));
    };
    features[`${name}: last byte's distance`] = (pair) => {
      const [x, y] = both(pair).map((bytes) => bytes.at(-1)!);
      return Math.abs(x! - y!);
    };
    for (const other of Object.keys(fields)) {
      if (other <= name) continue;
      features[`${name} and ${other}: Hamming distance`] = ({ a, b }) =>
        Math.min(hamming(a.fields[name]!, b.fields[other]!), hamming(b.fields[name]!, a.fields[other]!));
    }
  }
  return features;
}

/** Share of right guesses on `tried` by the threshold, in either direction, that is best on `learned`. */
export function thresholdAccuracy(feature: Feature, learned: readonly Pair[], tried: readonly Pair[]): number {
  const values = learned
    .map((pair) => ({ value: feature(pair), samePatient: pair.samePatient }))
    .sort((x, y) => x.value - y.value);
  let best = { right: 0, threshold: 0, below: true };
  let sameBelow = 0;
  const same = values.filter(({ samePatient }) => samePatient).length;
  values.forEach(({ value, samePatient }, k) => {
    if (samePatient) sameBelow++;
    if (values[k + 1]?.value === value) return;
    // Guess "same" up to this value; or above it.
    const right = sameBelow + (values.length - same) - (k + 1 - sameBelow);
    for (const below of [true, false]) {
      const count = below ? right : values.length - right;
      if (count > best.right) best = { right: count, threshold: value, below };
    }
  });
  return accuracy(tried, (pair) => feature(pair) <= best.threshold === best.below);
}

/** Share of right guesses on `tried` by naive Bayes over the bits of the XOR of all bytes, learned on `learned`. */
export function bitsAccuracy(learned: readonly Pair[], tried: readonly Pair[]): number {
  const counts = [true, false].map((samePatient) => {
    const pairs = learned.filter((pair) => pair.samePatient === samePatient).map(differingBits);
    return pairs[0]!.map((_, i) => (1 + pairs.filter((bits) => bits[i] === 1).length) / (2 + pairs.length));
  }) as [number[], number[]];
  const score = (pair: Pair) =>
    differingBits(pair).reduce<number>((sum, bit, i) => {
      const [same, other] = counts.map((ones) => (bit === 1 ? ones[i]! : 1 - ones[i]!)) as [number, number];
      return sum + Math.log(same / other);
    }, 0);
  return accuracy(tried, (pair) => score(pair) > 0);
}

/** Disjoint pairs, as many of one patient as of two, in an order that says nothing. `together`: both of one batch, or of two. */
export function drawPairs(
  records: readonly (PublicRecord & { patient: string })[],
  together: boolean,
  random: () => number,
): Pair[] {
  const left = shuffled(records, random);
  const pairs: Pair[] = [];
  for (let a = left.pop(); a; a = left.pop()) {
    const { patient, batch } = a;
    const samePatient = pairs.length % 2 === 0;
    const at = left.findIndex((b) => (b.patient === patient) === samePatient && (b.batch === batch) === together);
    // Without a partner it is left out, so that there are as many of both kinds.
    if (at >= 0) pairs.push({ a, b: left.splice(at, 1)[0]!, samePatient });
  }
  return pairs.slice(0, pairs.length - (pairs.length % 4));
}

/** Fisher and Yates. */
export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const out = [...list];
  for (let k = out.length - 1; k > 0; k--) {
    const other = Math.floor((k + 1) * random());
    [out[k], out[other]] = [out[other]!, out[k]!];
  }
  return out;
}

/** Correlation of the ranks of two lists without ties (Spearman). */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number {
  const ranks = (list: readonly number[]) => {
    const order = list.map((_, k) => k).sort((a, b) => list[a]! - list[b]!);
    const rank: number[] = [];
    order.forEach((k, r) => {
      rank[k] = r;
    });
    return rank;
  };
  const [rx, ry] = [ranks(x), ranks(y)];
  const squares = rx.reduce((sum, rank, k) => sum + (rank - ry[k]!) ** 2, 0);
  const n = x.length;
  return 1 - (6 * squares) / (n * (n * n - 1));
}

const accuracy = (pairs: readonly Pair[], guess: (pair: Pair) => boolean) =>
  pairs.filter((pair) => guess(pair) === pair.samePatient).length / pairs.length;

const allBytes = ({ fields }: PublicRecord) => Uint8Array.from(Object.values(fields).flatMap((field) => [...field]));

function differingBits({ a, b }: Pair): number[] {
  const y = allBytes(b);
  return [...allBytes(a)].flatMap((byte, i) => Array.from({ length: 8 }, (_, bit) => ((byte ^ y[i]!) >> bit) & 1));
}

/** Bits that differ, of the bytes that both have. */
function hamming(x: Uint8Array, y: Uint8Array): number {
  let bits = 0;
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    for (let rest = x[i]! ^ y[i]!; rest > 0; rest &= rest - 1) bits++;
  }
  return bits;
}

/** The first six bytes as a number. */
const head = (bytes: Uint8Array): number => Buffer.from(bytes).readUIntBE(0, 6);
