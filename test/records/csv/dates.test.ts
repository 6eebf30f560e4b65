// Dates against the calendar of Date, day by day, and texts that are not dates of the form.
import { expect, test } from 'vitest';
import { DATE_FORMATS, readDate } from '../../../src/records/csv/dates.ts';

test.each(DATE_FORMATS)('%s: exactly the days that exist', (format) => {
  for (const year of [1900, 2000, 2023, 2024]) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const [YYYY, MM, DD] = [year, month, day].map((part, i) => String(part).padStart(i === 0 ? 4 : 2, '0'));
        const text = format.replace('YYYY', YYYY!).replace('MM', MM!).replace('DD', DD!);
        const date = new Date(Date.UTC(year, month - 1, day));
        const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        expect(readDate(text, format), text).toBe(exists ? `${YYYY}-${MM}-${DD}` : undefined);
      }
    }
  }
});

test.each([
  '2024-02-29T00:00',
  '2024-02-29T23:59:60Z',
  '2024-02-29 10:00:00',
  '2024-02-29T10:00:00.123456789+05:30',
  '2024-02-29T10:00:00,5-0800',
])('%s is kept as it is', (text) => expect(readDate(text, 'YYYY-MM-DD')).toBe(text));

test.each([
  ['2024-2-9', 'YYYY-MM-DD'],
  ['2024-02-29T24:00', 'YYYY-MM-DD'],
  ['2024-02-29T10', 'YYYY-MM-DD'],
  ['2024-02-29T10:00:61', 'YYYY-MM-DD'],
  ['2024-02-29Z', 'YYYY-MM-DD'],
  ['2024-02-29 ', 'YYYY-MM-DD'],
  ['24-02-29', 'YYYY-MM-DD'],
  ['2024/2/9', 'YYYY/MM/DD'],
  ['29x02x2024', 'DD.MM.YYYY'],
  ['29.02.24', 'DD.MM.YYYY'],
  ['29.02.2024 10:00', 'DD.MM.YYYY'],
  ['02/29/2024', 'DD/MM/YYYY'],
  ['29/02/2024', 'MM/DD/YYYY'],
  ['٢٩.٠٢.٢٠٢٤', 'DD.MM.YYYY'],
  ['', 'YYYYMMDD'],
] as const)('%j is no date of the form %s', (text, format) => expect(readDate(text, format)).toBeUndefined());

test.each([
  ['1/2/2020', 'DD/MM/YYYY', '2020-02-01'],
  ['1/2/2020', 'MM/DD/YYYY', '2020-01-02'],
  ['9.12.2020', 'DD.MM.YYYY', '2020-12-09'],
] as const)('%s as %s is %s', (text, format, expected) => expect(readDate(text, format)).toBe(expected));
