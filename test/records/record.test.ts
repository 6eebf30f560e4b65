// A record's bytes against a writer that is not MIStore's: on the wire, queried, and as a leaf, whose hash is noble's.
import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { ArgumentError, EncodingError } from '../../src/errors.ts';
import {
  type Columns,
  decodeRecords,
  encodeQueriedRecords,
  encodeRecords,
  leaf,
  leaves,
  queriedRecordBytes,
  recordBytes,
} from '../../src/records/record.ts';
import type { Committee } from '../../src/vss/dealing.ts';
import { engines } from '../engine/engines.ts';
import { encode, join, randomSource } from '../engine/oracle.ts';

const [engine] = engines as [Engine];
const { bytes } = randomSource(11);
const NAMES = ['tags', 'keys', 'commitments', 'corrections'] as const;

/** Columns of random bytes: nothing here cares whether they are points. */
function columns({ threshold, seats }: Committee, count: number): Columns {
  return {
    count,
    tags: bytes(20 * count),
    keys: bytes(8 * count),
    commitments: bytes(32 * threshold * count),
    corrections: bytes(32 * (2 * seats - 2 * threshold + 1) * count),
  };
}

/** Record k of the columns, written field after field. */
function wire(
  { threshold, seats }: Committee,
  { tags, keys, commitments, corrections }: Columns,
  k: number,
): Uint8Array {
  const row = (column: Uint8Array, size: number) => column.slice(size * k, size * (k + 1));
  return join(
    row(tags, 20),
    row(keys, 8),
    row(commitments, 32 * threshold),
    row(corrections, 32 * (2 * seats - 2 * threshold + 1)),
  );
}

const committees = fc
  .tuple(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 1, max: 255 }))
  .map(([a, b]): Committee => ({ threshold: Math.min(a, b), seats: Math.max(a, b) }));

describe('a record on the wire', () => {
  it.each([
    // The sizes that docs/protocol.md, "Batch", states.
    [1, 1, 92],
    [2, 3, 188],
    [3, 5, 284],
    [4, 7, 380],
    [5, 9, 476],
    [255, 255, 8220],
    [1, 255, 16_348],
  ])('at (%i, %i) takes %i bytes', (threshold, seats, size) => {
    expect(recordBytes({ threshold, seats })).toBe(size);
  });

  it('is tag ‖ key ‖ commitments ‖ corrections, for any committee and count', () => {
    fc.assert(
      fc.property(committees, fc.integer({ min: 1, max: 5 }), (committee, count) => {
        const given = columns(committee, count);
        const expected = join(...Array.from({ length: count }, (_, k) => wire(committee, given, k)));
        const records = encodeRecords(committee, given);
        expect(toHex(records)).toBe(toHex(expected));
        expect(records.length).toBe(count * recordBytes(committee));
        const decoded = decodeRecords(committee, records);
        for (const name of NAMES) expect(toHex(decoded[name]), name).toBe(toHex(given[name]));
        expect(decoded.count).toBe(count);
      }),
      { numRuns: 40 },
    );
  });

  it('has each byte in one place: a changed byte of the wire changes one column', () => {
    const committee = { threshold: 2, seats: 3 };
    const records = encodeRecords(committee, columns(committee, 2));
    const before = decodeRecords(committee, records);
    const changed = Array.from(records, (_, at) => {
      const after = decodeRecords(
        committee,
        records.map((byte, i) => (i === at ? byte ^ 1 : byte)),
      );
      return NAMES.filter((name) => toHex(after[name]) !== toHex(before[name])).join();
    });
    const record = [
      ...Array(20).fill('tags'),
      ...Array(8).fill('keys'),
      ...Array(64).fill('commitments'),
      ...Array(96).fill('corrections'),
    ];
    expect(changed).toEqual([...record, ...record]);
  });
});

describe('records on the wire', () => {
  const committee = { threshold: 3, seats: 5 };

  it.each([0, 1, 283, 285, 567])('of %i bytes is refused', (length) => {
    const message = `batch: is ${length} bytes; it must be a positive multiple of 284`;
    expect(() => decodeRecords(committee, new Uint8Array(length))).toThrow(
      new EncodingError('batch', message.slice(7)),
    );
  });

  it.each(['tags', 'keys', 'commitments', 'corrections'] as const)(
    'with %s of another length is refused by name',
    (name) => {
      const given = columns(committee, 3);
      for (const wrong of [given[name].slice(1), join(given[name], Uint8Array.of(0)), new Uint8Array(0)]) {
        expect(() => encodeRecords(committee, { ...given, [name]: wrong })).toThrow(
          new ArgumentError(name, wrong, `${given[name].length} bytes`),
        );
      }
    },
  );
});

describe('a queried record', () => {
  it('is uint64 id ‖ key ‖ uncompressed commitments, for any threshold and count', () => {
    const ids = [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER];
    fc.assert(
      fc.property(committees, fc.subarray(ids), (committee, given) => {
        const size = 64 * committee.threshold;
        const records = given.map((recordId) => ({ recordId, key: bytes(8) }));
        const points = bytes(size * given.length);
        const expected = records.map(({ recordId, key }, k) =>
          join(encode([BigInt(recordId)], 8), key, points.slice(size * k, size * (k + 1))),
        );
        const queried = encodeQueriedRecords(committee, records, points);
        expect(toHex(queried)).toBe(toHex(join(...expected)));
        expect(queried.length).toBe(given.length * queriedRecordBytes(committee));
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    // 16 + 64 t.
    [1, 80],
    [2, 144],
    [3, 208],
    [255, 16_336],
  ])('at threshold %i takes %i bytes', (threshold, size) => {
    expect(queriedRecordBytes({ threshold, seats: 255 })).toBe(size);
  });

  it.each([0, 127, 129, 256])('is refused with %i bytes of points for two commitments', (length) => {
    const record = { recordId: 1, key: bytes(8) };
    const points = new Uint8Array(length);
    expect(() => encodeQueriedRecords({ threshold: 2, seats: 3 }, [record], points)).toThrow(
      new ArgumentError('points', points, '128 bytes'),
    );
  });
});

describe('leaves', () => {
  it('are keccak256(uint64 recordId ‖ tag ‖ key ‖ commitments), corrections left out', () => {
    fc.assert(
      fc.property(
        committees,
        fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER - 3),
        (committee, first) => {
          const given = columns(committee, 3);
          const { threshold } = committee;
          const found = leaves(engine, committee, encodeRecords(committee, given), first);
          const expected = [0, 1, 2].map((k) =>
            keccak_256(join(encode([BigInt(first + k)], 8), wire(committee, given, k).slice(0, 28 + 32 * threshold))),
          );
          expect(toHex(found)).toBe(toHex(join(...expected)));
          const points = Array.from({ length: threshold }, (_, j) => given.commitments.slice(32 * j, 32 * j + 32));
          expect(leaf(first, given.tags.slice(0, 20), given.keys.slice(0, 8), points)).toEqual(found.slice(0, 32));
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each([-1, 2 ** 64])('refuse record id %d', (recordId) => {
    expect(() => leaf(recordId, bytes(20), bytes(8), [bytes(32)])).toThrow(ArgumentError);
  });

  it.each([-1, 0.5, Number.MAX_SAFE_INTEGER])('refuse a first record id of %d', (first) => {
    const committee = { threshold: 2, seats: 3 };
    const records = encodeRecords(committee, columns(committee, 1));
    expect(() => leaves(engine, committee, records, first)).toThrow(ArgumentError);
  });
});
