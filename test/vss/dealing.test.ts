// Replicated dealing at several committees: shares against polynomials of plain BigInts, commitments against @noble/curves,
// every set of t seats reconstructs, and t − 1 seats lack exactly one number; single records as batches give them.
import { createCipheriv, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/load.ts';
import { EncodingError } from '../../src/errors.ts';
import { heldBy, subsetsOf } from '../../src/sharing/committee.ts';
import { verify } from '../../src/sharing/verify.ts';
import { deal, shares } from '../../src/vss/dealing.ts';
import { keysOf } from '../../src/vss/subset-keys.ts';
import {
  commitment,
  compressed,
  decode,
  encode,
  modR,
  type OraclePoint,
  Point,
  r,
  randomSource,
  times,
} from '../engine/oracle.ts';

const engine = await createEngine();

/** R_A and R′_A of record k, by node:crypto's own HKDF and AES. */
function wideNumbers(key: Uint8Array, position: { index: number; nonce: Uint8Array; contents: Uint8Array }, k: number) {
  const index = Buffer.alloc(8);
  index.writeBigUInt64BE(BigInt(position.index));
  const info = Buffer.concat([Buffer.from('MIStore/v2/deal'), index, position.contents]);
  const stream = createCipheriv(
    'aes-256-ctr',
    Buffer.from(hkdfSync('sha256', key, position.nonce, info, 32)),
    Buffer.alloc(16),
  );
  const bytes = stream.update(Buffer.alloc(96 * (k + 1))).subarray(96 * k);
  return decode(bytes, 48) as [bigint, bigint];
}

const lagrangeAt0 = (points: readonly (readonly [number, bigint])[]) => {
  const inverse = (value: bigint) => {
    let [out, base] = [1n, modR(value)];
    for (let e = r - 2n; e > 0n; e >>= 1n, base = (base * base) % r) if (e & 1n) out = (out * base) % r;
    return out;
  };
  return modR(
    points.reduce((sum, [xi, y]) => {
      let [above, below] = [1n, 1n];
      for (const [xj] of points) {
        if (xj === xi) continue;
        above = modR(above * BigInt(-xj));
        below = modR(below * BigInt(xi - xj));
      }
      return sum + y * above * inverse(below);
    }, 0n),
  );
};

describe.each([
  [1, 1],
  [1, 3],
  [2, 3],
  [3, 5],
  [4, 4],
  [4, 7],
  [2, 20],
])('(%i, %i)', (threshold, seats) => {
  const { bytes, scalar } = randomSource(10 * threshold + seats);
  const committee = { threshold, seats };
  const subsets = subsetsOf(committee);
  const position = { index: 3, nonce: bytes(16), contents: bytes(32) };
  const keys = bytes(32 * subsets.length);
  const messages = [0n, 1n, r - 1n, scalar(), scalar()];
  const dealt = deal(engine, committee, encode(messages), keys, position);
  const deltas = decode(dealt.corrections);
  const keyOf = (q: number) => keys.subarray(32 * q, 32 * (q + 1));
  const basis = (subset: readonly number[], x: number) => subset.reduce((product, a) => product * BigInt(a - x), 1n);
  /** f and b of record k at x, from all wide numbers. */
  const at = (k: number, x: number) => {
    const sums = [deltas[k]!, 0n];
    subsets.forEach((subset, q) => {
      wideNumbers(keyOf(q), position, k).forEach((wide, part) => {
        sums[part]! += wide * basis(subset, x);
      });
    });
    return sums.map(modR);
  };
  const sharesOf = (seat: number) =>
    shares(engine, committee, seat, keysOf(committee, seat, keys), position, dealt.corrections);

  it('f(0) is the message, b(0) the opening', () => {
    messages.forEach((message, k) => {
      const [value, blinding] = at(k, 0);
      expect(value).toBe(message);
      expect(decode(dealt.openings)[k]).toBe(blinding);
    });
    const opened = decode(shares(engine, committee, 0, keys, position, dealt.corrections));
    expect(opened).toEqual(messages.flatMap((_, k) => at(k, 0)));
  });

  it('each seat computes f and b at itself from the keys that it holds', () => {
    for (let seat = 1; seat <= seats; seat++) {
      expect(decode(sharesOf(seat))).toEqual(messages.flatMap((_, k) => at(k, seat)));
    }
  });

  it('the share of one record is that of the batch, computed alone', () => {
    const all = sharesOf(seats);
    const own = keysOf(committee, seats, keys);
    messages.forEach((_, k) => {
      const delta = dealt.corrections.subarray(32 * k, 32 * (k + 1));
      expect(shares(engine, committee, seats, own, position, delta, k)).toEqual(all.subarray(64 * k, 64 * (k + 1)));
    });
  });

  it('commitments open at every seat, by noble and by the batched check, which finds what is wrong', () => {
    const points = (k: number) => {
      const row = dealt.commitments.subarray(32 * threshold * k, 32 * threshold * (k + 1));
      return Array.from({ length: threshold }, (_, j) => Buffer.from(row.subarray(32 * j, 32 * j + 32)));
    };
    for (const seat of [1, seats]) {
      const own = sharesOf(seat);
      const [s, b] = decode(own);
      const expected = commitment(s!, b!);
      const decoded = points(0).map((point) => decompress(point));
      const sum = decoded.reduceRight<OraclePoint>((acc, point) => times(acc, BigInt(seat)).add(point), Point.ZERO);
      expect(Buffer.from(compressed([sum]))).toEqual(Buffer.from(compressed([expected])));
      expect(verify(engine, committee, seat, own, dealt.commitments, bytes)).toEqual([]);
      const wrong = own.map((byte, i) => (i === 64 * 2 + 40 ? byte ^ 1 : byte));
      expect(verify(engine, committee, seat, wrong, dealt.commitments, bytes)).toEqual([2]);
    }
  });

  it('any t seats reconstruct', () => {
    const chosen = Array.from({ length: threshold }, (_, k) => seats - k);
    messages.forEach((message, k) => {
      const points = chosen.map((seat) => [seat, decode(sharesOf(seat))[2 * k]!] as const);
      expect(lagrangeAt0(points)).toBe(message);
    });
  });

  it('other keys, another nonce, index or contents give other corrections; keys that are not all are refused', () => {
    const again = (overrides: Partial<typeof position>, other = keys) =>
      Buffer.from(deal(engine, committee, encode(messages), other, { ...position, ...overrides }).corrections);
    const mine = Buffer.from(dealt.corrections);
    expect(again({})).toEqual(mine);
    for (const other of [{ index: 4 }, { nonce: bytes(16) }, { contents: bytes(32) }])
      expect(again(other)).not.toEqual(mine);
    expect(again({}, bytes(keys.length))).not.toEqual(mine);
    expect(() => again({}, keys.subarray(32))).toThrow(/keys is "\(not shown\)"/);
    expect(() => shares(engine, committee, 1, bytes(32 * (heldBy(committee, 1).length + 1)), position, mine)).toThrow(
      /keys/,
    );
  });

  it('corrections and messages that are no scalars are refused with their number', () => {
    const corrections = encode([0n, r, 1n]);
    expect(() => shares(engine, committee, 1, keysOf(committee, 1, keys), position, corrections)).toThrow(
      EncodingError,
    );
    expect(() => deal(engine, committee, encode([1n, r]), keys, position)).toThrow(/messages.*1/);
  });
});

function decompress(bytes: Uint8Array): OraclePoint {
  const value = decode(bytes)[0]!;
  if (value === 0n) return Point.ZERO;
  const x = value & ((1n << 255n) - 1n);
  const y = Point.Fp.sqrt(Point.Fp.create(x * x * x + 3n));
  return Point.fromAffine({ x, y: (y & 1n) === value >> 255n ? y : Point.Fp.neg(y) });
}
