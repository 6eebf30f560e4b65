// Sums of wide scalars times weights at the limits of the kernels (assembly/generate/sums.mjs), which random bytes never
// reach, in both forms against BigInt; and that the limits are where the proof puts them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLOCK, TOTAL_LIMIT } from '../../../src/engine/wasm/weights.ts';
import { encode } from '../oracle.ts';
import { KernelForm, mod, R } from './kernels.ts';

const forms = [await KernelForm.load('relaxed'), await KernelForm.load('scalar')];
const ONES = (1n << 384n) - 1n;
const HALF = 1n << 50n;
const MIN_WEIGHT = -(2n ** 15n);
const MAX_WEIGHT = 2n ** 15n - 1n;

// slots of 80 bytes
const [RESULT, STORAGE, WEIGHTS, A, B] = [0, 10, 100, 200, 1200];

/** Σ w_q a_q and Σ w_q b_q mod r as the kernels have them, with their digits. */
function sum(form: KernelForm, a: readonly bigint[], b: readonly bigint[], weights: readonly bigint[], block = BLOCK) {
  form.writeBytes(A, encode(a, 48));
  form.writeBytes(B, encode(b, 48));
  form.writeBytes(WEIGHTS, new Uint8Array(Int16Array.from(weights, Number).buffer));
  const [o, s, w, p, q] = [RESULT, STORAGE, WEIGHTS, A, B].map((slot) => form.slot(slot));
  form.wasm.sumWide(o!, p!, q!, w!, a.length, block, s!);
  return form.readPair(RESULT);
}
const exact = (a: readonly bigint[], weights: readonly bigint[]) =>
  mod(
    a.reduce((total, x, q) => total + x * weights[q]!, 0n),
    R,
  );

const limb = fc.constantFrom(0n, 1n, 2n ** 32n - 1n, 2n ** 32n - 2n, 2n ** 31n, 2n ** 31n - 1n, 0x55555555n);
const wide = fc.oneof(
  fc.array(limb, { minLength: 12, maxLength: 12 }).map((limbs) => limbs.reduce((x, l) => (x << 32n) | l, 0n)),
  fc.bigInt(0n, ONES),
  fc.nat({ max: 384 }).map((k) => (1n << BigInt(k)) - 1n),
  fc.nat({ max: 383 }).map((k) => ONES - (1n << BigInt(k))),
  fc.bigInt(0n, ONES / R - 1n).map((q) => q * R + R / 2n), // half way between two multiples of r
);
const weight = fc.oneof(fc.constantFrom(MIN_WEIGHT, MAX_WEIGHT, -1n, 0n, 1n), fc.bigInt(MIN_WEIGHT, MAX_WEIGHT));
// 255 of the largest weights are below 2^23 together
const terms = fc.array(fc.tuple(wide, wide, weight), { minLength: 0, maxLength: 255, size: 'max' });

describe.each(forms)('sums of the $name form', (form) => {
  test('Σ w a mod r, each lane its own, in the class of products', () => {
    const limit = form.name === 'relaxed' ? (R * 88n) / 100n : (R * 5n) / 2n;
    fc.assert(
      fc.property(terms, (rows) => {
        const [a, b, weights] = [rows.map((row) => row[0]), rows.map((row) => row[1]), rows.map((row) => row[2])];
        sum(form, a, b, weights).forEach((digits, lane) => {
          const value = form.value(digits);
          expect(mod(value, R)).toBe(exact(lane === 0 ? a : b, weights));
          expect(value <= limit && value >= (form.name === 'relaxed' ? -limit : 0n)).toBe(true);
          if (form.name === 'relaxed') expect(digits.slice(0, 4).every((d) => d >= -HALF && d <= HALF)).toBe(true);
        });
      }),
      { numRuns: 400 },
    );
  });

  test('one number with the weight 1 is the number mod r', () => {
    fc.assert(
      fc.property(wide, wide, (a, b) => {
        const lanes = sum(form, [a], [b], [1n]).map((digits) => mod(form.value(digits), R));
        expect(lanes).toEqual([a % R, b % R]);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([MIN_WEIGHT, MAX_WEIGHT])('255 numbers of ones, or of zeros, all times %i', (w) => {
    const weights = new Array<bigint>(255).fill(w);
    const [ones, zeros] = [ONES, 0n].map((x) => new Array<bigint>(255).fill(x));
    const [first, second] = sum(form, ones!, zeros!, weights);
    expect([first, second].map((digits) => mod(form.value(digits), R))).toEqual([exact(ones!, weights), 0n]);
  });

  test.each([-1n, 1n])('weights of together 2^23 - 1, of sign %i', (sign) => {
    const weights = [...new Array<bigint>(255).fill(32767n * sign), 33022n * sign].flatMap((w) =>
      w * w < 2n ** 30n ? [w] : [w / 2n, w - w / 2n],
    );
    expect(weights.reduce((total, w) => total + w * sign, 0n)).toBe(2n ** 23n - 1n);
    const ones = weights.map(() => ONES);
    const [first] = sum(form, ones, ones, weights);
    expect(mod(form.value(first), R)).toBe(exact(ones, weights));
  });

  test('the limit is sharp: weights of together -(2^23 + 2^15) make a sum negative', () => {
    const weights = new Array<bigint>(257).fill(MIN_WEIGHT);
    const ones = weights.map(() => ONES);
    const [first] = sum(form, ones, ones, weights);
    expect(mod(form.value(first), R)).not.toBe(exact(ones, weights));
  });
});

test('the block is sharp: 17 numbers at once leave the range of exact doubles', () => {
  const weights = new Array<bigint>(17).fill(MIN_WEIGHT);
  const ones = weights.map(() => ONES);
  const [first] = sum(forms[0]!, ones, ones, weights, 17);
  expect(mod(forms[0]!.value(first), R)).not.toBe(exact(ones, weights));
});

test('the host keeps the limits that the generator proves', async () => {
  const generator: string = '../../../assembly/generate/sums.mjs'; // which has no types
  const generated = (await import(generator)) as { BLOCK: number; TOTAL_LIMIT: bigint; WEIGHT_LIMIT: bigint };
  expect({ BLOCK, TOTAL_LIMIT }).toEqual({ BLOCK: generated.BLOCK, TOTAL_LIMIT: Number(generated.TOTAL_LIMIT) });
  expect(generated.WEIGHT_LIMIT).toBe(-MIN_WEIGHT);
});
