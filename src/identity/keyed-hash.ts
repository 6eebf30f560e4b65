// HMAC-SHA256 (RFC 2104) of many short messages: by its definition, H(key ⊕ opad ‖ H(key ⊕ ipad ‖ message)), with one-shot
// hashes over buffers that stay. A third of what an object for each message costs, which matters once for each record.
import { hash } from 'node:crypto';
import { ArgumentError, EncodingError } from '../errors.ts';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

export class KeyedHash {
  /** key ⊕ ipad ‖ the message at hand. */
  #inner = Buffer.alloc(512);
  /** key ⊕ opad ‖ inner hash. */
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  #end = BLOCK_BYTES;

  /** The key of what follows, 32 bytes. */
  key(key: Uint8Array): this {
    if (key.length !== 32) throw new ArgumentError('key', '(not shown)', '32 bytes');
    for (let i = 0; i < BLOCK_BYTES; i++) {
      this.#inner[i] = (key[i] ?? 0) ^ 0x36;
      this.#outer[i] = (key[i] ?? 0) ^ 0x5c;
    }
    return this;
  }

  /** Begins a message. */
  start(label: string): this {
    this.#end = BLOCK_BYTES;
    return this.text(label);
  }

  /** Goes on with a text's UTF-8. Throws an EncodingError for half of a surrogate pair, which has none; the text is not shown. */
  text(text: string): this {
    if (/\p{Surrogate}/u.test(text)) {
      throw new EncodingError('text to be hashed', 'has half of a surrogate pair, which is not a character');
    }
    this.#makeRoom(3 * text.length); // UTF-8 takes at most three bytes for a unit of UTF-16
    this.#end += this.#inner.write(text, this.#end, 'utf8');
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.#makeRoom(bytes.length);
    this.#inner.set(bytes, this.#end);
    this.#end += bytes.length;
    return this;
  }

  uint32(value: number): this {
    this.#makeRoom(4);
    this.#end = this.#inner.writeUInt32BE(value, this.#end);
    return this;
  }

  uint64(value: number): this {
    this.#makeRoom(8);
    this.#end = this.#inner.writeBigUInt64BE(BigInt(value), this.#end);
    return this;
  }

  /** The first `length` bytes of the message's HMAC. */
  digest(length: number): Uint8Array {
    this.#outer.write(hash('sha256', this.#inner.subarray(0, this.#end), 'binary'), BLOCK_BYTES, 'latin1');
    const digest = hash('sha256', this.#outer, 'binary');
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = digest.charCodeAt(i);
    return out;
  }

  #makeRoom(more: number): void {
    if (this.#end + more > this.#inner.length) this.#inner = Buffer.concat([this.#inner], 2 * (this.#end + more));
  }
}
