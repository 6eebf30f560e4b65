// The dealing of docs/protocol.md, "Batch", written again from the text: BigInt Lagrange interpolation, points of
// @noble/curves, AES from node:crypto. It uses none of MIStore's code.
import { createCipheriv, hkdfSync } from 'node:crypto';
import { commitment, decode, encode, H, modR, type OraclePoint, Point, r, times } from '../engine/oracle.ts';

export interface OracleShare {
  seat: number;
  value: bigint;
  blinding: bigint;
}

const inverse = (value: bigint): bigint => {
  let [base, exponent, result] = [modR(value), r - 2n, 1n];
  for (; exponent > 0n; exponent >>= 1n, base = (base * base) % r) if (exponent & 1n) result = (result * base) % r;
  return result;
};

/** Value at `at` of the polynomial of degree < points.length through these points. */
function lagrange(points: readonly (readonly [bigint, bigint])[], at: bigint): bigint {
  return points.reduce((sum, [x, y]) => {
    const others = points.filter(([other]) => other !== x);
    const over = others.reduce((product, [other]) => modR(product * (at - other)), y);
    const under = others.reduce((product, [other]) => modR(product * (x - other)), 1n);
    return modR(sum + over * inverse(under));
  }, 0n);
}

/** u and v of a record, mod r, from 96 bytes of keystream. */
export function padsOf(keystream: Uint8Array, record: number): { u: bigint; v: bigint } {
  const [u, v] = decode(keystream.subarray(96 * record, 96 * (record + 1)), 48);
  return { u: modR(u!), v: modR(v!) };
}

/** The share of every seat of one record. */
export function dealt(
  threshold: number,
  seats: number,
  message: bigint,
  pads: readonly { u: bigint; v: bigint }[],
): OracleShare[] {
  const f: [bigint, bigint][] = [[0n, message]];
  for (let i = 1; i < threshold; i++) f.push([BigInt(i), pads[i - 1]!.u]);
  const b: [bigint, bigint][] = [];
  for (let i = 1; i <= threshold; i++) b.push([BigInt(i), pads[i - 1]!.v]);
  return Array.from({ length: seats }, (_, i) => ({
    seat: i + 1,
    value: lagrange(f, BigInt(i + 1)),
    blinding: lagrange(b, BigInt(i + 1)),
  }));
}

/** Σ_j seat^j · C_j */
export function committedShare(commitments: readonly OraclePoint[], seat: number): OraclePoint {
  return commitments.reduce((sum, point, j) => sum.add(times(point, BigInt(seat) ** BigInt(j) % r)), Point.ZERO);
}

export function decompressed(bytes: Uint8Array): OraclePoint[] {
  return decode(bytes).map((word) => {
    const x = word & ((1n << 255n) - 1n);
    if (word === 0n) return Point.ZERO;
    const y = Point.Fp.sqrt(Point.Fp.create(x ** 3n + 3n));
    return Point.fromAffine({ x, y: (y & 1n) === word >> 255n ? y : Point.Fp.neg(y) });
  });
}

export function keystream(
  channel: Uint8Array,
  nonce: Uint8Array,
  ledgerId: bigint,
  index: number,
  seat: number,
  count: number,
): Uint8Array {
  const info = Buffer.concat([
    Buffer.from('MIStore/v1/deal'),
    encode([ledgerId]),
    encode([BigInt(index)], 8),
    Uint8Array.of(seat),
  ]);
  const key = new Uint8Array(hkdfSync('sha256', channel, nonce, info, 32));
  return Uint8Array.from(createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(96 * count)));
}

export { commitment, H };
