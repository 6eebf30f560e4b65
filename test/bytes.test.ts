// Bytes, their encodings and keccak against node's Buffer and noble; and that errors name what is wrong without showing
// what may be secret.
import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  concat,
  equalBytes,
  fromBigInt,
  fromHex,
  fromUtf8,
  toBigInt,
  toHex,
  uint8,
  uint64,
  uint256,
  utf8,
} from '../src/bytes.ts';
import { ArgumentError, checkInteger, EncodingError, MIStoreError } from '../src/errors.ts';
import { keccak256 } from '../src/keccak.ts';

const bytes = fc.uint8Array({ maxLength: 80 });

describe('bytes', () => {
  it('concat as Buffer does, into memory of their own', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), (parts) => {
        const joined = concat(...parts);
        expect(Buffer.from(joined).equals(Buffer.concat(parts))).toBe(true);
        expect(parts.some((part) => part.length > 0 && part.buffer === joined.buffer)).toBe(false);
      }),
    );
  });

  it('are equal if length and every byte are', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(equalBytes(a, a.slice())).toBe(true);
        expect(equalBytes(a, concat(a, Uint8Array.of(0)))).toBe(false);
      }),
    );
  });

  it('become 0x-hex and come back, also with capitals', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = toHex(value);
        expect(text).toBe(`0x${Buffer.from(value).toString('hex')}`);
        expect(fromHex(text)).toEqual(value);
        expect(fromHex(`0x${text.slice(2).toUpperCase()}`, 'it', value.length)).toEqual(value);
      }),
    );
  });

  // The last: characters of two bytes whose low byte is that of '0' and '1'.
  it.each([
    '',
    '0',
    '00',
    '0x0',
    '0x000',
    '0xgg',
    '0X00',
    ' 0x00',
    '0x00 ',
    '0x00\n',
    '-0x00',
    '0x٠٠',
    '0x\u0130\u0131',
  ])('refuse the hex %j', (text) => {
    expect(() => fromHex(text, 'the thing')).toThrow(
      new EncodingError('the thing', 'not 0x-prefixed hex with whole bytes'),
    );
  });

  it('refuse every character that is no digit, in either place of a byte', () => {
    for (let code = 0; code < 0x250; code++) {
      const digit = /[0-9a-fA-F]/.test(String.fromCharCode(code));
      for (const text of [`0x${String.fromCharCode(code)}5`, `0xa${String.fromCharCode(code)}`]) {
        if (digit) expect(fromHex(text)[0]).toBe(Number.parseInt(text.slice(2), 16));
        else expect(() => fromHex(text), text).toThrow(EncodingError);
      }
    }
  });

  it.each([undefined, null, 5, ['0x00']])('refuse %o for hex', (value) => {
    expect(() => fromHex(value as never)).toThrow(EncodingError);
  });

  it('refuse hex of another length', () => {
    expect(() => fromHex('0x0102', 'tag', 20)).toThrow('tag: is 2 bytes; it must be 20');
    expect(() => fromHex('0x', 'tag', 1)).toThrow('tag: is 0 bytes; it must be 1');
  });

  it('are big-endian integers', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const number = value.reduce((n, byte) => n * 256n + BigInt(byte), 0n);
        expect(toBigInt(value)).toBe(number);
        if (value.length > 0) expect(fromBigInt(number, value.length)).toEqual(value);
      }),
    );
  });

  it.each([
    [uint8, 1],
    [uint64, 8],
    [uint256, 32],
  ])('integers of fixed length take their whole range and no more (%#)', (encode, length) => {
    const most = 256n ** BigInt(length) - 1n;
    const as = (value: bigint) => (encode as (value: number | bigint) => Uint8Array)(value);
    expect(as(0n)).toEqual(new Uint8Array(length));
    expect(as(most)).toEqual(new Uint8Array(length).fill(255));
    for (const value of [-1n, most + 1n, -most]) expect(() => as(value)).toThrow(ArgumentError);
    expect(() => (encode as (value: number) => Uint8Array)(0.5)).toThrow();
  });

  it('of text are UTF-8, and give the text back', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => Buffer.from(utf8(text)).equals(Buffer.from(text))));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => fromUtf8(utf8(text)) === text));
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
  });

  it('that are not UTF-8 are refused, and not shown', () => {
    const valid = (bytes: Uint8Array) => Buffer.compare(Buffer.from(Buffer.from(bytes).toString()), bytes) === 0;
    fc.assert(
      fc.property(bytes, (given) => {
        if (valid(given)) expect(utf8(fromUtf8(given))).toEqual(given);
        else expect(() => fromUtf8(given, 'header')).toThrow(new EncodingError('header', 'is not valid UTF-8'));
      }),
    );
    for (const broken of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]]) {
      expect(() => fromUtf8(Uint8Array.from(broken))).toThrow(EncodingError);
    }
  });

  it('do not exist for half a character: no text is turned into another', () => {
    for (const text of ['\ud800', 'a\udfffb', '\udc00\ud800', '\ud83d']) {
      const refusal = new EncodingError('patient', 'has half of a surrogate pair, which is not a character');
      expect(() => utf8(text, 'patient')).toThrow(refusal);
    }
    expect(utf8('\ud83d\ude00').length).toBe(4);
  });
});

describe('hex where there is no Buffer, as in browsers', () => {
  it('is the same', async () => {
    const { Buffer } = globalThis;
    vi.stubGlobal('Buffer', undefined);
    vi.resetModules();
    try {
      const portable = await import('../src/bytes.ts');
      const all = Uint8Array.from({ length: 256 }, (_, i) => i).subarray(1);
      expect(portable.toHex(all)).toBe(`0x${Buffer.from(all).toString('hex')}`);
      expect(portable.fromHex(portable.toHex(all))).toEqual(all);
      expect(portable.toHex(new Uint8Array(0))).toBe('0x');
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe('keccak256', () => {
  it("is noble's over all parts, each call for itself", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 4 }), (parts) => {
        expect(toHex(keccak256(...parts))).toBe(toHex(keccak_256(Buffer.concat(parts))));
      }),
    );
    expect(toHex(keccak256())).toBe('0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470');
  });

  it("is noble's at every length around its blocks, and of what is longer than the module's first memory", () => {
    for (let length = 0; length <= 300; length++) {
      const message = Uint8Array.from({ length }, (_, i) => 31 * i + length);
      const cut = length >> 1;
      const parts = [message.subarray(0, cut), message.subarray(cut)];
      expect(toHex(keccak256(...parts)), `${length} bytes`).toBe(toHex(keccak_256(message)));
    }
    const long = Uint8Array.from({ length: 2_000_001 }, (_, i) => i * i);
    expect(toHex(keccak256(long))).toBe(toHex(keccak_256(long)));
    expect(toHex(keccak256(Uint8Array.of(7)))).toBe(toHex(keccak_256(Uint8Array.of(7))));
  });

  it('gives memory that a later call does not change', () => {
    const first = keccak256(Uint8Array.of(1));
    const before = toHex(first);
    keccak256(Uint8Array.of(2));
    expect(toHex(first)).toBe(before);
  });
});

describe('errors', () => {
  it.each([
    [new Uint8Array(7), 'x is 7 bytes; it must be y'],
    ['text', 'x is "text"; it must be y'],
    ['long'.repeat(40), `x is "${'long'.repeat(15)}…"; it must be y`],
    [5n, 'x is 5; it must be y'],
    [[1, 2, 3], 'x is an array of 3; it must be y'],
    [undefined, 'x is undefined; it must be y'],
    [null, 'x is null; it must be y'],
    [Number.NaN, 'x is NaN; it must be y'],
  ])('name the argument, its value and what is allowed: %o', (value, message) => {
    const error = new ArgumentError('x', value, 'y');
    expect(error).toMatchObject({
      message,
      code: 'INVALID_ARGUMENT',
      name: 'ArgumentError',
      details: { argument: 'x', allowed: 'y' },
    });
  });

  it('never show the bytes that they are about', () => {
    const secret = Uint8Array.from({ length: 32 }, (_, i) => 200 + i);
    const { message, details, stack } = new ArgumentError('seed', secret, '32 bytes');
    expect(`${message} ${JSON.stringify(details)} ${stack}`).not.toMatch(/200|c8c9|201/);
  });

  it('are told apart by type and code, and keep their cause', () => {
    const cause = new Error('why');
    const error = new MIStoreError('SOME_CODE', 'what', { thing: 1 }, { cause });
    expect(error).toMatchObject({ name: 'MIStoreError', code: 'SOME_CODE', details: { thing: 1 }, cause });
    const encoding = new EncodingError('batch', 'is odd', { at: 3 });
    expect(encoding).toMatchObject({
      code: 'INVALID_ENCODING',
      message: 'batch: is odd',
      details: { what: 'batch', at: 3 },
    });
    expect([error, encoding].map((one) => one instanceof MIStoreError)).toEqual([true, true]);
  });

  it('of integers: range, fractions, other types', () => {
    for (const good of [1, 2, 5]) checkInteger('n', good, 1, 5);
    for (const bad of [0, 6, 1.5, '3', 3n, null, undefined, Number.NaN, Number.POSITIVE_INFINITY, [3]]) {
      expect(() => checkInteger('n', bad, 1, 5)).toThrow(ArgumentError);
    }
    expect(() => checkInteger('n', 6, 1, 5)).toThrow('n is 6; it must be an integer from 1 to 5');
  });
});
