// Dates of a CSV in a stated order of day, month and year, checked against the calendar, as ISO 8601 text. Which of two
// numbers is the month is never guessed.

export const DATE_FORMATS = [
  'YYYY-MM-DD',
  'YYYY/MM/DD',
  'YYYYMMDD',
  'DD.MM.YYYY',
  'DD/MM/YYYY',
  'DD-MM-YYYY',
  'MM/DD/YYYY',
  'MM-DD-YYYY',
] as const;
export type DateFormat = (typeof DATE_FORMATS)[number];

/** ISO only: a time after T or a space, with or without seconds, fraction and zone. */
const TIME = '([T ]([01]\\d|2[0-3]):[0-5]\\d(:([0-5]\\d|60)([.,]\\d{1,9})?)?(Z|[+-]\\d{2}:?\\d{2})?)?';

const PATTERNS = Object.fromEntries(DATE_FORMATS.map((format) => [format, patternOf(format)]));

function patternOf(format: DateFormat): RegExp {
  // Where the year comes last, a day or month may lack its leading zero: 1/2/2020.
  const digits = format.startsWith('YYYY') ? '\\d{2}' : '\\d{1,2}';
  const date = format
    .replaceAll('.', '\\.')
    .replace('YYYY', '(?<year>\\d{4})')
    .replace('MM', `(?<month>${digits})`)
    .replace('DD', `(?<day>${digits})`);
  return new RegExp(`^${date}${format === 'YYYY-MM-DD' ? TIME : ''}$`);
}

/** ISO 8601 text (a time is kept as it is written), or undefined if the text is no date of the format. */
export function readDate(text: string, format: DateFormat): string | undefined {
  const found = PATTERNS[format]!.exec(text);
  if (!found) return undefined;
  const { year = '', month = '', day = '' } = found.groups ?? {};
  if (!isDay(Number(year), Number(month), Number(day))) return undefined;
  return format === 'YYYY-MM-DD' ? text : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(year: number, month: number, day: number): boolean {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0));
}
