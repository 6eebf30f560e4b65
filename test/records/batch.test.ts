// A batch on the wire, byte for byte against a writer that is not MIStore's; leaves, nonce and keys against node:crypto
// and noble's keccak; every input of the nonce changes it.
import { createHmac } from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { ArgumentError, EncodingError } from '../../src/errors.ts';
import {
  type BatchContents,
  batchCapacity,
  batchNonce,
  type Columns,
  decodeRecords,
  encodeRecords,
  leaf,
  leaves,
  MAX_RECORDS_BYTES,
  RecordKeys,
  recordBytes,
  recordKey,
} from '../../src/records/batch.ts';
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

describe('a record', () => {
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

describe('a batch', () => {
  const committee = { threshold: 3, seats: 5 };

  it('stays under 128 KiB of transaction, and holds at least one record at any committee', () => {
    fc.assert(
      fc.property(committees, (any) => {
        const capacity = batchCapacity(any);
        expect(capacity).toBeGreaterThan(0);
        expect(capacity * recordBytes(any)).toBeLessThanOrEqual(MAX_RECORDS_BYTES);
        expect((capacity + 1) * recordBytes(any)).toBeGreaterThan(MAX_RECORDS_BYTES);
      }),
    );
    // Selector, 5 head words, length word and padding, and 200 bytes of envelope.
    expect(MAX_RECORDS_BYTES + 4 + 32 * 7 + 200).toBeLessThan(128 * 1024);
    expect(batchCapacity(committee)).toBe(459);
  });

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

describe('the nonce', () => {
  const key = bytes(32);
  const deployment = { chainId: 1n, contract: bytes(20) };
  const contents: BatchContents = {
    ledgerId: 3n,
    threshold: 2,
    servers: [bytes(20), bytes(20), bytes(20)],
    index: 4,
    source: bytes(32),
    tags: bytes(40),
    keys: bytes(16),
    messages: bytes(64),
  };

  it('is HMAC-SHA256 over deployment, place, committee and contents, cut to 16 bytes', () => {
    const text = join(
      Buffer.from('MIStore/v1/nonce'),
      encode([deployment.chainId]),
      deployment.contract,
      encode([contents.ledgerId]),
      encode([4n], 8),
      Uint8Array.of(2, 3),
      ...contents.servers,
      contents.source,
      encode([2n], 8),
      contents.tags,
      contents.keys,
      contents.messages,
    );
    const expected = createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
    expect(toHex(batchNonce(key, deployment, contents))).toBe(`0x${expected}`);
  });

  it('changes with every input, and with every byte of it', () => {
    const flips = (value: Uint8Array) =>
      Array.from(value, (_, at) => value.map((byte, i) => (i === at ? byte ^ 1 : byte)));
    const nonces = [
      batchNonce(key, deployment, contents),
      ...flips(key).map((other) => batchNonce(other, deployment, contents)),
      batchNonce(key, { ...deployment, chainId: 2n }, contents),
      ...flips(deployment.contract).map((contract) => batchNonce(key, { ...deployment, contract }, contents)),
      batchNonce(key, deployment, { ...contents, ledgerId: 4n }),
      batchNonce(key, deployment, { ...contents, index: 5 }),
      batchNonce(key, deployment, { ...contents, threshold: 3 }),
      batchNonce(key, deployment, { ...contents, servers: contents.servers.slice(1) }),
      batchNonce(key, deployment, { ...contents, servers: contents.servers.toReversed() }),
      ...contents.servers.flatMap((server, s) =>
        flips(server).map((other) =>
          batchNonce(key, deployment, { ...contents, servers: contents.servers.with(s, other) }),
        ),
      ),
      ...(['source', 'tags', 'keys', 'messages'] as const).flatMap((name) =>
        flips(contents[name]).map((other) => batchNonce(key, deployment, { ...contents, [name]: other })),
      ),
      // Records swapped, and the last one gone.
      batchNonce(key, deployment, {
        ...contents,
        messages: join(contents.messages.slice(32), contents.messages.slice(0, 32)),
      }),
      batchNonce(key, deployment, {
        ...contents,
        tags: contents.tags.slice(20),
        keys: contents.keys.slice(8),
        messages: contents.messages.slice(32),
      }),
    ];
    expect(new Set(nonces.map(toHex)).size).toBe(nonces.length);
    expect(nonces.every(({ length }) => length === 16)).toBe(true);
  });

  it('binds the number of records: the same bytes cut into other fields give another nonce', () => {
    // One record of 20 + 8 + 32 bytes against contents whose concatenation is the same: the count tells them apart.
    const all = join(contents.tags.slice(0, 20), contents.keys.slice(0, 8), contents.messages.slice(0, 32));
    const one = { ...contents, tags: all.slice(0, 20), keys: all.slice(20, 28), messages: all.slice(28) };
    const other = { ...contents, tags: all.slice(0, 40), keys: all.slice(40, 56), messages: all.slice(56) };
    expect(batchNonce(key, deployment, other)).not.toEqual(batchNonce(key, deployment, one));
  });

  it('is the same again', () => {
    expect(batchNonce(key, deployment, contents)).toEqual(batchNonce(key, deployment, structuredClone(contents)));
  });
});

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
    const id = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('€'.repeat(3000), 'x', '\ud800'));
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
