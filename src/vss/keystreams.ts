// Keystreams of a batch: what the holders of a subset's key know of every record without being told (docs/protocol.md, "Dealing").
// One AES-256-CTR stream for each subset, whose key comes from the subset's key, the batch's synthetic nonce and what the
// batch shows of its records; so it never serves two different contents. Record k owns bytes 96k … 96k + 95 of each.
import { concat, uint64, utf8 } from '../bytes.ts';
import { KEYSTREAM_BYTES } from '../engine/sizes.ts';
import { ArgumentError, checkInteger } from '../errors.ts';
import { type CipherStream, hkdf, startCipher } from './cipher.ts';
import { SUBSET_KEY_BYTES } from './subset-keys.ts';

const NONCE_BYTES = 16;
const BLOCKS_PER_RECORD = KEYSTREAM_BYTES / 16;

export interface BatchPosition {
  /** Batch number in its ledger. */
  index: number;
  /** The batch's synthetic nonce, 16 bytes. */
  nonce: Uint8Array;
  /** SHA-256(tags ‖ keys) of the batch, 32 bytes. */
  contents: Uint8Array;
}

/** The streams of some subsets' keys, read record by record. SECRET. */
export class Keystreams {
  readonly #ciphers: CipherStream[];
  #zeros = new Uint8Array(0);

  /** `keys`: 32 bytes each, in the order of their subsets. `from`: the first record that is read. */
  constructor(keys: Uint8Array, position: BatchPosition, from = 0) {
    const { index, nonce, contents } = position;
    if (nonce.length !== NONCE_BYTES) throw new ArgumentError('nonce', nonce, `${NONCE_BYTES} bytes`);
    if (contents.length !== 32) throw new ArgumentError('contents hash', contents, '32 bytes');
    if (keys.length % SUBSET_KEY_BYTES !== 0) throw new ArgumentError('keys', '(not shown)', '32 bytes each');
    checkInteger('record', from, 0, 2 ** 32);
    const info = concat(utf8('MIStore/v2/deal'), uint64(index), contents);
    this.#ciphers = Array.from({ length: keys.length / SUBSET_KEY_BYTES }, (_, q) => {
      const key = keys.subarray(SUBSET_KEY_BYTES * q, SUBSET_KEY_BYTES * (q + 1));
      return startCipher(hkdf(key, nonce, info), BLOCKS_PER_RECORD * from);
    });
  }

  /** The next `count` records of every stream, count × 96 bytes each. */
  next(count: number): Uint8Array[] {
    if (this.#zeros.length !== KEYSTREAM_BYTES * count) this.#zeros = new Uint8Array(KEYSTREAM_BYTES * count);
    return this.#ciphers.map((cipher) => cipher(this.#zeros));
  }
}
