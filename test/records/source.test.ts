// The source word of a batch: layout against node:crypto, round trips, and that another name or profile is another input.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { ArgumentError } from '../../src/errors.ts';
import { decodeSource, encodeSource, rowReached, sourceName } from '../../src/records/source.ts';

const profile = new Uint8Array(32).fill(6);
const row = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER));

describe('a source', () => {
  it('is named by 24 bytes of SHA-256 over profile and name', () => {
    const expected = createHash('sha256').update('MIStore/v2/source').update(profile).update('fälle.csv').digest('hex');
    expect(toHex(sourceName('fälle.csv', profile))).toBe(`0x${expected.slice(0, 48)}`);
  });

  it('has another name for another input or profile', () => {
    const other = profile.map((byte, i) => (i === 31 ? byte ^ 1 : byte));
    const names = [
      ['a.csv', profile],
      ['A.csv', profile],
      ['a.csv ', profile],
      ['', profile],
      ['a.csv', other],
    ] as const;
    expect(new Set(names.map(([name, hash]) => toHex(sourceName(name, hash)))).size).toBe(names.length);
  });

  it('is name ‖ uint64 row, and comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 24 }), row, (name, reached) => {
        const word = encodeSource(name, reached);
        expect(toHex(word)).toBe(`${toHex(name)}${reached.toString(16).padStart(16, '0')}`);
        expect(decodeSource(word)).toEqual({ name, row: reached });
      }),
    );
  });

  it('gives the row reached for its own name only', () => {
    const name = sourceName('a.csv', profile);
    const word = encodeSource(name, 42);
    expect(rowReached(word, name)).toBe(42);
    expect(rowReached(encodeSource(name, 0), name)).toBe(0);
    for (let at = 0; at < 24; at++) {
      expect(
        rowReached(
          word,
          name.map((byte, i) => (i === at ? byte ^ 1 : byte)),
        ),
        `byte ${at}`,
      ).toBe(null);
    }
  });

  it('does not change when the bytes it was read from do', () => {
    const word = encodeSource(new Uint8Array(24).fill(1), 1);
    const { name } = decodeSource(word);
    word.fill(0);
    expect(name).toEqual(new Uint8Array(24).fill(1));
  });

  it.each([0, 31, 33])('refuses a profile hash or a source word of %i bytes', (length) => {
    const wrong = new Uint8Array(length);
    expect(() => sourceName('a', wrong)).toThrow(new ArgumentError('profile hash', wrong, '32 bytes'));
    expect(() => decodeSource(wrong)).toThrow(new ArgumentError('source', wrong, '32 bytes'));
    expect(() => rowReached(wrong, new Uint8Array(24))).toThrow(ArgumentError);
  });

  it.each([0, 23, 25, 32])('refuses a name of %i bytes', (length) => {
    const wrong = new Uint8Array(length);
    expect(() => encodeSource(wrong, 1)).toThrow(new ArgumentError('source name', wrong, '24 bytes'));
  });

  it.each([-1, 2 ** 64])('refuses row %d', (reached) => {
    expect(() => encodeSource(new Uint8Array(24), reached)).toThrow(ArgumentError);
  });
});
