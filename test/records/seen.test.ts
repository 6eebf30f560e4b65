// The table of records seen, against a Map: any sequence of new, repeated and changed records, through several growths,
// and keys that all begin in the same slot; and where each came first.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../src/errors.ts';
import { type Place, SeenRecords, type Sighting } from '../../src/records/seen.ts';
import { encode, hex, join, randomSource } from '../engine/oracle.ts';

/** What the table must say, by plain means. */
class Plain {
  readonly #known = new Map<string, { content: string; first: Place }>();

  add(key: Uint8Array, tag: Uint8Array, message: Uint8Array, place: Place): Sighting {
    const content = hex(join(tag, message));
    const known = this.#known.get(hex(key));
    if (known === undefined) this.#known.set(hex(key), { content, first: place });
    if (known === undefined) return { kind: 'new' };
    return { kind: known.content === content ? 'same' : 'different', first: known.first };
  }
}

const HERE: Place = { line: 7 };
const same = (first: Place): Sighting => ({ kind: 'same', first });
const different = (first: Place): Sighting => ({ kind: 'different', first });

describe('records seen', () => {
  it('are told as a Map tells them', () => {
    // Few keys and contents, so that all three answers come often; keys of 0 and of all ones too.
    const key = fc.oneof(
      fc.bigInt({ min: 0n, max: 12n }),
      fc.constantFrom(2n ** 64n - 1n, 2n ** 32n, 2n ** 10n, 2n ** 63n),
    );
    const number = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(2 ** 31 - 1, 2 ** 30));
    const place: fc.Arbitrary<Place> = fc.oneof(fc.record({ line: number }), fc.record({ recordId: number }));
    const record = fc.tuple(key, fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }), place);
    fc.assert(
      fc.property(fc.array(record, { maxLength: 60 }), (records) => {
        const [seen, plain] = [new SeenRecords(), new Plain()];
        for (const [k, tag, message, place] of records) {
          const given = [encode([k], 8), new Uint8Array(20).fill(tag), new Uint8Array(32).fill(message)] as const;
          expect(seen.add(...given, place)).toEqual(plain.add(...given, place));
        }
        expect(seen.size).toBe(new Set(records.map(([k]) => k)).size);
      }),
    );
  });

  it.each([0, 1, 700, 769, 4999, 5000, 6000])('survive every growth of a table with room for %i', (room) => {
    const { bytes } = randomSource(3);
    const records = Array.from({ length: 5000 }, () => [bytes(8), bytes(20), bytes(32)] as const);
    const places = records.map((_, i): Place => (i % 3 === 0 ? { recordId: i } : { line: i }));
    const seen = new SeenRecords(room);
    for (const [i, record] of records.entries()) expect(seen.add(...record, places[i]!).kind).toBe('new');
    expect(seen.size).toBe(5000);
    for (const [i, [key, tag, message]] of records.entries()) {
      expect(seen.add(key, tag, message, HERE)).toEqual(same(places[i]!));
      expect(
        seen.add(
          key,
          tag,
          message.map((byte, k) => (k === 31 ? byte ^ 1 : byte)),
          HERE,
        ),
      ).toEqual(different(places[i]!));
      expect(
        seen.add(
          key,
          tag.map((byte, k) => (k === 0 ? byte ^ 1 : byte)),
          message,
          HERE,
        ),
      ).toEqual(different(places[i]!));
    }
    expect(seen.size).toBe(5000);
  });

  it('take 20 bytes each and as much again for room, a million of them', () => {
    const before = process.memoryUsage().arrayBuffers;
    const seen = new SeenRecords();
    const [key, tag, message] = [new Uint8Array(8), new Uint8Array(20), new Uint8Array(32)];
    const number = new DataView(key.buffer);
    const keyed = (i: number) => {
      number.setUint32(0, Math.imul(i, 0x9e3779b1));
      number.setUint32(4, Math.imul(i, 0x85ebca6b));
      return key;
    };
    let fresh = 0;
    for (let i = 0; i < 1_000_000; i++) if (seen.add(keyed(i), tag, message, HERE).kind === 'new') fresh++;
    expect([fresh, seen.size]).toEqual([1_000_000, 1_000_000]);
    // 2^21 slots, and up to as much again of the smaller tables before, if nothing has been collected yet.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * 20 * 2 ** 21 + 1e6);
    for (let i = 0; i < 1_000_000; i += 997) expect(seen.add(keyed(i), tag, message, HERE)).toEqual(same(HERE));
  });

  it.each([
    ['key', 8],
    ['tag', 20],
    ['message', 32],
  ] as const)('with a %s of another length than %i bytes are refused', (name, length) => {
    const record = { key: new Uint8Array(8), tag: new Uint8Array(20), message: new Uint8Array(32) };
    for (const wrong of [0, length - 1, length + 1]) {
      const { key, tag, message } = { ...record, ...Object.fromEntries([[name, new Uint8Array(wrong)]]) };
      expect(() => new SeenRecords().add(key, tag, message, HERE)).toThrow(
        new ArgumentError(name, new Uint8Array(wrong), `${length} bytes`),
      );
    }
  });

  it.each([{ line: 2 ** 31 }, { line: -1 }, { recordId: 2 ** 31 }, { recordId: 1.5 }])(
    'from %j are refused',
    (place) => {
      const [key, tag, message] = [new Uint8Array(8), new Uint8Array(20), new Uint8Array(32)];
      expect(() => new SeenRecords().add(key, tag, message, place)).toThrow(ArgumentError);
    },
  );

  it('are found although all keys begin in the last slot', () => {
    const seen = new SeenRecords();
    const [tag, message] = [new Uint8Array(20), new Uint8Array(32)];
    // Low 32 bits all ones: the last slot of a table of any size up to 2^32, so probing wraps around.
    const keys = Array.from({ length: 600 }, (_, i) => encode([(BigInt(i) << 32n) | 0xffffffffn], 8));
    expect(keys.map((key, line) => seen.add(key, tag, message, { line }).kind)).toEqual(keys.map(() => 'new'));
    expect(keys.map((key) => seen.add(key, tag, message, HERE))).toEqual(keys.map((_, line) => same({ line })));
  });

  it('are read at the offset of a view', () => {
    const seen = new SeenRecords();
    const { bytes } = randomSource(9);
    const [keys, tags, messages] = [bytes(24), bytes(60), bytes(96)];
    const at = (k: number) =>
      [
        keys.subarray(8 * k, 8 * k + 8),
        tags.subarray(20 * k, 20 * k + 20),
        messages.subarray(32 * k, 32 * k + 32),
      ] as const;
    expect([0, 1, 2].map((k) => seen.add(...at(k), HERE).kind)).toEqual(['new', 'new', 'new']);
    expect([2, 1, 0].map((k) => seen.add(...at(k), HERE).kind)).toEqual(['same', 'same', 'same']);
  });
});
