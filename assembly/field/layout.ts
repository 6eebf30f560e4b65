// How numbers lie in memory, in bytes: single field elements, pairs of them, and plain numbers.

/** A field element: five digits or nine limbs (build/assembly/fp.ts). */
export const ELEMENT: usize = 40;
/** Two elements side by side, as the kernels take them. */
export const PAIR: usize = 2 * ELEMENT;
/** A number below 2^256 as four little-endian words, and a scalar on the wire. */
export const NUMBER: usize = 32;
