// keccak-256 as Ethereum has it (FIPS 202's sponge with the padding that the submission had, 0x01 … 0x80), of many
// messages of one length and of the nodes of a Merkle tree: as many side by side as permute() takes states.
import { permute, STATES } from '../../build/assembly/keccak-f';
import { KECCAK_END, KECCAK_TEMP } from '../memory';

const RATE: usize = 136; // bytes a block
const DIGEST: usize = 32;
const STATE: usize = 200;
// the states, and as much behind them for permute()
if (KECCAK_TEMP + 2 * STATE * <usize>STATES > KECCAK_END) ERROR('working storage');
/** From a word of a state to its next. */
const STEP: usize = 8 * <usize>STATES;

/** Words `from` to `from` + `words` of state `l` ^= the words at `bytes`. */
function absorb(l: i32, from: usize, bytes: usize, words: usize): void {
  const end = bytes + 8 * words;
  for (let at = KECCAK_TEMP + STEP * from + 8 * <usize>l; bytes < end; bytes += 8, at += STEP) {
    store<u64>(at, load<u64>(at) ^ load<u64>(bytes));
  }
}

function flip(l: i32, word: usize, value: u64): void {
  const at = KECCAK_TEMP + STEP * word + 8 * <usize>l;
  store<u64>(at, load<u64>(at) ^ value);
}

/** Ends a message: `last` holds its bytes from `word` of the block on, fewer than eight, and the padding's first. */
function pad(l: i32, word: usize, last: u64): void {
  flip(l, word, last);
  flip(l, RATE / 8 - 1, 0x8000000000000000);
}

/** The last `length` < RATE bytes of a message, and the padding. */
function absorbLast(l: i32, bytes: usize, length: usize): void {
  const words = length >> 3;
  absorb(l, 0, bytes, words);
  const rest = length & 7;
  let last: u64 = 1 << (8 * rest);
  for (let i: usize = 0; i < rest; i++) last |= (<u64>load<u8>(bytes + 8 * words + i)) << (8 * i);
  pad(l, words, last);
}

/** The hash of state `l`. */
function squeeze(out: usize, l: i32): void {
  for (let i: usize = 0; i < DIGEST / 8; i++) {
    store<u64>(out + 8 * i, load<u64>(KECCAK_TEMP + STEP * i + 8 * <usize>l));
  }
}

function clear(): void {
  memory.fill(KECCAK_TEMP, 0, STATE * <usize>STATES);
}

/** n messages of `length` bytes each → n hashes. Where one is left without a neighbour, the other state idles. */
export function hashMessages(out: usize, messages: usize, length: usize, n: i32): void {
  for (let i = 0; i < n; i += STATES) {
    const states = min(STATES, n - i);
    const first = messages + length * <usize>i;
    clear();
    let done: usize = 0;
    for (; length - done >= RATE; done += RATE) {
      for (let l = 0; l < states; l++) absorb(l, 0, first + length * <usize>l + done, RATE / 8);
      permute(KECCAK_TEMP);
    }
    for (let l = 0; l < states; l++) absorbLast(l, first + length * <usize>l + done, length - done);
    permute(KECCAK_TEMP);
    for (let l = 0; l < states; l++) squeeze(out + DIGEST * <usize>(i + l), l);
  }
}

/**
 * The 2n − 1 nodes over n leaves, n ≥ 1: leaf k at 2n − 2 − k, and node i the hash of its children 2i + 1 and 2i + 2 in
 * ascending order.
 */
export function treeNodes(nodes: usize, leaves: usize, n: i32): void {
  for (let k = 0; k < n; k++) memory.copy(nodes + DIGEST * <usize>(2 * n - 2 - k), leaves + DIGEST * <usize>k, DIGEST);
  for (let i = n - 2; i >= 0; ) {
    // Node i − 1 does not wait for node i, unless that is its child: node 1 of node 0.
    const states = i > 1 ? STATES : 1;
    clear();
    for (let l = 0; l < states; l++) {
      const a = nodes + DIGEST * <usize>(2 * (i - l) + 1);
      const b = a + DIGEST;
      const ascending = isAscending(a, b);
      absorb(l, 0, ascending ? a : b, DIGEST / 8);
      absorb(l, DIGEST / 8, ascending ? b : a, DIGEST / 8);
      pad(l, (2 * DIGEST) / 8, 1);
    }
    permute(KECCAK_TEMP);
    for (let l = 0; l < states; l++) squeeze(nodes + DIGEST * <usize>(i - l), l);
    i -= states;
  }
}

/** Whether a ≤ b as big-endian numbers of 32 bytes. */
function isAscending(a: usize, b: usize): bool {
  for (let i: usize = 0; i < DIGEST; i += 8) {
    const x = bswap(load<u64>(a + i)),
      y = bswap(load<u64>(b + i));
    if (x !== y) return x < y;
  }
  return true;
}
