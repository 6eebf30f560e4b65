// The conversions between bytes and pairs of Fr at the limits of the classes: digits as a chain of kernels could leave
// them, not only as bytes do.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from '../oracle.ts';
import { KernelForm, mod, R } from './kernels.ts';

const HALF = 1n << 50n;
const forms = [await KernelForm.load('relaxed'), await KernelForm.load('scalar')];

/** The normal digits of a value: balanced in the relaxed form, limbs in the scalar form. */
function digitsOf(form: KernelForm, value: bigint): bigint[] {
  const digits: bigint[] = [];
  let rest = value;
  for (let j = 0; j < form.count - 1; j++) {
    let digit = mod(rest, 1n << form.bits);
    if (form.name === 'relaxed' && digit >= HALF) digit -= 1n << form.bits;
    digits.push(digit);
    rest = (rest - digit) >> form.bits;
  }
  return [...digits, rest];
}

const nearZero = fc.bigInt(-4n, 4n);

describe.each(forms)('bytes of the $name form', (form) => {
  // values of product and reduced elements: |x| < 0.88 r, or 0 ≤ x ≤ 2.5 r
  const value =
    form.name === 'relaxed'
      ? fc.oneof(
          fc.bigInt((-R * 88n) / 100n, (R * 88n) / 100n),
          fc.tuple(fc.constantFrom(0n, R / 2n, -R / 2n, 1n << 204n, -(1n << 204n)), nearZero).map(([a, b]) => a + b),
          fc.nat({ max: 251 }).chain((k) => nearZero.map((b) => b - (1n << BigInt(k)))),
        )
      : fc.oneof(
          fc.bigInt(0n, (R * 5n) / 2n),
          fc.tuple(fc.constantFrom(4n, R, 2n * R, R / 2n, 1n << 232n), nearZero).map(([a, b]) => a + b),
        );

  test('write = the residue, big-endian, each lane its own', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        form.writePair(0, digitsOf(form, a), digitsOf(form, b));
        form.wasm.writeBytes(form.slot(2), form.slot(3), form.slot(0));
        const [first, second] = [2, 3].map((slot) => decode(form.readBytes(slot, 32))[0]);
        expect([first, second]).toEqual([mod(a, R), mod(b, R)]);
      }),
      { numRuns: 3000 },
    );
  });
});

test('relaxed write of digits just beyond half, as reduce leaves them', () => {
  const form = forms[0]!;
  const element = fc.tuple(
    fc.array(fc.tuple(fc.constantFrom(-1n, 1n), fc.bigInt(-4n, 4n)), { minLength: 4, maxLength: 4 }),
    fc.bigInt(-(1n << 48n), 1n << 48n),
  );
  fc.assert(
    fc.property(element, element, (...elements) => {
      const [a, b] = elements.map(([lower, top]) => [...lower.map(([sign, off]) => sign * HALF + off), top]);
      form.writePair(0, a!, b!);
      form.wasm.writeBytes(form.slot(2), form.slot(3), form.slot(0));
      const got = [2, 3].map((slot) => decode(form.readBytes(slot, 32))[0]);
      expect(got).toEqual([a!, b!].map((digits) => mod(form.value(digits), R)));
    }),
    { numRuns: 1000 },
  );
});
