// JSON numbers to minor units, exactly and from their text: 12.10, 1e2, -0. An exponent is part of how JSON writes numbers,
// so it is read, unlike in a CSV, where a spreadsheet has put it.
import { type AmountFault, MAX_AMOUNT, outOfRange } from '../amounts.ts';

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const MAX_DIGITS = MAX_AMOUNT.toString().length;

/** Minor units of `scale` decimals, |amount| ≤ 2^41 − 1, or what is wrong with it. `text`: a number as JSON writes it. */
export function readNumber(text: string, scale: number): bigint | AmountFault {
  const [, sign, whole, decimals = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (whole === undefined) return { reason: 'not-a-number', message: 'is not a number' };
  const digits = (whole + decimals).replace(/^0+/, '');
  if (digits === '') return 0n;
  // Of an exponent too large for a number, the sign is right.
  const shift = Number(exponent) - decimals.length + scale;
  if (digits.length + shift > MAX_DIGITS) return outOfRange(scale);
  const kept = shift < 0 ? digits.slice(0, shift) : digits + '0'.repeat(shift);
  const dropped = shift < 0 ? digits.slice(shift) : '';
  if (/[1-9]/.test(dropped)) return { reason: 'too-many-decimals', message: `has more than ${scale} decimals` };
  const magnitude = BigInt(kept);
  if (magnitude > MAX_AMOUNT) return outOfRange(scale);
  return sign === '-' ? -magnitude : magnitude;
}
