// Amounts of money: exact decimal text to minor units (cents at scale 2) and back, under a stated number format.
// Nothing is rounded and nothing is guessed: text that the format does not allow is a fault, whatever it might mean.
// Faults do not quote the amount, because it is private.
import { checkInteger, MIStoreError } from '../errors.ts';

/** How amounts are written. */
export interface AmountFormat {
  /** Decimals of a minor unit: 2 for cents. 0..12. */
  readonly scale: number;
  readonly decimal: '.' | ',';
  /** Separator of groups of three digits; '' allows none. ' ' stands for the no-break spaces too, "'" for ’ too. */
  readonly thousands: '' | '.' | ',' | ' ' | "'";
  /** Currency signs that may stand before or after the number, once: ['$', 'USD']. */
  readonly symbols: readonly string[];
  /** What an empty field is: a fault, or zero. */
  readonly empty: 'reject' | 'zero';
}

/** What kind of fault an amount has. */
export type AmountReason =
  | 'empty-amount'
  | 'not-a-number'
  | 'scientific-notation'
  | 'misplaced-separator'
  | 'ambiguous-separator'
  | 'too-many-decimals'
  | 'double-sign'
  | 'out-of-range';

/** Why a text is no amount. */
export interface AmountFault {
  readonly reason: AmountReason;
  readonly message: string;
}

/** Plain decimals: a point, no thousands separator, no currency sign. */
export const PLAIN_AMOUNTS = { decimal: '.', thousands: '', symbols: [], empty: 'reject' } as const;

/** Largest magnitude of one amount, in minor units: 2^41 − 1 (docs/protocol.md, "Ledger"). */
export const MAX_AMOUNT = 2n ** 41n - 1n;
export const MAX_SCALE = 12;

export class AmountError extends MIStoreError {
  constructor(fault: AmountFault) {
    super('INVALID_AMOUNT', `amount ${fault.message}`, { reason: fault.reason });
  }
}

/** Minor units, |amount| ≤ 2^41 − 1. Throws an AmountError for anything that the format does not allow. */
export function parseAmount(text: string, format: Pick<AmountFormat, 'scale'> & Partial<AmountFormat>): bigint {
  const amount = readAmount(text, { ...PLAIN_AMOUNTS, ...format });
  if (typeof amount !== 'bigint') throw new AmountError(amount);
  return amount;
}

/** As parseAmount, but a fault is returned, for text that is expected to be faulty at times. */
export function readAmount(text: string, format: AmountFormat): bigint | AmountFault {
  return readPlain(text, format) ?? readFormatted(text, format);
}

/**
 * What an amount says about the decimal mark of its file, whatever the format: '.' or ',' where it can be read in one way
 * only (1.5, 1,234.56); 'both' where one separator before three digits could be a decimal mark or a thousands separator,
 * a factor of 1000; undefined where it says nothing (1234, or text that is not a number).
 */
export function decimalMarkOf(text: string): '.' | ',' | 'both' | undefined {
  const body = /^[^\d.,]*([\d.,'\u2019 \u00a0\u202f]*\d)[^\d.,]*$/.exec(text)?.[1];
  if (body === undefined) return undefined;
  // A separator that comes twice is one of thousands.
  if (/^\d{1,3}(\.\d{3}){2,}$/.test(body)) return ',';
  if (/^\d{1,3}(,\d{3}){2,}$/.test(body)) return '.';
  const found = /^(\d*|\d{1,3}(?:([.,'\u2019 \u00a0\u202f])\d{3})(?:\2\d{3})*)([.,])(\d+)$/.exec(body);
  const [, whole = '', thousands, mark, decimals] = found ?? [];
  if (mark === undefined || mark === thousands) return undefined;
  return decimals?.length === 3 && /^[1-9]\d{0,2}$/.test(whole) ? 'both' : (mark as '.' | ',');
}

/** Exact decimal text of `minor` minor units, any size: formatAmount(-5n, 2) = "-0.05". */
export function formatAmount(minor: bigint, scale: number): string {
  checkInteger('scale', scale, 0, MAX_SCALE);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(scale + 1, '0');
  const sign = minor < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The fault of an amount beyond MAX_AMOUNT. */
export const outOfRange = (scale: number): AmountFault =>
  fault('out-of-range', `is beyond ±${formatAmount(MAX_AMOUNT, scale)} (2^41 − 1 minor units)`);

const ZERO = 48;
const MINUS = 45;
const POWERS = Array.from({ length: MAX_SCALE + 1 }, (_, i) => 10 ** i);

/** The common case, `-?digits[.digits]` with up to 12 characters, where no double overflows; undefined for the rest. */
function readPlain(text: string, format: AmountFormat): bigint | undefined {
  const { length } = text;
  if (length > 12) return undefined;
  const point = format.decimal.charCodeAt(0);
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  let value = 0;
  let pointAt = -1;
  for (let i = start; i < length; i++) {
    const code = text.charCodeAt(i);
    const digit = code - ZERO;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (code === point && pointAt < 0 && i > start) pointAt = i;
    else return undefined;
  }
  const decimals = pointAt < 0 ? 0 : length - 1 - pointAt;
  if (length === start || pointAt === length - 1 || decimals > format.scale) return undefined;
  value *= POWERS[format.scale - decimals]!;
  if (value > Number(MAX_AMOUNT)) return undefined;
  return BigInt(start === 1 ? -value : value);
}

const MAX_DIGITS = MAX_AMOUNT.toString().length;
const MINUS_SIGNS = ['-', '\u2212'];
const THOUSANDS = { '.': /\./, ',': /,/, ' ': /[ \u00a0\u202f]/, "'": /['\u2019]/ } as const;

function readFormatted(text: string, format: AmountFormat): bigint | AmountFault {
  let body = text.trim();
  if (body === '') {
    return format.empty === 'zero' ? 0n : fault('empty-amount', 'is empty');
  }
  let signs = 0;
  let symbols = 0;
  let negative = false;
  for (let before = ''; before !== body; ) {
    before = body;
    if (body.startsWith('(') && body.endsWith(')') && body.length > 2) {
      body = body.slice(1, -1).trim();
      negative = true;
      signs++;
    }
    const minus = MINUS_SIGNS.find((sign) => body.startsWith(sign) || body.endsWith(sign));
    if (minus !== undefined) {
      body = strip(body, minus);
      negative = true;
      signs++;
    } else if (body.startsWith('+')) {
      body = strip(body, '+');
      signs++;
    }
    const symbol = format.symbols.find((sign) => body.startsWith(sign) || body.endsWith(sign));
    if (symbol !== undefined && symbols === 0) {
      body = strip(body, symbol);
      symbols++;
    }
  }
  if (signs > 1) return fault('double-sign', 'has more than one sign');
  const magnitude = readMagnitude(body, format);
  if (typeof magnitude !== 'bigint') return magnitude;
  if (magnitude > MAX_AMOUNT) {
    return outOfRange(format.scale);
  }
  return negative ? -magnitude : magnitude;
}

/** `body` without `sign` at its start, or else at its end, and without the space between. */
function strip(body: string, sign: string): string {
  return (body.startsWith(sign) ? body.slice(sign.length) : body.slice(0, -sign.length)).trim();
}

function readMagnitude(body: string, format: AmountFormat): bigint | AmountFault {
  const point = body.lastIndexOf(format.decimal);
  const whole = point < 0 ? body : body.slice(0, point);
  const decimals = point < 0 ? '' : body.slice(point + 1);
  if (/^[\d.,]+e[+-]?\d+$/i.test(body)) {
    return fault('scientific-notation', 'is in scientific notation, which may have lost digits');
  }
  if (!/\d/.test(body) || !/^[\d.,'\u2019 \u00a0\u202f]+$/.test(body)) {
    return fault('not-a-number', `is not a number (allowed: ${describe(format)})`);
  }
  const groups = format.thousands === '' ? [whole] : whole.split(THOUSANDS[format.thousands]);
  const placed = groups.every((group, i) =>
    groups.length === 1 ? /^\d*$/.test(group) : i === 0 ? /^\d{1,3}$/.test(group) : /^\d{3}$/.test(group),
  );
  if (!placed || !/^\d*$/.test(decimals) || (point >= 0 && decimals === '')) {
    return fault('misplaced-separator', `has a separator where none may be (allowed: ${describe(format)})`);
  }
  // A row of another notation in a file that separates thousands: 1,500 would be read as 1.50.
  if (format.thousands !== '' && format.scale < 3 && decimals.length === 3 && /^[1-9]\d{0,2}$/.test(whole)) {
    return fault('ambiguous-separator', 'has three decimals, which could be thousands in another notation');
  }
  const kept = decimals.slice(0, format.scale).padEnd(format.scale, '0');
  if (/[1-9]/.test(decimals.slice(format.scale))) {
    return fault('too-many-decimals', `has more than ${format.scale} decimals`);
  }
  // Far too long is said to be out of range without the cost of converting it.
  const digits = (groups.join('') + kept).replace(/^0+/, '');
  return digits.length > MAX_DIGITS ? MAX_AMOUNT + 1n : BigInt(digits);
}

function describe({ decimal, thousands, symbols }: AmountFormat): string {
  const grouping = thousands === '' ? 'no thousands separator' : `thousands "${thousands}"`;
  return `decimal "${decimal}", ${grouping}${symbols.length > 0 ? `, signs ${symbols.join(' ')}` : ''}`;
}

function fault(reason: AmountReason, message: string): AmountFault {
  return { reason, message };
}
