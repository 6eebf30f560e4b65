// Linear memory: [constants][TEMP][tables, kept][arena, per call]. The host reserves inputs and outputs at the start
// of the arena, each algorithm takes more above them, and wipe() clears all that was used. Addresses are 16-aligned.

/**
 * Working storage: bytes of each module's own part, so that none overwrites another's. A module that needs more than its
 * part does not compile: it compares the end of its part with `…_END`.
 */
const ADDITION_BYTES: usize = 1792;
const PROJECTIVE_BYTES: usize = 1280;
const POWER_BYTES: usize = 2880;
const CODEC_BYTES: usize = 960;
const FIXED_BASE_BYTES: usize = 1888;
const MSM_BYTES: usize = 640;
const SHARES_BYTES: usize = 704;
const BYTES_BYTES: usize = 112;
const SUMS_BYTES: usize = 304;
const INTERPOLATION_BYTES: usize = 160;
const DEALING_BYTES: usize = 1840;
const DIGITS_BYTES: usize = 32;
const POINTS_BYTES: usize = 112;
const QUADS_BYTES: usize = 800;
const EXTENDED_BYTES: usize = 400;
const KECCAK_BYTES: usize = 800;
const TEMP_BYTES: usize =
  ADDITION_BYTES +
  PROJECTIVE_BYTES +
  POWER_BYTES +
  CODEC_BYTES +
  FIXED_BASE_BYTES +
  MSM_BYTES +
  SHARES_BYTES +
  BYTES_BYTES +
  SUMS_BYTES +
  INTERPOLATION_BYTES +
  DEALING_BYTES +
  DIGITS_BYTES +
  POINTS_BYTES +
  QUADS_BYTES +
  EXTENDED_BYTES +
  KECCAK_BYTES;

const TEMP: usize = memory.data(<i32>TEMP_BYTES, 16);
export const ADDITION_TEMP: usize = TEMP;
export const ADDITION_END: usize = ADDITION_TEMP + ADDITION_BYTES;
export const PROJECTIVE_TEMP: usize = ADDITION_END;
export const PROJECTIVE_END: usize = PROJECTIVE_TEMP + PROJECTIVE_BYTES;
export const POWER_TEMP: usize = PROJECTIVE_END;
export const POWER_END: usize = POWER_TEMP + POWER_BYTES;
export const CODEC_TEMP: usize = POWER_END;
export const CODEC_END: usize = CODEC_TEMP + CODEC_BYTES;
export const FIXED_BASE_TEMP: usize = CODEC_END;
export const FIXED_BASE_END: usize = FIXED_BASE_TEMP + FIXED_BASE_BYTES;
export const MSM_TEMP: usize = FIXED_BASE_END;
export const MSM_END: usize = MSM_TEMP + MSM_BYTES;
export const SHARES_TEMP: usize = MSM_END;
export const SHARES_END: usize = SHARES_TEMP + SHARES_BYTES;
export const BYTES_TEMP: usize = SHARES_END;
export const BYTES_END: usize = BYTES_TEMP + BYTES_BYTES;
export const SUMS_TEMP: usize = BYTES_END;
export const SUMS_END: usize = SUMS_TEMP + SUMS_BYTES;
export const INTERPOLATION_TEMP: usize = SUMS_END;
export const INTERPOLATION_END: usize = INTERPOLATION_TEMP + INTERPOLATION_BYTES;
export const DEALING_TEMP: usize = INTERPOLATION_END;
export const DEALING_END: usize = DEALING_TEMP + DEALING_BYTES;
export const DIGITS_TEMP: usize = DEALING_END;
export const DIGITS_END: usize = DIGITS_TEMP + DIGITS_BYTES;
export const POINTS_TEMP: usize = DIGITS_END;
export const POINTS_END: usize = POINTS_TEMP + POINTS_BYTES;
export const QUADS_TEMP: usize = POINTS_END;
export const QUADS_END: usize = QUADS_TEMP + QUADS_BYTES;
export const EXTENDED_TEMP: usize = QUADS_END;
export const EXTENDED_END: usize = EXTENDED_TEMP + EXTENDED_BYTES;
export const KECCAK_TEMP: usize = EXTENDED_END;
export const KECCAK_END: usize = KECCAK_TEMP + KECCAK_BYTES;

/** First address after the tables that are kept between calls. */
let base: usize = (__heap_base + 15) & ~15;
let top: usize = base;
let highest: usize = base;

/** Takes `bytes` (rounded up to 16) from the arena. Not cleared. */
export function take(bytes: usize): usize {
  const address = top;
  top += (bytes + 15) & ~15;
  if (top > highest) {
    highest = top;
    const missing = <isize>top - <isize>((<usize>memory.size()) << 16);
    if (missing > 0 && memory.grow(<i32>((missing + 0xffff) >> 16)) < 0) unreachable();
  }
  return address;
}

export function mark(): usize {
  return top;
}

/** Gives back everything taken since `mark` returned `address`. It is not cleared before wipe(). */
export function release(address: usize): void {
  top = address;
}

/** Keeps everything taken so far, as the tables; called while the arena holds nothing else. */
export function keep(): void {
  base = top;
}

/** Gives back the tables, so that larger ones can take their place. */
export function discard(): void {
  base = (__heap_base + 15) & ~15;
  top = base;
}

/** Clears the working storage and the arena, which may hold secrets, and empties the arena. */
export function wipe(): void {
  memory.fill(TEMP, 0, TEMP_BYTES);
  memory.fill(base, 0, highest - base);
  top = base;
  highest = base;
}
