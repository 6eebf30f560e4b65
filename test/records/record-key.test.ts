// A record's key against node:crypto's HMAC, for ids of any text and rows of any number, and the rule which of the two names
// a record.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { ArgumentError, EncodingError } from '../../src/errors.ts';
import { RecordKeys, recordKey, recordName } from '../../src/records/record-key.ts';
import { encode, join, randomSource } from '../engine/oracle.ts';

const { bytes } = randomSource(12);

describe('a record key', () => {
  const key = bytes(32);
  const hmac = (...text: Uint8Array[]) =>
    `0x${createHmac('sha256', key)
      .update(join(...text))
      .digest('hex')
      .slice(0, 16)}`;

  it('of a record with an id depends on the id alone', () => {
    expect(toHex(recordKey(key, { id: 'Zoë-1' }))).toBe(hmac(Buffer.from('MIStore/v1/key/id'), Buffer.from('Zoë-1')));
  });

  it('of a record without one is of its source and row', () => {
    const source = bytes(24);
    const expected = hmac(Buffer.from('MIStore/v1/key/row'), source, encode([7n], 8));
    expect(toHex(recordKey(key, { source, row: 7 }))).toBe(expected);
  });

  it('is that of any text and row, whatever the keys made before with the same object', () => {
    const id = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('€'.repeat(3000), 'x', '\u{1f600}'),
    );
    const name = fc.oneof(
      fc.record({ id }),
      fc.record({
        source: fc.uint8Array({ minLength: 24, maxLength: 24 }),
        row: fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 32, Number.MAX_SAFE_INTEGER)),
      }),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), (names) => {
        const keys = new RecordKeys(key);
        for (const record of names) {
          const expected =
            'id' in record
              ? hmac(Buffer.from('MIStore/v1/key/id'), new TextEncoder().encode(record.id))
              : hmac(Buffer.from('MIStore/v1/key/row'), record.source, encode([BigInt(record.row)], 8));
          expect(toHex(keys.key(record))).toBe(expected);
        }
      }),
    );
  });

  it('is refused for an id with half a character, which would get the key of another id, and not shown', () => {
    for (const id of ['\ud800', 'a\udfff', '\udc00\ud800']) {
      expect(() => recordKey(key, { id })).toThrow(
        new EncodingError('record id', 'has half of a surrogate pair, which is not a character'),
      );
    }
  });

  it('needs a dealing key of 32 bytes, which is not shown, and a row that is a number', () => {
    for (const length of [0, 31, 33, 64]) {
      expect(() => new RecordKeys(new Uint8Array(length))).toThrow('dealing key is "(not shown)"; it must be 32 bytes');
    }
    for (const row of [-1, 0.5, 2 ** 53]) {
      expect(() => recordKey(key, { source: new Uint8Array(24), row })).toThrow(ArgumentError);
    }
  });

  it('differs between ids, rows, sources, hospitals, and between an id and a row that look alike', () => {
    const source = bytes(24);
    const asText = Buffer.from(join(source, encode([7n], 8))).toString('latin1');
    const keys = [
      recordKey(key, { id: '7' }),
      recordKey(key, { id: '' }),
      recordKey(key, { id: '07' }),
      recordKey(key, { id: '7 ' }),
      recordKey(key, { id: asText }),
      recordKey(key, { source, row: 7 }),
      recordKey(key, { source, row: 8 }),
      recordKey(key, { source: bytes(24), row: 7 }),
      recordKey(bytes(32), { id: '7' }),
    ];
    expect(new Set(keys.map(toHex)).size).toBe(keys.length);
    expect(keys.every(({ length }) => length === 8)).toBe(true);
  });
});

describe('a record name', () => {
  const source = bytes(24);

  it('is the id where there is one, also an empty one, else source and row', () => {
    expect(recordName({ id: 'a', row: 7 }, source)).toEqual({ id: 'a' });
    expect(recordName({ id: '', row: 7 }, source)).toEqual({ id: '' });
    expect(recordName({ id: undefined, row: 7 }, source)).toEqual({ source, row: 7 });
  });
});
