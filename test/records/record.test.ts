// A record's bytes against a writer that is not MIStore's: on the wire and as the preimage of its leaf; its key against
// node:crypto's HMAC; the order in which records stand in a batch.
import { createHmac } from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { ArgumentError, EncodingError } from '../../src/errors.ts';
import {
  type Columns,
  decodeRecords,
  encodeRecords,
  headsOf,
  inOrder,
  leafOf,
  leafPreimageBytes,
  leafPreimages,
  orderByTag,
  RecordKeys,
  recordAt,
  recordBytes,
  recordCount,
  recordName,
} from '../../src/records/record.ts';
import { encode, join, randomSource } from '../engine/oracle.ts';

const { bytes } = randomSource(11);
const NAMES = ['tags', 'keys', 'commitments', 'corrections'] as const;
const SIZES = (threshold: number) => ({ tags: 20, keys: 8, commitments: 32 * threshold, corrections: 32 });

/** Columns of random bytes: nothing here cares whether they are points. */
function columns(threshold: number, count: number): Columns {
  const sizes = SIZES(threshold);
  return {
    count,
    tags: bytes(sizes.tags * count),
    keys: bytes(sizes.keys * count),
    commitments: bytes(sizes.commitments * count),
    corrections: bytes(sizes.corrections * count),
  };
}

/** Record k of the columns, written field after field. */
const wire = (threshold: number, given: Columns, k: number): Uint8Array =>
  join(...NAMES.map((name) => given[name].slice(SIZES(threshold)[name] * k, SIZES(threshold)[name] * (k + 1))));

describe('a record on the wire', () => {
  it.each([
    // The sizes that docs/protocol.md, "Batch", states: 28 + 32 (t + 1).
    [1, 92],
    [2, 124],
    [3, 156],
    [7, 284],
    [255, 8220],
  ])('at threshold %i takes %i bytes, whatever the number of seats', (threshold, size) => {
    expect(recordBytes(threshold)).toBe(size);
  });

  it('is tag ‖ key ‖ commitments ‖ correction, for any threshold and count', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 1, max: 5 }), (threshold, count) => {
        const given = columns(threshold, count);
        const expected = join(...Array.from({ length: count }, (_, k) => wire(threshold, given, k)));
        const records = encodeRecords(threshold, given);
        expect(toHex(records)).toBe(toHex(expected));
        const decoded = decodeRecords(threshold, records);
        for (const name of NAMES) expect(toHex(decoded[name]), name).toBe(toHex(given[name]));
        expect(decoded.count).toBe(count);
        for (let k = 0; k < count; k++) {
          const { tag, key, commitments, correction } = recordAt(threshold, records, k);
          expect(toHex(join(tag, key, commitments, correction))).toBe(toHex(wire(threshold, given, k)));
          expect([tag.length, key.length, correction.length]).toEqual([20, 8, 32]);
        }
        expect(headsOf(threshold, records).map(toHex)).toEqual([toHex(given.tags), toHex(given.keys)]);
      }),
      { numRuns: 40 },
    );
  });

  it('is read in place only where there is one', () => {
    const records = encodeRecords(2, columns(2, 3));
    for (const k of [-1, 3, 0.5, Number.NaN]) expect(() => recordAt(2, records, k), String(k)).toThrow(ArgumentError);
    for (const odd of [new Uint8Array(0), records.subarray(1)]) {
      expect(() => headsOf(2, odd)).toThrow(EncodingError);
      expect(() => recordCount(2, odd)).toThrow(EncodingError);
    }
  });

  it('has each byte in one place: a changed byte of the wire changes one column', () => {
    const records = encodeRecords(2, columns(2, 2));
    const before = decodeRecords(2, records);
    const changed = Array.from(records, (_, at) => {
      const after = decodeRecords(
        2,
        records.map((byte, i) => (i === at ? byte ^ 1 : byte)),
      );
      return NAMES.filter((name) => toHex(after[name]) !== toHex(before[name])).join();
    });
    const record = NAMES.flatMap((name) => Array<string>(SIZES(2)[name]).fill(name));
    expect(changed).toEqual([...record, ...record]);
  });

  it.each([0, 1, 155, 157, 311])('of %i bytes is refused', (length) => {
    const message = `is ${length} bytes; it must be a positive multiple of 156`;
    expect(() => decodeRecords(3, new Uint8Array(length))).toThrow(new EncodingError('batch', message));
  });

  it.each(NAMES)('with %s of another length is refused by name', (name) => {
    const given = columns(3, 3);
    const short = { ...given, [name]: given[name].slice(1) };
    expect(() => encodeRecords(3, short)).toThrow(new RegExp(`^${name} is \\d+ bytes`));
  });
});

describe('leaf preimages', () => {
  it('are uint64 recordId ‖ tag ‖ key ‖ commitments, without the correction', () => {
    const given = columns(3, 4);
    const records = encodeRecords(3, given);
    const first = 2 ** 40;
    const preimages = leafPreimages(3, records, first);
    const size = leafPreimageBytes(3);
    expect(size).toBe(8 + 20 + 8 + 96);
    for (let k = 0; k < 4; k++) {
      const expected = join(encode([BigInt(first + k)], 8), wire(3, given, k).slice(0, -32));
      expect(toHex(preimages.subarray(size * k, size * (k + 1)))).toBe(toHex(expected));
      const part = (name: (typeof NAMES)[number]) => given[name].slice(SIZES(3)[name] * k, SIZES(3)[name] * (k + 1));
      const leaf = leafOf(first + k, part('tags'), part('keys'), part('commitments'));
      expect(toHex(leaf)).toBe(toHex(keccak_256(expected)));
    }
  });

  it('need record ids that are numbers', () => {
    const records = encodeRecords(1, columns(1, 2));
    for (const first of [-1, 0.5, Number.MAX_SAFE_INTEGER]) {
      expect(() => leafPreimages(1, records, first)).toThrow(ArgumentError);
    }
  });
});

test('records are ordered by tag as unsigned bytes, and every column follows', () => {
  const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  // Beginnings that agree, as tags hardly ever do: the bytes after them decide.
  const beginning = fc.constantFrom([0, 0, 0, 0, 0, 0], [255, 255, 255, 255, 255, 255], [127, 1, 2, 3, 4, 5]);
  const alike = fc.tuple(beginning, bytesOf(14)).map(([first, rest]) => Uint8Array.of(...first, ...rest));
  fc.assert(
    fc.property(fc.array(fc.oneof(bytesOf(20), alike), { maxLength: 40 }), (tags) => {
      const order = orderByTag(join(...tags));
      const sorted = [...order].map((row) => toHex(tags[row]!));
      expect(sorted).toEqual([...sorted].sort());
      expect([...order].sort((a, b) => a - b)).toEqual(tags.map((_, k) => k));
      expect(toHex(inOrder(join(...tags), 20, order))).toBe(toHex(join(...[...order].map((row) => tags[row]!))));
    }),
  );
});

describe('a record key', () => {
  const key = bytes(32);
  const ledgerId = bytes(32);
  const hmac = (...text: Uint8Array[]) =>
    `0x${createHmac('sha256', key)
      .update(join(...text))
      .digest('hex')
      .slice(0, 16)}`;

  it('is that of any text and row, whatever the keys made before with the same object', () => {
    const id = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom('€'.repeat(3000), 'x', ''));
    const name = fc.oneof(
      fc.record({ id }),
      fc.record({
        source: fc.uint8Array({ minLength: 24, maxLength: 24 }),
        row: fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 32, Number.MAX_SAFE_INTEGER)),
      }),
      fc.record({ carries: fc.oneof(fc.nat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER)) }),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), (names) => {
        const keys = new RecordKeys(key, ledgerId);
        for (const record of names) {
          const named = (label: string, ...parts: Uint8Array[]) =>
            hmac(Buffer.from(`MIStore/v2/key/${label}`), ledgerId, ...parts);
          const expected =
            'id' in record
              ? named('id', new TextEncoder().encode(record.id))
              : 'carries' in record
                ? named('carry', encode([BigInt(record.carries)], 8))
                : named('row', record.source, encode([BigInt(record.row)], 8));
          expect(toHex(keys.key(record))).toBe(expected);
        }
      }),
    );
  });

  it('differs between ids, rows, sources, ledgers and hospitals', () => {
    const source = bytes(24);
    const keys = [
      new RecordKeys(key, ledgerId).key({ id: '7' }),
      new RecordKeys(key, ledgerId).key({ id: '07' }),
      new RecordKeys(key, ledgerId).key({ source, row: 7 }),
      new RecordKeys(key, ledgerId).key({ source, row: 8 }),
      new RecordKeys(key, ledgerId).key({ source: bytes(24), row: 7 }),
      new RecordKeys(key, bytes(32)).key({ id: '7' }),
      new RecordKeys(bytes(32), ledgerId).key({ id: '7' }),
      new RecordKeys(key, ledgerId).key({ carries: 7 }),
      new RecordKeys(key, bytes(32)).key({ carries: 7 }),
    ];
    expect(new Set(keys.map(toHex)).size).toBe(keys.length);
    expect(keys.every(({ length }) => length === 8)).toBe(true);
  });

  it('is refused for an id with half a character, which is not shown; for keys of other lengths, and rows that are none', () => {
    for (const id of ['\ud800', 'a\udfff']) {
      expect(() => new RecordKeys(key, ledgerId).key({ id })).toThrow(/half of a surrogate pair/);
    }
    expect(() => new RecordKeys(new Uint8Array(31), ledgerId)).toThrow('key is "(not shown)"; it must be 32 bytes');
    expect(() => new RecordKeys(key, new Uint8Array(8))).toThrow(/ledger id is 8 bytes/);
    for (const row of [-1, 0.5, 2 ** 53]) {
      expect(() => new RecordKeys(key, ledgerId).key({ source: new Uint8Array(24), row })).toThrow(ArgumentError);
      expect(() => new RecordKeys(key, ledgerId).key({ carries: row })).toThrow(ArgumentError);
    }
  });

  it('names the id where there is one, also an empty one, else source and row', () => {
    const source = bytes(24);
    expect(recordName({ id: 'a', row: 7 }, source)).toEqual({ id: 'a' });
    expect(recordName({ id: '', row: 7 }, source)).toEqual({ id: '' });
    expect(recordName({ id: undefined, row: 7 }, source)).toEqual({ source, row: 7 });
  });
});
