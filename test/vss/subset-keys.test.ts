// Keys of subsets: derivation against node:crypto's HKDF; packets that open for their seat alone and in no other place;
// and every way in which a hospital can give seats unequal keys is seen by the seat that it concerns.
import { createHash, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { concat, toHex, uint256 } from '../../src/bytes.ts';
import { heldBy, subsetsOf } from '../../src/sharing/committee.ts';
import {
  checkKeys,
  digestOfKeys,
  keyList,
  keysOf,
  openKeys,
  PART_KEYS,
  partsOf,
  sealKeys,
  subsetKeys,
} from '../../src/vss/subset-keys.ts';
import { randomSource } from '../engine/oracle.ts';

const { bytes } = randomSource(7);
const dealingKey = bytes(32);
const place = { chainId: 31337n, contract: bytes(20), committeeHash: bytes(32) };
const committee = { threshold: 3, seats: 5 };
const keys = subsetKeys(dealingKey, place, committee);
const list = keyList(keys);
const digest = digestOfKeys(list);
const channel = bytes(32);
const flip = (value: Uint8Array, at: number) => value.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe('keys', () => {
  it('are HKDF(dealing key; "subset", chainId ‖ contract ‖ committee hash ‖ A)', () => {
    subsetsOf(committee).forEach((subset, q) => {
      const info = Buffer.concat([
        Buffer.from('MIStore/v2/subset'),
        uint256(place.chainId),
        place.contract,
        place.committeeHash,
        Uint8Array.from(subset),
      ]);
      const expected = new Uint8Array(hkdfSync('sha256', dealingKey, new Uint8Array(0), info, 32));
      expect(toHex(keys.subarray(32 * q, 32 * q + 32))).toBe(toHex(expected));
    });
  });

  it('differ with every byte of the place and of the dealing key', () => {
    const others = [
      subsetKeys(flip(dealingKey, 31), place, committee),
      subsetKeys(dealingKey, { ...place, chainId: 1n }, committee),
      subsetKeys(dealingKey, { ...place, contract: flip(place.contract, 0) }, committee),
      subsetKeys(dealingKey, { ...place, committeeHash: flip(place.committeeHash, 31) }, committee),
    ];
    const all = [keys, ...others].flatMap((set) => partsOfKeys(set));
    expect(new Set(all).size).toBe(5 * 10);
  });

  it('have a public list of SHA-256 and a digest of it', () => {
    const expected = partsOfKeys(keys).map((key) =>
      createHash('sha256')
        .update(Buffer.from(key.slice(2), 'hex'))
        .digest(),
    );
    expect(Buffer.from(list)).toEqual(Buffer.concat(expected));
    expect(Buffer.from(digest)).toEqual(createHash('sha256').update(list).digest());
  });
});

const partsOfKeys = (set: Uint8Array) =>
  Array.from({ length: set.length / 32 }, (_, q) => toHex(set.subarray(32 * q, 32 * q + 32)));

describe('a packet', () => {
  it.each([1, 2, 3, 4, 5])('of seat %i holds its keys, which fit list and digest', (seat) => {
    const own = keysOf(committee, seat, keys);
    expect(own.length).toBe(32 * 6);
    const opened = openKeys(channel, place, committee, seat, sealKeys(channel, place, seat, own));
    expect(opened).toEqual(own);
    expect(() => checkKeys(committee, seat, opened, list, digest)).not.toThrow();
  });

  it('opens with no other channel, seat or committee hash, and with no bit changed', () => {
    const sealed = sealKeys(channel, place, 2, keysOf(committee, 2, keys));
    const open = (overrides: { channel?: Uint8Array; seat?: number; hash?: Uint8Array; packet?: Uint8Array[] }) => () =>
      openKeys(
        overrides.channel ?? channel,
        { ...place, committeeHash: overrides.hash ?? place.committeeHash },
        committee,
        overrides.seat ?? 2,
        overrides.packet ?? sealed,
      );
    expect(open({})).not.toThrow();
    expect(open({ channel: flip(channel, 3) })).toThrow(/part 0 does not open/);
    expect(open({ seat: 3 })).toThrow(/part 0 does not open/);
    expect(open({ hash: flip(place.committeeHash, 9) })).toThrow(/part 0 does not open/);
    for (let at = 0; at < sealed[0]!.length; at += 7) expect(open({ packet: [flip(sealed[0]!, at)] })).toThrow(/open/);
    expect(open({ packet: [sealed[0]!.subarray(1)] })).toThrow(/open/);
    expect(open({ packet: [new Uint8Array(5)] })).toThrow(/open/);
    expect(open({ packet: [] })).toThrow(/holds 0 bytes; seat 2 has 6 keys/);
  });

  it('has a keystream that no other seat, epoch or part has: what is known of one opens nothing of another', () => {
    const plain = bytes(32 * 4);
    const keystream = (seat: number, committeeHash: Uint8Array) =>
      sealKeys(channel, { ...place, committeeHash }, seat, plain)[0]!
        .subarray(0, plain.length)
        .map((byte, i) => byte ^ plain[i]!);
    const hashes = [place.committeeHash, flip(place.committeeHash, 0), flip(place.committeeHash, 31)];
    const streams: Uint8Array[] = hashes.flatMap((hash) => [1, 2, 255].map((seat) => keystream(seat, hash)));
    const zeros = sealKeys(channel, place, 1, new Uint8Array(32 * 3 * PART_KEYS));
    streams.push(...zeros.slice(1).map((part) => part.subarray(0, plain.length)));
    const blocks = streams.flatMap((stream) =>
      Array.from({ length: 8 }, (_, k) => toHex(stream.subarray(16 * k, 16 * k + 16))),
    );
    expect(new Set(blocks).size).toBe(8 * 11);
    expect(toHex(zeros[0]!.subarray(0, plain.length))).toBe(toHex(streams[0]!));
  });

  it('of a large committee comes in parts of one size, which stand in their order', () => {
    const large = { threshold: 7, seats: 15 };
    const many = bytes(32 * heldBy(large, 1).length);
    const sealed = sealKeys(channel, place, 1, many);
    expect(sealed.map(({ length }) => length)).toEqual([32 * PART_KEYS + 16, 32 * (3003 - PART_KEYS) + 16]);
    expect(openKeys(channel, place, large, 1, sealed)).toEqual(many);
    expect(() => openKeys(channel, place, large, 1, sealed.toReversed())).toThrow(/part 0 does not open/);
    expect(() => openKeys(channel, place, large, 1, sealed.slice(0, 1))).toThrow(/seat 1 has 3003 keys/);
    expect(concat(...partsOf(many))).toEqual(many);
  });
});

describe('unequal keys are seen', () => {
  const own = keysOf(committee, 4, keys);
  it('another key in the packet, with the subset', () => {
    const held = heldBy(committee, 4);
    held.forEach((q, k) => {
      expect(() => checkKeys(committee, 4, flip(own, 32 * k + 5), list, digest)).toThrow(
        expect.objectContaining({ code: 'INVALID_ENCODING', details: expect.objectContaining({ subset: q }) }),
      );
    });
  });
  it('another list, a list cut short, another digest', () => {
    expect(() => checkKeys(committee, 4, own, flip(list, 0), digest)).toThrow(/not that of the epoch's digest/);
    expect(() => checkKeys(committee, 4, own, list.subarray(32), digestOfKeys(list.subarray(32)))).toThrow(
      /10 subsets/,
    );
    expect(() => checkKeys(committee, 4, own, list, flip(digest, 31))).toThrow(/digest/);
  });
});
