// Numbers of JSON to minor units, against BigInt fractions.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_AMOUNT } from '../../../src/records/amounts.ts';
import { readNumber } from '../../../src/records/json/number.ts';

const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength });
const number = fc.record({
  sign: fc.constantFrom('', '-'),
  whole: fc.oneof(
    fc.constant('0'),
    digits(15).map((text) => text.replace(/^0+(?=.)/, '')),
  ),
  decimals: fc.option(digits(15), { nil: undefined }),
  exponent: fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-', 'e-'), fc.integer({ min: 0, max: 25 })), {
    nil: undefined,
  }),
});

test('is what BigInt makes of whole, decimals and exponent, or a fault where that is no amount', () => {
  fc.assert(
    fc.property(number, fc.integer({ min: 0, max: 12 }), ({ sign, whole, decimals = '', exponent }, scale) => {
      const text = `${sign}${whole}${decimals && `.${decimals}`}${exponent ? exponent.join('') : ''}`;
      const power = exponent === undefined ? 0 : exponent[1] * (exponent[0].endsWith('-') ? -1 : 1);
      // The amount is top / bottom minor units.
      const shift = power - decimals.length + scale;
      const top = BigInt(whole + decimals) * 10n ** BigInt(Math.max(0, shift)) * (sign === '-' ? -1n : 1n);
      const bottom = 10n ** BigInt(Math.max(0, -shift));
      const found = readNumber(text, scale);
      const size = top < 0n ? -top : top;
      if (top % bottom === 0n && size / bottom <= MAX_AMOUNT) expect(found).toBe(top / bottom);
      else expect(found).toMatchObject({ reason: expect.stringMatching(/^(too-many-decimals|out-of-range)$/) });
      if (size / bottom > MAX_AMOUNT && top % bottom === 0n) expect(found).toMatchObject({ reason: 'out-of-range' });
      if (size / bottom < MAX_AMOUNT && top % bottom !== 0n)
        expect(found).toMatchObject({ reason: 'too-many-decimals' });
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['1e999999999999999999999', 'out-of-range'],
  ['-1e400', 'out-of-range'],
  ['1e-999999999999999999999', 'too-many-decimals'],
  [`0.${'0'.repeat(1e6)}1`, 'too-many-decimals'],
  ['9'.repeat(1e6), 'out-of-range'],
  ['', 'not-a-number'],
  ['1.', 'not-a-number'],
  ['١', 'not-a-number'],
])('%#: faults of what is beyond all sizes, at once', (text, reason) => {
  expect(readNumber(text, 2)).toMatchObject({ reason });
});

test.each(['0e99999999999999', '-0', '-0.000', `0.${'0'.repeat(1e6)}`, '0E-5'])('%#: zero is zero', (text) => {
  expect(readNumber(text, 2)).toBe(0n);
});
