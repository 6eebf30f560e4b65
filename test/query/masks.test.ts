// Masks: pads are HKDF of node:crypto read mod r; the masks of all seats lie on one polynomial of degree below t, by an
// interpolation of its own; the commitments are noble's. Another query, committee, seat or channel gives another pad.
import { hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { createEngine } from '../../src/engine/load.ts';
import { ArgumentError } from '../../src/errors.ts';
import { makeMasks, maskOf, maskPad, opensAt } from '../../src/query/masks.ts';
import { commitment, decode, encode, join, modR, points, r, randomSource } from '../engine/oracle.ts';

const engine = await createEngine();
const { bytes } = randomSource(41);
const channel = bytes(32);
const use = { queryId: bytes(32), committee: bytes(32) };

const inverse = (value: bigint) => {
  let [out, base] = [1n, modR(value)];
  for (let e = r - 2n; e > 0n; e >>= 1n, base = (base * base) % r) if (e & 1n) out = (out * base) % r;
  return out;
};
/** Lagrange: the value at x of the polynomial through these points. */
const interpolate = (at: readonly (readonly [bigint, bigint])[], x: bigint) =>
  modR(
    at.reduce((sum, [xi, yi]) => {
      const factors = at.filter(([xj]) => xj !== xi);
      const [above, below] = factors.reduce(([a, b], [xj]) => [modR(a * (x - xj)), modR(b * (xi - xj))], [1n, 1n]);
      return sum + yi * above! * inverse(below!);
    }, 0n),
  );

describe('a pad', () => {
  it.each([1, 5, 255])('of seat %i is 2 × 48 bytes of HKDF mod r', (seat) => {
    const info = Buffer.concat([Buffer.from('MIStore/v2/mask'), use.committee, Uint8Array.of(seat)]);
    const wide = decode(new Uint8Array(hkdfSync('sha256', channel, use.queryId, info, 96)), 48);
    const { value, blinding } = maskPad(channel, use, seat);
    expect([...decode(value), ...decode(blinding)]).toEqual(wide.map(modR));
  });

  it('differs for every channel, query, committee and seat, each byte of them', () => {
    const flips = (value: Uint8Array) => Array.from(value, (_, at) => value.map((b, i) => (i === at ? b ^ 1 : b)));
    const pads = [
      maskPad(channel, use, 1),
      maskPad(channel, use, 2),
      ...flips(channel).map((other) => maskPad(other, use, 1)),
      ...flips(use.queryId).map((queryId) => maskPad(channel, { ...use, queryId }, 1)),
      ...flips(use.committee).map((committee) => maskPad(channel, { ...use, committee }, 1)),
    ];
    const scalars = pads.flatMap(({ value, blinding }) => [toHex(value), toHex(blinding)]);
    expect(new Set(scalars).size).toBe(2 * (2 + 3 * 32));
  });

  it('of something else than 32 bytes, or no seat, is refused', () => {
    expect(() => maskPad(channel, { ...use, queryId: new Uint8Array(31) }, 1)).toThrow(ArgumentError);
    expect(() => maskPad(channel, { ...use, committee: new Uint8Array(0) }, 1)).toThrow(/committee hash is 0 bytes/);
    expect(() => maskPad(channel, use, 0)).toThrow(/seat is 0/);
  });
});

describe.each([
  [1, 1],
  [1, 3],
  [2, 3],
  [3, 5],
  [4, 4],
  [5, 9],
  [2, 20],
])('masks of (%i, %i)', (threshold, seats) => {
  const pads = Array.from({ length: seats }, (_, s) => maskPad(bytes(32), use, s + 1));
  const made = makeMasks(engine, threshold, pads);
  const masks = pads.map((pad, s) => maskOf(threshold, s + 1, pad, made.corrections));
  const part = (name: 'value' | 'blinding') => masks.map((mask, s) => [BigInt(s + 1), decode(mask[name])[0]!] as const);

  it('seats up to t have their pads, the others a correction of 64 bytes', () => {
    expect(masks.slice(0, threshold)).toEqual(pads.slice(0, threshold));
    expect(made.corrections.length).toBe(64 * (seats - threshold));
  });

  it('lie on one polynomial of degree below t, whose value at 0 the insurer knows', () => {
    for (const name of ['value', 'blinding'] as const) {
      const known = part(name).slice(0, threshold);
      for (const [x, y] of part(name)) expect(interpolate(known, x)).toBe(y);
      expect(decode(made.atZero[name])).toEqual([interpolate(known, 0n)]);
    }
  });

  it('are opened by the commitments to its coefficients, and by no others', () => {
    expect(made.commitments.length).toBe(64 * threshold);
    expect(toHex(made.commitments.subarray(0, 64))).toBe(
      toHex(points([commitment(decode(made.atZero.value)[0]!, decode(made.atZero.blinding)[0]!)])),
    );
    masks.forEach((mask, s) => {
      expect(opensAt(engine, s + 1, mask, made.commitments)).toBe(true);
      const wrong = { ...mask, value: encode([modR(decode(mask.value)[0]! + 1n)]) };
      expect(opensAt(engine, s + 1, wrong, made.commitments)).toBe(false);
      expect(opensAt(engine, s + 1, { value: mask.blinding, blinding: mask.value }, made.commitments)).toBe(false);
      if (threshold > 1) expect(opensAt(engine, s + 2, mask, made.commitments)).toBe(false);
    });
  });
});

describe('corrections', () => {
  const pad = maskPad(channel, use, 3);
  it('that are missing or no scalars are refused', () => {
    expect(() => maskOf(2, 3, pad, new Uint8Array(63))).toThrow(/mask corrections is 63 bytes/);
    expect(() => maskOf(2, 4, pad, new Uint8Array(64))).toThrow(/at least 128 bytes/);
    expect(() => maskOf(2, 3, pad, encode([r, 0n]))).toThrow(/canonical/);
    expect(() => maskOf(2, 3, pad, encode([0n, r]))).toThrow(/canonical/);
    expect(maskOf(2, 3, pad, encode([r - 1n, 0n])).value).toEqual(encode([modR(decode(pad.value)[0]! - 1n)]));
  });
  it('of no seat are not read', () => {
    expect(maskOf(3, 3, pad, join())).toBe(pad);
  });
});
