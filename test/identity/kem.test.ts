// The KEM of the channels: X-Wing by the draft's own test vector, coins that differ for each sender and recipient, and a
// typed refusal of every key and ciphertext that is not valid.
import { ml_kem768_x25519 as xwing } from '@noble/post-quantum/hybrid.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { ArgumentError, EncodingError } from '../../src/errors.ts';
import { CIPHERTEXT_BYTES, decapsulate, encapsulate, KEM_KEY_BYTES, kemKeys } from '../../src/identity/kem.ts';

const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);
const sender = bytes(32, 1);
const recipient = kemKeys(bytes(32, 2));

describe('the KEM', () => {
  it('has keys and ciphertexts of the sizes of the draft', () => {
    const { publicKey, secretKey } = kemKeys(bytes(32, 9));
    expect([publicKey.length, secretKey.length]).toEqual([KEM_KEY_BYTES, 32]);
    expect([KEM_KEY_BYTES, CIPHERTEXT_BYTES]).toEqual([1216, 1120]);
    expect(encapsulate(sender, publicKey).ciphertext.length).toBe(CIPHERTEXT_BYTES);
  });

  it('is X-Wing, by test vector 1 of draft-connolly-cfrg-xwing-kem, appendix C', () => {
    const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
    const key = hex('7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26');
    const coins = hex(
      '3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2',
    );
    const { cipherText } = xwing.encapsulate(xwing.keygen(key).publicKey, coins);
    expect(toHex(decapsulate(key, cipherText))).toBe(
      '0xd2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384',
    );
  });

  it('gives both sides the same 32 bytes, for any seeds', () => {
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seed, seed, (a, b) => {
        const { publicKey, secretKey } = kemKeys(b);
        const { ciphertext, shared } = encapsulate(a, publicKey);
        expect(shared.length).toBe(32);
        expect(decapsulate(secretKey, ciphertext)).toEqual(shared);
      }),
      { numRuns: 8 },
    );
  });

  it('uses other coins for another recipient and for another sender, and the same for the same', () => {
    // The first 1088 bytes are ML-KEM's, the last 32 the ephemeral X25519 key, which depends on the coins alone.
    const ephemeral = (seed: Uint8Array, key: Uint8Array) => toHex(encapsulate(seed, key).ciphertext.slice(1088));
    const all = [
      ephemeral(sender, recipient.publicKey),
      ephemeral(sender, kemKeys(bytes(32, 3)).publicKey),
      ephemeral(bytes(32, 4), recipient.publicKey),
    ];
    expect(new Set(all).size).toBe(3);
    expect(encapsulate(sender, recipient.publicKey)).toEqual(encapsulate(sender, recipient.publicKey));
  });
});

describe('refusals', () => {
  it.each([0, 1, KEM_KEY_BYTES - 1, KEM_KEY_BYTES + 1])('a key of %i bytes', (length) => {
    expect(() => encapsulate(sender, bytes(length, 0))).toThrow(
      new ArgumentError('KEM key', bytes(length, 0), '1216 bytes'),
    );
  });

  it('a key whose ML-KEM part is not reduced (FIPS 203, 7.2)', () => {
    const key = recipient.publicKey.slice();
    key.fill(0xff, 0, 3);
    expect(() => encapsulate(sender, key)).toThrow(EncodingError);
    expect(() => encapsulate(sender, key)).toThrow('KEM key: is not a valid X-Wing public key');
  });

  it.each([0, 1, CIPHERTEXT_BYTES - 1, CIPHERTEXT_BYTES + 1])('a ciphertext of %i bytes', (length) => {
    expect(() => decapsulate(recipient.secretKey, bytes(length, 0))).toThrow(
      new ArgumentError('KEM ciphertext', bytes(length, 0), '1120 bytes'),
    );
  });

  it('an X25519 part of low order, in a key or in a ciphertext', () => {
    const key = recipient.publicKey.slice().fill(0, -32);
    expect(() => encapsulate(sender, key)).toThrow('KEM key: is not a valid X-Wing public key');
    const ciphertext = encapsulate(sender, recipient.publicKey).ciphertext.slice().fill(0, -32);
    expect(() => decapsulate(recipient.secretKey, ciphertext)).toThrow(EncodingError);
    expect(() => decapsulate(recipient.secretKey, ciphertext)).toThrow(
      'KEM ciphertext: is not a valid X-Wing ciphertext',
    );
  });

  it.each([0, 31, 33])('a seed of %i bytes', (length) => {
    expect(() => encapsulate(bytes(length, 0), recipient.publicKey)).toThrow(ArgumentError);
    expect(() => kemKeys(bytes(length, 0))).toThrow(ArgumentError);
  });
});
