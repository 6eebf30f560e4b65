// The sizes of what the engine reads and writes, in bytes, and its limits: for all implementations and for the rooms that
// lay out batches. The wire forms are in engine.ts, at Engine.

export const SCALAR_BYTES = 32;
export const WIDE_BYTES = 48;
/** A share of one record: value s ‖ blinding b. */
export const SHARE_BYTES = 2 * SCALAR_BYTES;
/** One record of a subset's keystream: R_A ‖ R'_A. */
export const KEYSTREAM_BYTES = 2 * WIDE_BYTES;
export const POINT_BYTES = 64;
export const COMPRESSED_BYTES = 32;
/** A random weight of the servers' check. */
export const WEIGHT_BYTES = 16;
export const HASH_BYTES = 32;
/** The longest message that hashEach takes. */
export const MAX_MESSAGE_BYTES = 2 ** 20;
/** Seats of a committee; a seat is an evaluation point 1..MAX_SEATS. */
export const MAX_SEATS = 255;
