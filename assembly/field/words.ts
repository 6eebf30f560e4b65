// Plain numbers below 2^256 as four little-endian words (NUMBER bytes).

/** 32 bytes in reverse order: four little-endian words from big-endian bytes, and back. o is not a. */
export function reverse(o: usize, a: usize): void {
  store<u64>(o, bswap(load<u64>(a, 24)));
  store<u64>(o, bswap(load<u64>(a, 16)), 8);
  store<u64>(o, bswap(load<u64>(a, 8)), 16);
  store<u64>(o, bswap(load<u64>(a)), 24);
}

/** Whether the number is 0. */
// @inline
export function isZeroNumber(w: usize): bool {
  return (load<u64>(w) | load<u64>(w, 8) | load<u64>(w, 16) | load<u64>(w, 24)) === 0;
}
