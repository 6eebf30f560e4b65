// Amounts against two oracles: Intl.NumberFormat writes exact decimals in other countries' ways, and a grammar in one
// regular expression decides over every short text of an alphabet.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/errors.ts';
import {
  AmountError,
  type AmountFormat,
  decimalMarkOf,
  formatAmount,
  MAX_AMOUNT,
  PLAIN_AMOUNTS,
  parseAmount,
  readAmount,
} from '../../src/records/amounts.ts';

const minor = fc.bigInt({ min: -MAX_AMOUNT, max: MAX_AMOUNT });
const PLAIN: AmountFormat = { ...PLAIN_AMOUNTS, scale: 2 };

test('the limit is 2^41 − 1', () => expect(MAX_AMOUNT).toBe(2199023255551n));

test('text and back, at every scale', () => {
  fc.assert(
    fc.property(minor, fc.integer({ min: 0, max: 12 }), (amount, scale) => {
      expect(parseAmount(formatAmount(amount, scale), { scale })).toBe(amount);
    }),
  );
});

test.each([
  [0n, 2, '0.00'],
  [5n, 2, '0.05'],
  [-5n, 2, '-0.05'],
  [-123456n, 2, '-1234.56'],
  [7n, 0, '7'],
  [1n, 12, '0.000000000001'],
  [10n ** 30n, 2, '10000000000000000000000000000.00'],
])('formatAmount(%s, %s) = %s', (amount, scale, text) => expect(formatAmount(amount, scale)).toBe(text));

test.each([-1, 13, 1.5, Number.NaN])('scale %s is refused', (scale) => {
  expect(() => formatAmount(1n, scale)).toThrow(ArgumentError);
});

describe('the ways of other countries, as Intl writes them', () => {
  test.each([
    ['en-US', { decimal: '.', thousands: ',' }],
    ['de-DE', { decimal: ',', thousands: '.' }],
    ['fr-FR', { decimal: ',', thousands: ' ' }],
    ['de-CH', { decimal: '.', thousands: "'" }],
  ] as const)('%s', (locale, separators) => {
    const plain = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 });
    const accounting = { style: 'currency', currency: 'EUR', currencySign: 'accounting' } as const;
    const money = new Intl.NumberFormat(locale, accounting);
    fc.assert(
      fc.property(minor, (amount) => {
        const exact = formatAmount(amount, 2) as `${number}`;
        const format = { scale: 2, ...separators };
        expect(parseAmount(plain.format(exact), format)).toBe(amount);
        expect(parseAmount(money.format(exact), { ...format, symbols: ['€', 'EUR'] })).toBe(amount);
      }),
    );
  });
});

/** Every text of up to `length` of the parts. */
function* texts(parts: readonly string[], length: number): Generator<string> {
  yield '';
  if (length === 0) return;
  for (const start of parts) for (const rest of texts(parts, length - 1)) yield start + rest;
}

test('exactly the grammar is accepted, and with the right value', () => {
  const body = '(?:\\d+|\\d{1,3}(?:,\\d{3})+)?(?:\\.\\d+)?';
  const grammar = new RegExp(`^\\s*(?:[-+]?\\s*(${body})|(${body})\\s*-|\\(\\s*(${body})\\s*\\))\\s*$`);
  const format: AmountFormat = { ...PLAIN, thousands: ',' };
  let accepted = 0;
  for (const text of texts(['0', '12', '345', '.', ',', '-', '+', '(', ')', ' ', 'e'], 5)) {
    const found = grammar.exec(text);
    const written = found?.[1] ?? found?.[2] ?? found?.[3] ?? '';
    const digits = written.replaceAll(',', '');
    const amount = readAmount(text, format);
    if (/^[1-9]\d{0,2}\.\d{3}$/.test(written)) {
      expect(amount, text).toMatchObject({ reason: 'ambiguous-separator' });
      continue;
    }
    if (digits === '' || /\.\d\d[0-9]*[1-9]/.test(digits)) {
      expect(typeof amount, text).not.toBe('bigint');
      continue;
    }
    const sign = /[-(]/.test(text) ? -1 : 1;
    const value = BigInt(sign * Math.round(100 * Number(digits)));
    if (value <= MAX_AMOUNT && value >= -MAX_AMOUNT) expect(amount, text).toBe(value);
    else expect(amount, text).toMatchObject({ reason: 'out-of-range' });
    accepted++;
  }
  expect(accepted).toBeGreaterThan(1000);
});

test('the short way and the long way agree', () => {
  // A space in front takes the long way.
  const text = fc.stringMatching(/^-?\d{0,14}\.?\d{0,5}$/);
  fc.assert(
    fc.property(text, (text) => {
      expect(readAmount(text, PLAIN)).toEqual(readAmount(` ${text}`, PLAIN));
    }),
  );
});

test.each([
  ['21990232555.51', MAX_AMOUNT],
  ['-21990232555.51', -MAX_AMOUNT],
  ['21990232555.510', MAX_AMOUNT],
  ['−1.00', -100n],
  ['0000000000000000000000000.01', 1n],
])('%s is accepted', (text, amount) => expect(parseAmount(text, { scale: 2 })).toBe(amount));

test.each([
  ['', 'empty-amount'],
  ['\u00a0 ', 'empty-amount'],
  ['21990232555.52', 'out-of-range'],
  ['-21990232555.52', 'out-of-range'],
  ['1e3', 'scientific-notation'],
  ['1.5E-3', 'scientific-notation'],
  ['0.001', 'too-many-decimals'],
  ['5.', 'misplaced-separator'],
  ['1,000', 'misplaced-separator'],
  ['--5', 'double-sign'],
  ['(-5)', 'double-sign'],
  ['-5-', 'double-sign'],
  ['+-5', 'double-sign'],
  ['٣', 'not-a-number'],
  ['５', 'not-a-number'],
  ['Infinity', 'not-a-number'],
  ['0x1F', 'not-a-number'],
  ['1\u00005', 'not-a-number'],
  ['$5', 'not-a-number'],
])('%j is refused: %s', (text, reason) => {
  expect(readAmount(text, PLAIN)).toMatchObject({ reason });
  expect(() => parseAmount(text, { scale: 2 })).toThrow(AmountError);
});

describe('three decimals of one separator', () => {
  const german: AmountFormat = { ...PLAIN, decimal: ',', thousands: '.' };

  test.each(['1,500', '12,350', '-999,000', '(1,000)', '1,500 ', '100,000-'])(
    '%s is refused where thousands have a separator: the other notation has 1000 times as much',
    (text) => expect(readAmount(text, german)).toMatchObject({ reason: 'ambiguous-separator' }),
  );

  test.each([
    ['1.500', 150000n],
    ['1,50', 150n],
    ['1,5000', 150n],
    ['0,500', 50n],
    ['1.500,500', 150050n],
    ['1500,500', 150050n],
  ])('%s is not one of them', (text, amount) => expect(readAmount(text, german)).toBe(amount));

  test('are read as stated where thousands have none, and where the currency has three decimals', () => {
    expect(readAmount('1,500', { ...german, thousands: '' })).toBe(150n);
    expect(readAmount('1,500', { ...german, scale: 3 })).toBe(1500n);
    expect(readAmount('1,000', { ...german, scale: 0 })).toMatchObject({ reason: 'ambiguous-separator' });
  });
});

describe('the decimal mark that an amount shows', () => {
  test.each([
    [
      '.',
      '1.5',
      '0.500',
      '.500',
      '1234.500',
      '1,234.5',
      '1,234.567',
      '1 234.500',
      '$1.50',
      '-1.5',
      '(1.5)',
      '1,000,000',
    ],
    [',', '1,5', '0,500', ',5', '1234,500', '1.234,5', '1.234,567', "1'234,500", '1,50 €', '5,00-', '1.000.000'],
    ['both', '1.500', '1,500', '999.000', '-1.500', '$ 12,350', '1.234', '1,234 €', '(1.500)'],
    [undefined, '', '5', '1500', '1 500', "1'500", '5.', '.', '1.2.3', '12.34.567', '1,23,456', '1.5E3', 'a1.5b2', 'x'],
    [undefined, '1.5,000', '1,5.000', '1.234.567,8,9', '2024.01.05', 'AMOUNT', '٣.٥', '1.500 000'],
  ])('%s', (mark, ...texts) => {
    for (const text of texts) expect(decimalMarkOf(text as string), text).toBe(mark);
  });

  test('is the one with which Intl writes it', () => {
    for (const [locale, mark] of [
      ['en-US', '.'],
      ['de-DE', ','],
      ['fr-FR', ','],
      ['de-CH', '.'],
    ] as const) {
      const written = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 });
      fc.assert(
        fc.property(minor, (amount) => {
          expect(decimalMarkOf(written.format(formatAmount(amount, 2) as `${number}`))).toBe(mark);
        }),
      );
    }
  });
});

test('a number of half a million digits is out of range', () => {
  expect(readAmount('9'.repeat(500_000), PLAIN)).toMatchObject({ reason: 'out-of-range' });
});

test('an empty amount is zero only where the format says so', () => {
  expect(parseAmount(' ', { scale: 2, empty: 'zero' })).toBe(0n);
  expect(readAmount('-', { ...PLAIN, empty: 'zero' })).toMatchObject({ reason: 'not-a-number' });
});

test('one currency sign, before or after, with the sign inside or outside', () => {
  const format: AmountFormat = { ...PLAIN, symbols: ['$', 'US$'] };
  for (const text of ['$5', '5$', '5 $', 'US$ 5', '+$5', '$+5']) expect(readAmount(text, format), text).toBe(500n);
  for (const text of ['-$5', '$-5', '$5-', '5-$', '($5)', '$(5)', '(5)$'])
    expect(readAmount(text, format), text).toBe(-500n);
  for (const text of ['$$5', '$5$', '$', '$ -', '5 EUR', 'U$5'])
    expect(typeof readAmount(text, format), text).toBe('object');
});

test('faults do not quote the amount', () => {
  for (const text of ['123456.789', '98765432101234.00', '4711,00', '4711x', '4711e3']) {
    const fault = readAmount(text, PLAIN);
    expect(typeof fault).toBe('object');
    expect(JSON.stringify(fault)).not.toMatch(/123456|98765|4711/);
  }
});
