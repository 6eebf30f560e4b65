// What a seed gives: the HKDF of RFC 5869 under MIStore's labels, fixed vectors that an independent script makes, and
// that no two derivations coincide.
import { execFileSync } from 'node:child_process';
import { hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { ArgumentError, EncodingError } from '../../src/errors.ts';
import { kemKeys } from '../../src/identity/kem.ts';
import { accountKey, checkSeed, custodialSeed, dealingKey, expand, SEED_BYTES } from '../../src/identity/keys.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const VECTORS = new URL('../vectors/identity.json', import.meta.url);

interface Vector {
  name: string;
  seed: string;
  accountKey: string;
  address: string;
  kemPublicKeySha256: string;
  dealingKey: string;
  patient: string;
  custodialSeed: string;
  account: string;
}
const vectors = JSON.parse(readFileSync(VECTORS, 'utf8')) as Vector[];

/** node:crypto's HKDF with the info that MIStore says it uses. */
const oracle = (secret: Uint8Array, label: string, context: Uint8Array[], length: number, salt?: Uint8Array) =>
  toHex(
    new Uint8Array(
      hkdfSync(
        'sha256',
        secret,
        salt ?? new Uint8Array(0),
        Buffer.concat([Buffer.from(`MIStore/v2/${label}`), ...context]),
        length,
      ),
    ),
  );

describe('expand', () => {
  it.each([
    // RFC 5869, appendix A.1 to A.3: the oracle itself is right.
    [
      '0b'.repeat(22),
      '000102030405060708090a0b0c',
      'f0f1f2f3f4f5f6f7f8f9',
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    ],
    [
      Array.from({ length: 80 }, (_, i) => i.toString(16).padStart(2, '0')).join(''),
      Array.from({ length: 80 }, (_, i) => (i + 0x60).toString(16)).join(''),
      Array.from({ length: 80 }, (_, i) => (i + 0xb0).toString(16)).join(''),
      'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
    ],
    ['0b'.repeat(22), '', '', '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8'],
  ])('is compared with an HKDF that agrees with RFC 5869 (%#)', (secret, salt, info, expected) => {
    const bytes = (text: string) => Buffer.from(text, 'hex');
    const okm = hkdfSync('sha256', bytes(secret!), bytes(salt!), bytes(info!), expected!.length / 2);
    expect(Buffer.from(okm).toString('hex')).toBe(expected);
  });

  it('is HKDF-SHA256 with info "MIStore/v2/" ‖ label ‖ context', () => {
    const bytes = (max: number) => fc.uint8Array({ minLength: 0, maxLength: max });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.array(bytes(40), { maxLength: 4 }),
        fc.integer({ min: 1, max: 200 }),
        fc.option(bytes(80), { nil: undefined }),
        (secret, label, context, length, salt) => {
          expect(toHex(expand(secret, label, context, length, salt))).toBe(
            oracle(secret, label, context, length, salt),
          );
        },
      ),
    );
  });
});

describe('derivations', () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))(
    'of the seed "%s" are those of the vectors',
    async (_, vector) => {
      const seed = fromHex(vector.seed);
      const sha256 = async (bytes: Uint8Array) =>
        toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes))));
      const custodial = custodialSeed(seed, vector.patient);
      expect({
        accountKey: toHex(accountKey(seed)),
        address: toHex(accountOf(accountKey(seed))),
        kemPublicKeySha256: await sha256(kemKeys(seed).publicKey),
        dealingKey: toHex(dealingKey(seed)),
        custodialSeed: toHex(custodial),
        account: toHex(accountOf(accountKey(custodial))),
      }).toStrictEqual({
        accountKey: vector.accountKey,
        address: vector.address,
        kemPublicKeySha256: vector.kemPublicKeySha256,
        dealingKey: vector.dealingKey,
        custodialSeed: vector.custodialSeed,
        account: vector.account,
      });
    },
  );

  it('have vectors that their script still makes', () => {
    const script = new URL('../vectors/identity.mjs', import.meta.url).pathname;
    expect(execFileSync(process.execPath, [script], { encoding: 'utf8' })).toBe(readFileSync(VECTORS, 'utf8'));
  });

  it('are all distinct, for two seeds and several patients', () => {
    const seeds = [new Uint8Array(32), new Uint8Array(32).fill(1)];
    const all = seeds.flatMap((seed) => [
      seed,
      accountKey(seed),
      dealingKey(seed),
      kemKeys(seed).secretKey,
      ...['a', 'b', 'ab', 'A', ' a', 'é', 'e\u0301', 'a\0', '\0'].map((patient) => custodialSeed(seed, patient)),
    ]);
    expect(new Set(all.map(toHex)).size).toBe(all.length);
  });

  it('give a private key that secp256k1 allows, for any seed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        const key = BigInt(toHex(accountKey(seed)));
        expect(key > 0n && key < ORDER).toBe(true);
        expect(key).toBe((BigInt(oracle(seed, 'account', [], 48)) % (ORDER - 1n)) + 1n);
      }),
      { numRuns: 25 },
    );
  });
});

describe('refusals', () => {
  it.each([0, 1, 16, 31, 33, 64])('a seed of %i bytes', (length) => {
    const seed = new Uint8Array(length).fill(0xab);
    for (const derive of [
      accountKey,
      kemKeys,
      dealingKey,
      checkSeed,
      (bytes: Uint8Array) => custodialSeed(bytes, 'p'),
    ]) {
      expect(() => derive(seed)).toThrow(new ArgumentError('seed', length, `${SEED_BYTES} bytes`));
    }
  });

  it.each([
    undefined,
    null,
    '00'.repeat(32),
    Array.from({ length: 32 }, () => 0),
    new ArrayBuffer(32),
    new Uint16Array(32),
  ])('a seed that is not bytes: %o', (seed) => {
    expect(() => accountKey(seed as unknown as Uint8Array)).toThrow(ArgumentError);
  });

  it('never quote the seed', () => {
    for (const seed of ['5ec2e7'.repeat(11), [0x5e, 0xc2], Uint8Array.of(0x5e, 0xc2, 0xe7)]) {
      let message = '';
      try {
        checkSeed(seed as Uint8Array);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toMatch(/^seed is /);
      expect(message).not.toMatch(/5ec2|94|194|231/i);
    }
  });

  it('a patient with half a character, who would get the seed of another patient', () => {
    expect(() => custodialSeed(new Uint8Array(32), 'p\ud800')).toThrow(
      new EncodingError('patient', 'has half of a surrogate pair, which is not a character'),
    );
  });

  it('an empty patient', () => {
    expect(() => custodialSeed(new Uint8Array(32), '')).toThrow('patient is ""; it must be a non-empty text');
  });
});
