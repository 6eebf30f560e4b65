// The module of src/keccak.ts: one message at a time, without an engine at hand.
import { hashMessages } from './keccak';
import { take, wipe } from '../memory';

export { wipe };

/** An address of `bytes` bytes until wipe(). */
export function reserve(bytes: usize): usize {
  return take(bytes);
}

/** The hash (32 bytes) of one message. */
export function hash(out: usize, message: usize, length: usize): void {
  hashMessages(out, message, length, 1);
}
