// Amounts, times and durations as people read them.
import { describe, expect, it } from 'vitest';
import { grouped } from '../../../src/cli/text/amounts.ts';
import { dayInWords, durationInWords, timeInWords } from '../../../src/cli/text/times.ts';

describe('amounts', () => {
  it('have their digits in groups of three, and no others', () => {
    for (const [amount, shown] of [
      ['0', '0'],
      ['999', '999'],
      ['1000', '1,000'],
      ['-1234567.50', '-1,234,567.50'],
      ['0.123456', '0.123456'],
      ['1000.1234', '1,000.1234'],
      ['n/a 1000', 'n/a 1000'],
    ]) {
      expect(grouped(amount!), amount).toBe(shown);
    }
    expect(grouped(123_456_789_012_345_678n)).toBe('123,456,789,012,345,678');
    expect(grouped(2000)).toBe('2,000');
  });

  it('are the same number without the commas', () => {
    for (let digits = 1; digits < 40; digits++) {
      const amount = `-${'1234567890'.repeat(4).slice(0, digits)}.05`;
      expect(grouped(amount).replaceAll(',', '')).toBe(amount);
      expect(grouped(amount)).toMatch(/^-\d{1,3}(,\d{3})*\.05$/);
    }
  });
});

describe('times', () => {
  it('of a duration are in one or two units', () => {
    const shown = [0, 1, 59, 60, 61, 599, 600, 3599, 3600, 5400, 86_400, 100_000, 700_000].map(durationInWords);
    const expected = '0 s,1 s,59 s,1 min,1 min 1 s,9 min 59 s,10 min,59 min,1 h,1 h 30 min,1 day,1 day 3 h,8 days';
    expect(shown.join()).toBe(expected);
    expect(durationInWords(-5)).toBe('0 s');
  });

  it('of a day are in UTC', () => {
    expect(dayInWords(1_809_302_399)).toBe('2 May 2027');
    expect(timeInWords(1_809_302_399n)).toBe('2 May 2027, 23:59 UTC');
    expect(dayInWords(1_809_302_400)).toBe('3 May 2027');
  });
});
