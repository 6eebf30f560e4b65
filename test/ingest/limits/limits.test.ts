// Limits of rejected rows and repeats against plain arithmetic, row by row: where exactly a run ends, and that it ends for the
// reason it gives.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LimitError, type LimitOptions, Limits } from '../../../src/ingest/limits.ts';

type Kind = 'stored' | 'rejected' | 'repeated';

/** Code of the error that ends a run of these rows, and the row at which it does (null: after all). */
function endOf(
  rows: readonly Kind[],
  options: LimitOptions = {},
  raw = 'x',
): { code: string; row: number | null } | null {
  const limits = new Limits(options, ['CLAIM', 'LINE']);
  let row: number | null = 0;
  try {
    for (const kind of rows) {
      row++;
      limits.read({ raw });
      if (kind === 'rejected') limits.rejected({ raw });
      if (kind === 'repeated') limits.repeated();
    }
    row = null;
    limits.end();
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(LimitError);
    return { code: (error as LimitError).code, row };
  }
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('repeats', () => {
  it.each([
    [0, 10, null],
    [1, 0, { code: 'TOO_MANY_REPEATS', row: null }],
    [1, 1, null],
    [5, 5, null],
    [5, 4, { code: 'TOO_MANY_REPEATS', row: null }],
    [6, 53, { code: 'TOO_MANY_REPEATS', row: null }],
    [6, 54, null],
    [10, 90, null],
    [11, 89, { code: 'TOO_MANY_REPEATS', row: null }],
    [100, 0, { code: 'TOO_MANY_REPEATS', row: null }],
    [101, 0, { code: 'TOO_MANY_REPEATS', row: 101 }],
  ])('%i after %i other rows', (repeats, others, end) => {
    expect(endOf([...times(others, 'stored' as const), ...times(repeats, 'repeated' as const)])).toEqual(end);
    expect(
      endOf([...times(others, 'stored' as const), ...times(repeats, 'repeated' as const)], { allowRepeats: true }),
    ).toBe(null);
  });

  it('at the beginning of a long file do not end it', () => {
    expect(endOf([...times(100, 'repeated' as const), ...times(900, 'stored' as const)])).toBe(null);
    expect(endOf([...times(100, 'repeated' as const), ...times(899, 'stored' as const)])).toMatchObject({ row: null });
  });

  it('name the columns of the id and the option', () => {
    const limits = new Limits({}, ['CLAIM', 'LINE']);
    limits.read({ raw: '' });
    limits.repeated();
    expect(() => limits.end()).toThrow(/^1 of 1 rows repeat .* is "CLAIM" with "LINE" the id .* --allow-repeats$/);
  });
});

describe('rejected rows', () => {
  it.each([
    [0, 0, null],
    [1, 1, null],
    [1, 0, { code: 'ALL_REJECTED', row: null }],
    [1000, 0, { code: 'ALL_REJECTED', row: null }],
    [1001, 0, { code: 'TOO_MANY_REJECTED', row: 1001 }],
    [1000, 1, null],
    [1001, 1, { code: 'TOO_MANY_REJECTED', row: 1002 }],
    [1001, 9009, null],
    [1001, 9008, { code: 'TOO_MANY_REJECTED', row: 10009 }],
  ])('%i after %i other rows', (rejected, others, end) => {
    const rows = [...times(others, 'stored' as const), ...times(rejected, 'rejected' as const)];
    expect(endOf(rows)).toEqual(end);
    expect(endOf(rows, { allowRejected: true })).toBe(null);
  });

  it.each([
    [0, 1, { code: 'TOO_MANY_REJECTED', row: 101 }],
    [5, 5, null],
    [5, 6, { code: 'TOO_MANY_REJECTED', row: 106 }],
    [2000, 2000, null],
  ])('at most %i: %i after 100 others', (maxRejected, rejected, end) => {
    expect(endOf([...times(100, 'stored' as const), ...times(rejected, 'rejected' as const)], { maxRejected })).toEqual(
      end,
    );
  });

  it('of much text end a run although they are few', () => {
    const long = 'x'.repeat(2 ** 20);
    expect(endOf(['stored', ...times(16, 'rejected' as const)], {}, long)).toBe(null);
    expect(endOf(['stored', ...times(17, 'rejected' as const)], {}, long)).toEqual({
      code: 'TOO_MANY_REJECTED',
      row: 18,
    });
    expect(endOf(['stored', ...times(17, 'rejected' as const)], { maxRejected: 5000 }, long)).toMatchObject({
      row: 18,
    });
    expect(endOf(['stored', ...times(17, 'rejected' as const)], { allowRejected: true }, long)).toBe(null);
    expect(endOf([...times(153, 'stored' as const), ...times(17, 'rejected' as const)], {}, long)).toBe(null);
  });
});

it('a run of any rows that goes on is within its limits, and one that ends is not', () => {
  const kinds = fc.array(fc.constantFrom<Kind>('stored', 'stored', 'rejected', 'repeated'), { maxLength: 60 });
  fc.assert(
    fc.property(kinds, fc.option(fc.nat({ max: 20 }), { nil: undefined }), (rows, maxRejected) => {
      const count = (kind: Kind, end: number) => rows.slice(0, end).filter((one) => one === kind).length;
      const end = endOf(rows, maxRejected === undefined ? {} : { maxRejected });
      const all = rows.length;
      if (end === null) {
        expect(count('rejected', all)).toBeLessThanOrEqual(maxRejected ?? 1000);
        expect(count('repeated', all)).toBeLessThanOrEqual(count('repeated', all) > 5 ? all / 10 : all / 2);
        if (all > 0) expect(count('rejected', all)).toBeLessThan(all);
      } else if (end.code === 'TOO_MANY_REJECTED') expect(count('rejected', end.row!)).toBe(maxRejected! + 1);
      else if (end.code === 'ALL_REJECTED') expect(count('rejected', all)).toBe(all);
      else expect(count('repeated', all)).toBeGreaterThan(count('repeated', all) > 5 ? all / 10 : all / 2);
    }),
  );
});
