// Fingerprints: bound to everything that they stand for, and the same for ever, since people write them down.
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/identity/fingerprint.ts';

const bytes = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => (31 * i + seed) % 256);
const DEPLOYMENT = { chainId: 1n, contract: bytes(20, 1) };
const [ACCOUNT, KEY] = [bytes(20, 2), bytes(1216, 3)];
const flipped = (of: Uint8Array, at: number) => of.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe('a fingerprint', () => {
  it('is thirty digits in groups of five, with leading zeros', () => {
    for (let seed = 0; seed < 64; seed++) {
      expect(fingerprint(DEPLOYMENT, ACCOUNT, bytes(1216, seed))).toMatch(/^\d{5}( \d{5}){5}$/);
    }
    const firsts = Array.from({ length: 64 }, (_, s) => fingerprint(DEPLOYMENT, ACCOUNT, bytes(1216, s))[0]);
    expect(new Set(firsts).size).toBe(10);
  });

  it('changes with the chain, the contract, the account, and each end of the key', () => {
    const all = [
      fingerprint(DEPLOYMENT, ACCOUNT, KEY),
      fingerprint({ ...DEPLOYMENT, chainId: 2n }, ACCOUNT, KEY),
      fingerprint({ ...DEPLOYMENT, contract: flipped(DEPLOYMENT.contract, 19) }, ACCOUNT, KEY),
      fingerprint(DEPLOYMENT, flipped(ACCOUNT, 0), KEY),
      fingerprint(DEPLOYMENT, ACCOUNT, flipped(KEY, 0)),
      fingerprint(DEPLOYMENT, ACCOUNT, flipped(KEY, 1215)),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('is this one for this key', () => {
    expect(fingerprint(DEPLOYMENT, ACCOUNT, KEY)).toBe('55466 07530 99010 04866 18572 63039'); // by @noble/hashes
  });

  it.each([
    ['contract', () => fingerprint({ ...DEPLOYMENT, contract: bytes(19, 1) }, ACCOUNT, KEY)],
    ['account', () => fingerprint(DEPLOYMENT, bytes(32, 2), KEY)],
    ['KEM key', () => fingerprint(DEPLOYMENT, ACCOUNT, bytes(1215, 3))],
  ])('is refused for a %s of another length', (name, make) => {
    expect(make).toThrow(new RegExp(`^${name} is \\d+ bytes; it must be (20|1216) bytes`));
  });
});
