// Dates of a CSV in a stated order of day, month and year, checked against the calendar, as ISO 8601 text. Which of two
// numbers is the month is never guessed. A time of day may follow a date of any form.

export const DATE_FORMATS = [
  'YYYY-MM-DD',
  'YYYY/MM/DD',
  'YYYYMMDD',
  'DD.MM.YYYY',
  'DD/MM/YYYY',
  'DD-MM-YYYY',
  'DD-MMM-YYYY',
  'MM/DD/YYYY',
  'MM-DD-YYYY',
] as const;
export type DateFormat = (typeof DATE_FORMATS)[number];

/** After T or a space: hours and minutes, with or without seconds, a fraction, AM or PM, and a zone. */
const TIME =
  '(?:[T ](?<hour>\\d{1,2})(?<rest>:[0-5]\\d(?::(?:[0-5]\\d|60)(?:[.,]\\d{1,9})?)?) ?(?<half>[AP]M)?(?<zone>Z|[+-]\\d{2}:?\\d{2})?)?';
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

const PATTERNS = Object.fromEntries(DATE_FORMATS.map((format) => [format, patternOf(format)]));

function patternOf(format: DateFormat): RegExp {
  // Where the year comes last, a day or month may lack its leading zero: 1/2/2020.
  const digits = format.startsWith('YYYY') ? '\\d{2}' : '\\d{1,2}';
  const date = format
    .replaceAll('.', '\\.')
    .replace('YYYY', '(?<year>\\d{4})')
    .replace('MMM', `(?<month>${MONTHS.join('|')})`)
    .replace('MM', `(?<month>${digits})`)
    .replace('DD', `(?<day>${digits})`);
  return new RegExp(`^${date}${TIME}$`, 'i');
}

/**
 * ISO 8601 text, or undefined if the text is not a date of the format. A time keeps its digits and its zone, if it has one;
 * hours of AM and PM become those of the day. What is ISO 8601 already, or has a space for the T, stays as it is written.
 */
export function readDate(text: string, format: DateFormat): string | undefined {
  const found = PATTERNS[format]!.exec(text);
  if (!found) return undefined;
  const { year = '', month: written = '', day = '', hour, rest, half, zone = '' } = found.groups ?? {};
  const month = /^\d/.test(written) ? Number(written) : MONTHS.indexOf(written.toUpperCase()) + 1;
  if (!isDay(Number(year), month, Number(day))) return undefined;
  const date = `${year}-${pad(month)}-${pad(Number(day))}`;
  if (hour === undefined) return date;
  const hours = hourOfDay(Number(hour), half);
  if (hours === undefined) return undefined;
  const asItIs = format === 'YYYY-MM-DD' && half === undefined && hour.length === 2 && !/[tz]/.test(text);
  return asItIs ? text : `${date}T${pad(hours)}${rest}${zone.toUpperCase()}`;
}

const pad = (value: number) => String(value).padStart(2, '0');

/** 0 to 23; undefined for an hour that does not exist. */
function hourOfDay(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour <= 23 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(year: number, month: number, day: number): boolean {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0));
}
