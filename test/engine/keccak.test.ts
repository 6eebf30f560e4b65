// Hashes and Merkle nodes of every engine against noble's keccak and OpenZeppelin's tree: every length around the blocks of
// 136 bytes, every number of messages, different messages side by side, any alignment, and vectors from elsewhere.
import { keccak_256 } from '@noble/hashes/sha3.js';
import { SimpleMerkleTree } from '@openzeppelin/merkle-tree';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/errors.ts';
import { engines } from './engines.ts';
import * as oracle from './oracle.ts';

const { hex, join } = oracle;
const random = oracle.randomSource(77);
const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
/** A view at this offset of a larger buffer that is full of something else. */
function viewAt(offset: number, bytes: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(bytes.length + offset + 9).fill(0xa5);
  buffer.set(bytes, offset);
  return buffer.subarray(offset, offset + bytes.length);
}
const expected = (messages: Uint8Array, length: number) =>
  join(
    ...Array.from({ length: messages.length / length }, (_, k) =>
      keccak_256(messages.subarray(length * k, length * (k + 1))),
    ),
  );

/** Known from outside: the Keccak team's and the Ethereum tests' vectors, and names that every Ethereum user knows. */
const VECTORS: [string, string][] = [
  ['abc', '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45'],
  ['testing', '5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02'],
  ['Transfer(address,address,uint256)', 'ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'],
  [
    'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)',
    '8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f',
  ],
];

describe.each(engines)('keccak-256 of the $name engine', (engine) => {
  test.each(VECTORS)('%s', (message, digest) => {
    expect(hex(engine.hashEach(ascii(message), message.length))).toBe(digest);
  });

  test('every length from 1 to 300, five different messages at once, and one alone', () => {
    for (let length = 1; length <= 300; length++) {
      const messages = viewAt(length % 9, random.bytes(5 * length));
      expect(hex(engine.hashEach(messages, length)), `${length} bytes`).toBe(hex(expected(messages, length)));
      const last = messages.subarray(4 * length);
      expect(hex(engine.hashEach(last, length)), `${length} bytes alone`).toBe(hex(keccak_256(last)));
    }
  });

  test.each([
    ['zero bits', 0x00],
    ['one bits', 0xff],
    ["the padding's first byte", 0x01],
    ["the padding's last byte", 0x80],
  ])('messages of nothing but %s, around the ends of blocks', (_, byte) => {
    for (const length of [1, 7, 8, 9, 127, 128, 134, 135, 136, 137, 143, 144, 271, 272, 273, 408]) {
      const message = new Uint8Array(length).fill(byte);
      expect(hex(engine.hashEach(join(message, message), length)), `${length}`).toBe(
        hex(keccak_256(message)).repeat(2),
      );
    }
  });

  test('any number of messages, each hash at its own place', () => {
    for (let count = 0; count <= 34; count++) {
      const messages = random.bytes(124 * count);
      expect(hex(engine.hashEach(messages, 124)), `${count}`).toBe(hex(expected(messages, 124)));
    }
  });

  test('a bit flipped in one message changes its hash only', () => {
    const messages = random.bytes(4 * 140);
    const before = engine.hashEach(messages, 140);
    for (const bit of [0, 7, 1087, 1088, 1119]) {
      for (let k = 0; k < 4; k++) {
        const flipped = messages.slice();
        flipped[140 * k + (bit >> 3)]! ^= 1 << (bit & 7);
        const after = engine.hashEach(flipped, 140);
        for (let other = 0; other < 4; other++) {
          const at = [32 * other, 32 * other + 32] as const;
          expect(hex(after.subarray(...at)) === hex(before.subarray(...at)), `${bit} ${k} ${other}`).toBe(other !== k);
        }
      }
    }
  });

  test('a long message, and more bytes than go to the module at once', () => {
    const long = random.bytes(110_003);
    expect(hex(engine.hashEach(long, long.length))).toBe(hex(keccak_256(long)));
    const length = 1000;
    const one = random.bytes(7 * length);
    const many = join(...Array.from({ length: 180 }, () => one)); // 1.26 MB
    const hashes = engine.hashEach(many, length);
    expect(hex(hashes)).toBe(hex(expected(one, length)).repeat(180));
  });

  test('a call leaves its argument and earlier results alone', () => {
    const messages = random.bytes(3 * 50);
    const before = messages.slice();
    const first = engine.hashEach(messages, 50);
    const kept = first.slice();
    const nodes = engine.merkleNodes(first);
    const keptNodes = nodes.slice();
    engine.merkleNodes(random.bytes(32 * 40));
    engine.hashEach(random.bytes(64), 64);
    expect([messages, first, nodes]).toEqual([before, kept, keptNodes]);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 20 + 1])('refuses messages of %d bytes', (length) => {
    expect(() => engine.hashEach(new Uint8Array(12), length)).toThrow(ArgumentError);
    expect(() => engine.hashEach(new Uint8Array(12), length)).toThrow('length is');
  });

  test('refuses part of a message', () => {
    expect(() => engine.hashEach(new Uint8Array(100), 33)).toThrow(
      'messages is 100 bytes; it must be a multiple of 33',
    );
    expect(() => engine.hashEach('abc' as never, 3)).toThrow(ArgumentError);
  });
});

/** What OpenZeppelin's own tree, with its own keccak, holds in this order. */
function openZeppelin(leaves: Uint8Array): string {
  const list = Array.from({ length: leaves.length / 32 }, (_, k) => leaves.slice(32 * k, 32 * k + 32));
  const { tree } = SimpleMerkleTree.of(list, { sortLeaves: false }).dump();
  return tree.map((node) => node.slice(2)).join('');
}

describe.each(engines)('Merkle nodes of the $name engine', (engine) => {
  test('every number of leaves from 1 to 40, and a full batch', () => {
    for (const count of [...Array.from({ length: 40 }, (_, k) => k + 1), 459]) {
      const leaves = viewAt(count % 9, random.bytes(32 * count));
      expect(hex(engine.merkleNodes(leaves)), `${count} leaves`).toBe(openZeppelin(leaves));
    }
  });

  test('leaves that differ in one byte only, or not at all: the order of a pair is that of big-endian numbers', () => {
    const leaf = fc
      .tuple(fc.integer({ min: 0, max: 31 }), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))
      .map(([at, byte]) => {
        const bytes = new Uint8Array(32).fill(0x80);
        bytes[at] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 2, maxLength: 9 }), (leaves) => {
        expect(hex(engine.merkleNodes(join(...leaves)))).toBe(openZeppelin(join(...leaves)));
      }),
      { numRuns: 60 },
    );
  });

  test('refuses no leaves, and part of one', () => {
    expect(() => engine.merkleNodes(new Uint8Array(0))).toThrow('leaves is 0 bytes; it must be at least one leaf');
    expect(() => engine.merkleNodes(new Uint8Array(33))).toThrow('leaves is 33 bytes; it must be a multiple of 32');
    expect(() => engine.merkleNodes([] as never)).toThrow(ArgumentError);
  });
});
