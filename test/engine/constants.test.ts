// The curve's constants against @noble/curves, and H against its definition computed another way.
import { keccak_256 } from '@noble/hashes/sha3.js';
import { describe, expect, test } from 'vitest';
import { FIELD_PRIME, G, GROUP_ORDER, H, INFINITY, isOnCurve } from '../../src/engine/bn254.ts';
import * as oracle from './oracle.ts';

describe('constants of BN254', () => {
  test('p, r and G are those of @noble/curves', () => {
    expect(FIELD_PRIME).toBe(oracle.p);
    expect(GROUP_ORDER).toBe(oracle.r);
    expect(G).toEqual({ x: oracle.G.toAffine().x, y: oracle.G.toAffine().y });
  });

  test('H is the first hash of MIStore/v1/H that is on the curve, which is the one of ctr = 1', () => {
    const Fp = oracle.Point.Fp;
    const candidate = (ctr: number) => {
      const digest = keccak_256(Buffer.from([...Buffer.from('MIStore/v1/H', 'ascii'), ctr]));
      const x = BigInt(`0x${Buffer.from(digest).toString('hex')}`) % oracle.p;
      return { x, yy: Fp.add(Fp.mul(Fp.sqr(x), x), 3n) };
    };
    expect(() => Fp.sqrt(candidate(0).yy)).toThrow();
    const { x, yy } = candidate(1);
    const y = Fp.sqrt(yy);
    expect(H).toEqual({ x, y: y % 2n === 0n ? y : oracle.p - y });
    expect(oracle.points([oracle.H])).toEqual(oracle.encode([H.x, H.y]));
  });

  test('infinity is not taken for a point of the curve', () => {
    expect(isOnCurve(INFINITY)).toBe(false);
    expect(isOnCurve(G) && isOnCurve(H)).toBe(true);
  });
});
