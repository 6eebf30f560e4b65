// Numbers, amounts, dates and strangers' text for people, as the chosen language writes them. Amounts come as decimal text
// and stay exact: Intl reads the text, no float is made of it.
import { visible } from '../src/cli/text/visible.ts';

/** Text of strangers, in which characters that hide or turn around what stands beside them are shown by their codes. */
export const shown = visible;

/** "0x1234…cdef"; whole where it is short. */
export const shortened = (hex: string): string => (hex.length <= 14 ? hex : `${hex.slice(0, 8)}…${hex.slice(-4)}`);

const ETHER_DECIMALS = 18;

export class Formats {
  readonly #language: string;
  readonly #integer: Intl.NumberFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #longDay: Intl.DateTimeFormat;
  readonly #moment: Intl.DateTimeFormat;

  constructor(language: string) {
    this.#language = language;
    this.#integer = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    this.#day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
    this.#longDay = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
    this.#moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  }

  integer(value: number | bigint): string {
    return this.#integer.format(value);
  }

  /** A decimal text with all of its digits after the point. */
  decimal(text: string): string {
    const digits = text.split('.')[1]?.length ?? 0;
    const format = new Intl.NumberFormat(this.#language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    return format.format(text as Intl.StringNumericLiteral);
  }

  /** "2,778.29 USD". */
  money(text: string, currency: string): string {
    return currency === '' ? this.decimal(text) : `${this.decimal(text)}\u00a0${shown(currency)}`;
  }

  /** A share of one, as "97 %". */
  percent(share: number): string {
    return new Intl.NumberFormat(this.#language, { style: 'percent', maximumFractionDigits: 1 }).format(share);
  }

  /** Wei, in ether, with at most six significant digits. */
  ether(wei: bigint): string {
    const text = wei.toString().padStart(ETHER_DECIMALS + 1, '0');
    const ether = `${text.slice(0, -ETHER_DECIMALS)}.${text.slice(-ETHER_DECIMALS)}`;
    const format = new Intl.NumberFormat(this.#language, { maximumSignificantDigits: 6, maximumFractionDigits: 18 });
    return `${format.format(ether as Intl.StringNumericLiteral)}\u00a0ETH`;
  }

  /** A number with at most so many digits after the point. */
  number(value: number, digits = 1): string {
    return new Intl.NumberFormat(this.#language, { maximumFractionDigits: digits }).format(value);
  }

  /** The day of a date of the hospital's source, "2025-03-01" or with a time after it; other text as it is. */
  day(date: string): string {
    const time = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
    return Number.isNaN(time) ? shown(date) : this.#day.format(time);
  }

  /** Unix seconds as a day, in the reader's time zone: "3 May 2027". */
  longDay(seconds: number | bigint): string {
    return this.#longDay.format(Number(seconds) * 1000);
  }

  /** Unix seconds as day and time, in the reader's time zone. */
  moment(seconds: number | bigint): string {
    return this.#moment.format(Number(seconds) * 1000);
  }
}
