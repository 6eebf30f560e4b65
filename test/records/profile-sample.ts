// Profiles for tests, and ways to change any part of one.

/** The least that a profile needs, and its version. */
export const SMALL = { version: 1, name: 'small', columns: { patient: 'p', lanes: [{ name: 'cost', column: 'c' }] } };
/** Every part of a profile. */
export const FULL = {
  $schema: 'profile.schema.json',
  version: 1,
  name: 'full',
  columns: {
    patient: 'p',
    lanes: [
      { name: 'cost', column: 'c' },
      { name: 'paid', column: 'd' },
    ],
    id: 'i',
    date: 't',
    metadata: ['m', 'n'],
  },
  amounts: { scale: 3, currency: 'KWD', decimal: ',', thousands: '.', symbols: ['KD', 'د.ك'], empty: 'zero' },
  dates: 'DD.MM.YYYY',
  sign: { column: 's', negative: ['R', 'X'], positive: ['', 'C'] },
  file: { delimiter: ';', encoding: 'utf-16le', quote: "'" },
};

/** `json` with the value at `path` replaced, or removed if undefined. */
export function changed(json: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(json);
  const last = path.at(-1)!;
  // biome-ignore lint/suspicious/noExplicitAny: walks a JSON value
  const parent = path.slice(0, -1).reduce((at: any, key) => at[key], copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

/** Every path in a JSON value, leaves and not. */
export function* paths(json: unknown, path: (string | number)[] = []): Generator<(string | number)[]> {
  if (path.length > 0) yield path;
  if (typeof json !== 'object' || json === null) return;
  for (const [key, value] of Object.entries(json))
    yield* paths(value, [...path, Array.isArray(json) ? Number(key) : key]);
}
