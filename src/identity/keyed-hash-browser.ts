// HMAC-SHA256 of many short messages in browsers, in place of keyed-hash.ts: by noble, from a state that has taken the key.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { uint64, utf8 } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';

/** What is used of noble's. */
interface Mac {
  update(bytes: Uint8Array): unknown;
  clone(): Mac;
  digest(): Uint8Array;
}

export class KeyedHash {
  #keyed: Mac = hmac.create(sha256, new Uint8Array(32));
  #message: Mac = this.#keyed;

  key(key: Uint8Array): this {
    if (key.length !== 32) throw new ArgumentError('key', '(not shown)', '32 bytes');
    this.#keyed = hmac.create(sha256, key);
    return this;
  }

  start(label: string): this {
    this.#message = this.#keyed.clone();
    return this.text(label);
  }

  text(text: string): this {
    return this.bytes(utf8(text, 'text to be hashed'));
  }

  bytes(bytes: Uint8Array): this {
    this.#message.update(bytes);
    return this;
  }

  uint32(value: number): this {
    return this.bytes(uint64(value).subarray(4));
  }

  uint64(value: number): this {
    return this.bytes(uint64(value));
  }

  /** The first `length` bytes of the message's HMAC. */
  digest(length: number): Uint8Array {
    // Of a copy: one message may be asked for its digest again.
    return this.#message.clone().digest().slice(0, length);
  }
}
