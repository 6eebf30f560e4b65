// Dates against the calendar of Date, day by day, times of day, and texts that are not dates of the form.
import { expect, test } from 'vitest';
import { DATE_FORMATS, readDate } from '../../../src/records/input/dates.ts';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

test.each(DATE_FORMATS)('%s: exactly the days that exist', (format) => {
  for (const year of [1900, 2000, 2023, 2024]) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const [YYYY, MM, DD] = [year, month, day].map((part, i) => String(part).padStart(i === 0 ? 4 : 2, '0'));
        const MMM = MONTHS[month - 1] ?? 'Foo';
        const text = format.replace('YYYY', YYYY!).replace('MMM', MMM).replace('MM', MM!).replace('DD', DD!);
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
  ['29.02.2024 24:00', 'DD.MM.YYYY'],
  ['29.02.2024 10', 'DD.MM.YYYY'],
  ['29.02.2024  10:00', 'DD.MM.YYYY'],
  ['29.02.202410:00', 'DD.MM.YYYY'],
  ['30.02.2024 10:00', 'DD.MM.YYYY'],
  ['02/29/2024 13:00 PM', 'MM/DD/YYYY'],
  ['02/29/2024 0:30 AM', 'MM/DD/YYYY'],
  ['02/29/2024 10:60', 'MM/DD/YYYY'],
  ['27-OKT-1999', 'DD-MMM-YYYY'],
  ['27-10-1999', 'DD-MMM-YYYY'],
  ['27-OCT-99', 'DD-MMM-YYYY'],
  ['31-JUN-1999', 'DD-MMM-YYYY'],
  ['27-OCTO-1999', 'DD-MMM-YYYY'],
  ['02/29/2024', 'DD/MM/YYYY'],
  ['29/02/2024', 'MM/DD/YYYY'],
  ['٢٩.٠٢.٢٠٢٤', 'DD.MM.YYYY'],
  ['', 'YYYYMMDD'],
] as const)('%j is not a date of the form %s', (text, format) => expect(readDate(text, format)).toBeUndefined());

test.each([
  ['1/2/2020', 'DD/MM/YYYY', '2020-02-01'],
  ['1/2/2020', 'MM/DD/YYYY', '2020-01-02'],
  ['9.12.2020', 'DD.MM.YYYY', '2020-12-09'],
  ['27-OCT-1999', 'DD-MMM-YYYY', '1999-10-27'],
  ['1-may-2024', 'DD-MMM-YYYY', '2024-05-01'],
  ['27-Oct-1999 10:05', 'DD-MMM-YYYY', '1999-10-27T10:05'],
  ['29.02.2024 10:00', 'DD.MM.YYYY', '2024-02-29T10:00'],
  ['29.02.2024T23:59:60Z', 'DD.MM.YYYY', '2024-02-29T23:59:60Z'],
  ['3/4/2024 9:05', 'MM/DD/YYYY', '2024-03-04T09:05'],
  ['3/4/2024 12:00:00 AM', 'MM/DD/YYYY', '2024-03-04T00:00:00'],
  ['3/4/2024 12:30 pm', 'MM/DD/YYYY', '2024-03-04T12:30'],
  ['3/4/2024 11:59:59.5PM', 'MM/DD/YYYY', '2024-03-04T23:59:59.5'],
  ['20240229 10:00+02:00', 'YYYYMMDD', '2024-02-29T10:00+02:00'],
  ['2024/02/29 10:00', 'YYYY/MM/DD', '2024-02-29T10:00'],
  ['2024-02-29 1:00 PM', 'YYYY-MM-DD', '2024-02-29T13:00'],
  ['2024-02-29t10:00z', 'YYYY-MM-DD', '2024-02-29T10:00Z'],
] as const)('%s as %s is %s', (text, format, expected) => expect(readDate(text, format)).toBe(expected));
