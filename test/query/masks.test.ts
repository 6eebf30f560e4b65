// Masks: HKDF of node:crypto read mod r, commitments of noble; another query, ledger, seat, channel or sums give another mask.
import { hkdfSync } from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { createEngine } from '../../src/engine/load.ts';
import { ArgumentError } from '../../src/errors.ts';
import { mask, maskCommitment } from '../../src/query/masks.ts';
import { commitment, decode, encode, modR, points, r, randomSource } from '../engine/oracle.ts';

const { bytes } = randomSource(41);
const channel = bytes(32);
const queryId = bytes(32);
const sums = bytes(64 * 3);
const use = { queryId, ledgerId: 1n, sums };

describe('a mask', () => {
  it.each([
    [1n, 1],
    [3n, 5],
    [2n ** 256n - 1n, 255],
  ])('in ledger %s for seat %i is 2 × 48 bytes of HKDF mod r', (ledgerId, seat) => {
    const info = Buffer.concat([
      Buffer.from('MIStore/v1/mask'),
      encode([ledgerId]),
      Uint8Array.of(seat),
      keccak_256(sums),
    ]);
    const wide = decode(new Uint8Array(hkdfSync('sha256', channel, queryId, info, 96)), 48);
    const { value, blinding } = mask(channel, { queryId, ledgerId, sums }, seat);
    expect(decode(value)).toEqual([modR(wide[0]!)]);
    expect(decode(blinding)).toEqual([modR(wide[1]!)]);
  });

  it('differs for every channel, query, ledger, seat and sums asked for, each byte of them', () => {
    const flips = (value: Uint8Array) =>
      Array.from(value, (_, at) => value.map((byte, i) => (i === at ? byte ^ 1 : byte)));
    const masks = [
      mask(channel, use, 1),
      ...flips(channel).map((other) => mask(other, use, 1)),
      ...flips(queryId).map((other) => mask(channel, { ...use, queryId: other }, 1)),
      ...flips(sums).map((other) => mask(channel, { ...use, sums: other }, 1)),
      mask(channel, { ...use, sums: sums.subarray(64) }, 1),
      mask(channel, { ...use, ledgerId: 2n }, 1),
      mask(channel, { ...use, ledgerId: 1n + 2n ** 255n }, 1),
      ...Array.from({ length: 254 }, (_, s) => mask(channel, use, s + 2)),
    ].flatMap(({ value, blinding }) => [toHex(value), toHex(blinding)]);
    expect(new Set(masks).size).toBe(masks.length);
    expect(masks.every((value) => BigInt(value) < r)).toBe(true);
  });

  it('has the commitment z·G + z′·H, 64 bytes', async () => {
    const engine = await createEngine();
    for (const seat of [1, 2, 200]) {
      const mine = mask(channel, { ...use, ledgerId: 9n }, seat);
      const [z, blinding] = [decode(mine.value)[0]!, decode(mine.blinding)[0]!];
      expect(maskCommitment(engine, mine)).toEqual(points([commitment(z, blinding)]));
    }
  });

  it.each([0, 31, 33])('refuses a query id of %i bytes', (length) => {
    const wrong = new Uint8Array(length);
    expect(() => mask(channel, { ...use, queryId: wrong }, 1)).toThrow(
      new ArgumentError('query id', wrong, '32 bytes'),
    );
  });

  it.each([0, 63, 65])('refuses sums of %i bytes', (length) => {
    const wrong = new Uint8Array(length);
    expect(() => mask(channel, { ...use, sums: wrong }, 1)).toThrow(
      new ArgumentError('sums', wrong, 'points of 64 bytes'),
    );
  });

  it.each([-1, 256, 1.5])('refuses seat %d', (seat) => {
    expect(() => mask(channel, use, seat)).toThrow();
  });
});
