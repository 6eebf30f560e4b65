// Linear memory: [constants][TEMP][tables, kept][arena, per call]. The host reserves inputs and outputs at the start
// of the arena, each algorithm takes more above them, and wipe() clears all that was used. Addresses are 16-aligned.

/** Working storage of the kernels' callers; each module has its own part, so that none overwrites another's. */
const TEMP_BYTES: usize = 10128;
export const TEMP: usize = memory.data(10128, 16);
export const ADDITION_TEMP: usize = TEMP; // 1792 bytes
export const PROJECTIVE_TEMP: usize = TEMP + 1792; // 1280
export const POWER_TEMP: usize = TEMP + 3072; // 2880
export const CODEC_TEMP: usize = TEMP + 5952; // 960
export const FIXED_BASE_TEMP: usize = TEMP + 6912; // 448
export const MSM_TEMP: usize = TEMP + 7360; // 640
export const SHARES_TEMP: usize = TEMP + 8000; // 704
export const BYTES_TEMP: usize = TEMP + 8704; // 288
export const POLYNOMIAL_TEMP: usize = TEMP + 8992; // 192
export const DIGITS_TEMP: usize = TEMP + 9184; // 32
export const POINTS_TEMP: usize = TEMP + 9216; // 112
export const KECCAK_TEMP: usize = TEMP + 9328; // 800

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

/** Starts the arena anew for larger tables in place of the present ones. */
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
