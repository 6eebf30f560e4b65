// The word that somebody may have meant: for messages about names that are not known.

/** The nearest of `known` to `given`, case aside; undefined if none is so near that it is likely a slip. */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(given.length / 3)) + 1;
  for (const word of known) {
    const changes = distance(given.toLowerCase(), word.toLowerCase());
    if (changes < least) [best, least] = [word, changes];
  }
  return best;
}

/** Characters to add, take away, replace or swap with the next one (each pair once) to come from one word to the other. */
function distance(from: string, to: string): number {
  const [a, b] = [Array.from(from), Array.from(to)];
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          row[j - 1]! + 1,
          rows[i - 1]![j]! + 1,
          rows[i - 1]![j - 1]! + (same ? 0 : 1),
          swapped ? rows[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
