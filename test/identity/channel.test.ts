// Channels: both ends agree; another sender, recipient, contract, chain or key gives an unrelated secret; malformed
// arguments are refused. The KEM below them has tests of its own.
import { hkdfSync } from 'node:crypto';
import { ml_kem768_x25519 as xwing } from '@noble/post-quantum/hybrid.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { ArgumentError, EncodingError } from '../../src/errors.ts';
import { type ChannelEnds, receivingChannel, sendingChannel } from '../../src/identity/channel.ts';
import { kemKeys } from '../../src/identity/kem.ts';

const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);
const ends: ChannelEnds = { chainId: 1n, contract: bytes(20, 0xcc), from: bytes(20, 0xaa), to: bytes(20, 0xbb) };
const senderSeed = bytes(32, 1);
const recipient = kemKeys(bytes(32, 2));

let sent: { ciphertext: Uint8Array; secret: Uint8Array };
beforeAll(() => {
  sent = sendingChannel(senderSeed, recipient.publicKey, ends);
});
const received = (more: Partial<ChannelEnds> = {}, ciphertext = sent.ciphertext, key = recipient.secretKey) =>
  toHex(receivingChannel(key, ciphertext, { ...ends, ...more }));

describe('a channel', () => {
  it('gives both ends the same 32 bytes, for any seeds and ends', () => {
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const address = fc.uint8Array({ minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(
        seed,
        seed,
        address,
        address,
        address,
        fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
        (a, b, contract, from, to, chainId) => {
          const keys = kemKeys(b);
          const { ciphertext, secret } = sendingChannel(a, keys.publicKey, { chainId, contract, from, to });
          expect(ciphertext.length).toBe(1120);
          expect(secret.length).toBe(32);
          expect(receivingChannel(keys.secretKey, ciphertext, { chainId, contract, from, to })).toEqual(secret);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('is the same again, so that the sender keeps nothing', () => {
    expect(sendingChannel(senderSeed, recipient.publicKey, ends)).toEqual(sent);
  });

  it('has a ciphertext that depends on sender and recipient alone', () => {
    const other = sendingChannel(senderSeed, recipient.publicKey, { ...ends, chainId: 2n, from: bytes(20, 1) });
    expect(other.ciphertext).toEqual(sent.ciphertext);
    expect(other.secret).not.toEqual(sent.secret);
  });

  it('is X-Wing with the secret of the draft and HKDF over chain, contract, from, to', () => {
    // Test vector 1 of draft-connolly-cfrg-xwing-kem, appendix C.
    const key = Buffer.from('7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26', 'hex');
    const coins = Buffer.from(
      '3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2',
      'hex',
    );
    const shared = Buffer.from('d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384', 'hex');
    const { cipherText } = xwing.encapsulate(xwing.keygen(Uint8Array.from(key)).publicKey, Uint8Array.from(coins));
    const chain = Buffer.from('7a69'.padStart(64, '0'), 'hex');
    const info = Buffer.concat([Buffer.from('MIStore/v2/channel'), chain, ends.contract, ends.from, ends.to]);
    const expected = new Uint8Array(hkdfSync('sha256', shared, new Uint8Array(0), info, 32));
    expect(receivingChannel(Uint8Array.from(key), cipherText, { ...ends, chainId: 0x7a69n })).toEqual(expected);
  });
});

describe('another secret comes', () => {
  it('from every other chain, contract, sender and recipient, each byte of them', () => {
    const flipped = (address: Uint8Array, at: number) => address.map((byte, i) => (i === at ? byte ^ 1 : byte));
    const others: Partial<ChannelEnds>[] = [
      { chainId: 0n },
      { chainId: 2n },
      { chainId: 1n << 255n },
      { from: ends.to, to: ends.from },
      { contract: ends.from, from: ends.contract },
    ];
    for (let at = 0; at < 20; at++) {
      others.push(
        { contract: flipped(ends.contract, at) },
        { from: flipped(ends.from, at) },
        { to: flipped(ends.to, at) },
      );
    }
    const secrets = [received(), ...others.map((other) => received(other))];
    expect(secrets[0]).toBe(toHex(sent.secret));
    expect(new Set(secrets).size).toBe(others.length + 1);
  });

  it('from another recipient key', () => {
    expect(received({}, sent.ciphertext, kemKeys(bytes(32, 3)).secretKey)).not.toBe(toHex(sent.secret));
  });

  it('from a ciphertext with any bit flipped (implicit rejection)', () => {
    for (const at of [0, 1, 543, 1087, 1088, 1100, 1118]) {
      const tampered = sent.ciphertext.map((byte, i) => (i === at ? byte ^ 1 : byte));
      expect(received({}, tampered), `byte ${at}`).not.toBe(toHex(sent.secret));
    }
  });
});

describe('refusals', () => {
  it('a key and a ciphertext that the KEM refuses, from either side', () => {
    const key = recipient.publicKey.slice().fill(0, -32);
    expect(() => sendingChannel(senderSeed, key, ends)).toThrow(EncodingError);
    const ciphertext = sent.ciphertext.slice().fill(0, -32);
    expect(() => received({}, ciphertext)).toThrow(EncodingError);
  });

  it.each(['contract', 'from', 'to'] as const)('%s of other than 20 bytes, on both sides and by its name', (name) => {
    for (const length of [0, 19, 21, 32]) {
      const wrong = { ...ends, [name]: bytes(length, 7) };
      const error = new ArgumentError(name, bytes(length, 7), '20 bytes');
      expect(() => sendingChannel(senderSeed, recipient.publicKey, wrong)).toThrow(error);
      expect(() => receivingChannel(recipient.secretKey, sent.ciphertext, wrong)).toThrow(error);
    }
  });

  it.each([-1n, 2n ** 256n])('chain id %s, on both sides', (chainId) => {
    expect(() => sendingChannel(senderSeed, recipient.publicKey, { ...ends, chainId })).toThrow(ArgumentError);
    expect(() => receivingChannel(recipient.secretKey, sent.ciphertext, { ...ends, chainId })).toThrow(ArgumentError);
  });

  it.each([0, 31, 33])('a sender seed of %i bytes', (length) => {
    expect(() => sendingChannel(bytes(length, 0), recipient.publicKey, ends)).toThrow(ArgumentError);
  });
});
