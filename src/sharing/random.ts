// Where randomness comes from if the caller gives none: the platform's generator for keys, in Node, in browsers and in their
// workers.

/** So many bytes that nobody can predict. */
export type RandomSource = (length: number) => Uint8Array;

/** What crypto.getRandomValues fills at a time. */
const LIMIT = 65_536;

export const randomBytes: RandomSource = (length) => {
  const out = new Uint8Array(length);
  for (let from = 0; from < length; from += LIMIT) crypto.getRandomValues(out.subarray(from, from + LIMIT));
  return out;
};
