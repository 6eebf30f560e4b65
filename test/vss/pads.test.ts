// Pads: AES-256-CTR under an HKDF key, against node:crypto's own HKDF; every input changes the whole stream.
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { PAD_BYTES } from '../../src/engine/sizes.ts';
import { ArgumentError } from '../../src/errors.ts';
import { pads } from '../../src/vss/pads.ts';
import { keystream } from './oracle.ts';

const channel = new Uint8Array(32).fill(3);
const position = { ledgerId: 7n, index: 2, nonce: new Uint8Array(16).fill(5) };

describe('pads', () => {
  it.each([
    [1n, 0, 1, 1],
    [7n, 2, 5, 3],
    [2n ** 256n - 1n, Number.MAX_SAFE_INTEGER, 255, 2],
    [0n, 2 ** 32, 128, 461],
  ])('of ledger %s, batch %i, seat %i, %i records are those of the protocol', (ledgerId, index, seat, count) => {
    const nonce = Uint8Array.from({ length: 16 }, (_, i) => 17 * i);
    expect(pads(channel, { ledgerId, index, nonce }, seat, count)).toEqual(
      keystream(channel, nonce, ledgerId, index, seat, count),
    );
  });

  it('of fewer records are the beginning of those of more', () => {
    expect(pads(channel, position, 1, 9).subarray(0, 4 * PAD_BYTES)).toEqual(pads(channel, position, 1, 4));
    expect(pads(channel, position, 1, 0)).toEqual(new Uint8Array(0));
  });

  it('share no block with those of another channel, ledger, batch, nonce or seat', () => {
    const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 0x80 : byte));
    const streams = [
      pads(channel, position, 1, 4),
      pads(flip(channel, 0), position, 1, 4),
      pads(flip(channel, 31), position, 1, 4),
      pads(channel, { ...position, ledgerId: 8n }, 1, 4),
      pads(channel, { ...position, ledgerId: 7n + 2n ** 128n }, 1, 4),
      pads(channel, { ...position, index: 3 }, 1, 4),
      pads(channel, { ...position, nonce: flip(position.nonce, 0) }, 1, 4),
      pads(channel, { ...position, nonce: flip(position.nonce, 15) }, 1, 4),
      pads(channel, position, 2, 4),
      pads(channel, position, 255, 4),
    ];
    const blocks = streams.flatMap((stream) =>
      Array.from({ length: stream.length / 16 }, (_, b) => toHex(stream.subarray(16 * b, 16 * b + 16))),
    );
    expect(new Set(blocks).size).toBe(blocks.length);
  });

  it.each([0, 256, -1, 1.5, Number.NaN])('refuse seat %d', (seat) => {
    expect(() => pads(channel, position, seat, 1)).toThrow(ArgumentError);
  });

  it.each([0, 15, 17, 32])('refuse a nonce of %i bytes', (length) => {
    expect(() => pads(channel, { ...position, nonce: new Uint8Array(length) }, 1, 1)).toThrow(
      `nonce is ${length} bytes; it must be 16 bytes`,
    );
  });

  it.each([-1, 2 ** 64])('refuse batch number %d', (index) => {
    expect(() => pads(channel, { ...position, index }, 1, 1)).toThrow(ArgumentError);
  });
});
