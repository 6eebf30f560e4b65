// Reads the results of JSON-RPC calls. An endpoint may answer anything: what is not of the expected type, range and size
// is a ReplyError here, which names method and field, and never a TypeError somewhere else.
import { fromHex, type Hex } from '../bytes.ts';
import { ReplyError } from './errors.ts';

/** Makes a value of a result, or throws ReplyError. */
export type Read<T> = (reply: Reply) => T;

/** Most of what stands in the words and addresses of Ethereum: 32 bytes. */
const WORD = 2n ** 256n - 1n;

/** A result of a method, or a part of one. */
export class Reply {
  readonly method: string;
  readonly value: unknown;
  /** Where it stands: 'result', 'result.logs[3].topics'. */
  readonly path: string;

  constructor(method: string, value: unknown, path = 'result') {
    this.method = method;
    this.value = value;
    this.path = path;
  }

  /** A member of an object; undefined and null are for `or`. */
  get(name: string): Reply {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#wrong('an object');
    const member: unknown = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
    return new Reply(this.method, member, `${this.path}.${name}`);
  }

  /** `read`, or `otherwise` where there is nothing. */
  or<T, O>(otherwise: O, read: Read<T>): T | O {
    return this.value === undefined || this.value === null ? otherwise : read(this);
  }

  list<T>(read: Read<T>, maxLength = 1_000_000): T[] {
    const { value } = this;
    if (!Array.isArray(value) || value.length > maxLength) throw this.#wrong(`a list of at most ${maxLength}`);
    return value.map((element, i) => read(new Reply(this.method, element, `${this.path}[${i}]`)));
  }

  /** 0x-hex of a number without sign. Leading zeros, which some nodes write, are accepted. */
  quantity(max = WORD): bigint {
    const { value } = this;
    if (typeof value === 'string' && /^0x[0-9a-fA-F]{1,64}$/.test(value)) {
      const number = BigInt(value);
      if (number <= max) return number;
    }
    throw this.#wrong(`0x-hex of a number up to ${max}`);
  }

  /** A quantity up to 2^53 − 1. */
  number(): number {
    return Number(this.quantity(BigInt(Number.MAX_SAFE_INTEGER)));
  }

  /** Bytes as 0x-hex in lower case. */
  data(maxBytes: number): Hex {
    const { value } = this;
    const length = typeof value === 'string' ? value.length : 1;
    if (length % 2 !== 0 || length > 2 + 2 * maxBytes) throw this.#wrong(`0x-hex of at most ${maxBytes} bytes`);
    const text = value as string;
    if (!text.startsWith('0x') || /[^0-9a-fA-F]/.test(text.slice(2))) throw this.#wrong('0x-hex of whole bytes');
    return text.toLowerCase() as Hex;
  }

  /** 32 bytes as 0x-hex in lower case. */
  hash(): Hex {
    const hash = this.data(32);
    if (hash.length !== 66) throw this.#wrong('0x-hex of 32 bytes');
    return hash;
  }

  /** 20 bytes. */
  address(): Uint8Array {
    const address = this.data(20);
    if (address.length !== 42) throw this.#wrong('0x-hex of 20 bytes');
    return fromHex(address, this.path, 20);
  }

  /** This, if it is the value that was asked for. */
  expect<T>(actual: T, asked: T): T {
    if (actual !== asked) throw this.#wrong(`${asked}, which was asked for`);
    return actual;
  }

  #wrong(allowed: string): ReplyError {
    return new ReplyError(this.method, this.path, this.value, allowed);
  }
}
