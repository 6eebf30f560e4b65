// Tables as wide as the terminal: every width gives lines that fit or whole ids, and loses nothing; without a width nothing is cut.
import { describe, expect, it } from 'vitest';
import { type Column, layTable } from '../../../src/cli/text/table.ts';

const ID = `0x${'12ab34cd'.repeat(8)}`;
const TEXT = 'the hospital dealt wrong shares of these records, which seats 2 and 3 say';
const lines = (table: string) => table.split('\n');
const widest = (table: string) => Math.max(...lines(table).map((line) => [...line].length));
/** The letters and digits of a table, without its frame and breaks. */
const content = (table: string) => table.replace(/[^\p{L}\p{N},.]/gu, '');

describe('without a width', () => {
  it('nothing is cut, shortened or wrapped', () => {
    const table = layTable([{ head: 'query', short: true }, 'why'], [[ID, TEXT.repeat(5)]]);
    expect(table).toContain(ID);
    expect(table).toContain(TEXT.repeat(5));
  });
});

describe('amounts', () => {
  it('are aligned to the right, with their digits in groups', () => {
    const rows = [
      ['base', '2778.29'],
      ['all', '-1234567.00'],
    ];
    expect(layTable(['lane', { head: 'sum, USD', amount: true }], rows)).toBe(
      '┌──────┬───────────────┐\n│ lane │      sum, USD │\n├──────┼───────────────┤\n│ base │      2,778.29 │\n│ all  │ -1,234,567.00 │\n└──────┴───────────────┘',
    );
  });
});

describe('a narrow terminal', () => {
  const columns: Column[] = ['batch', 'record', 'what is wrong'];
  const rows = [
    [1, 17, TEXT],
    [2, 18, [TEXT, 'and more']],
  ];

  it.each([40, 60, 79, 80, 81])('of %i columns: text wraps between words, and all of it is there', (width) => {
    const table = layTable(columns, rows, width);
    expect(widest(table)).toBeLessThanOrEqual(width);
    expect(table).toContain('│');
    for (const word of TEXT.split(' ')) expect(table).toContain(word);
    expect(layTable(columns, rows, 200)).toBe(layTable(columns, rows));
  });

  it('shows ids whole, row by row, where a table has no room for them', () => {
    const table = layTable(
      ['ledger', 'hospital', 'records'],
      [
        [ID, ID.slice(0, 42), 12],
        [ID, ID.slice(0, 42), 3],
      ],
      80,
    );
    expect(lines(table)).toEqual([
      `ledger    ${ID}`,
      `hospital  ${ID.slice(0, 42)}`,
      'records   12',
      '',
      `ledger    ${ID}`,
      `hospital  ${ID.slice(0, 42)}`,
      'records   3',
    ]);
    expect(widest(table)).toBeLessThanOrEqual(80);
  });

  it('shortens ids where the column allows it, and only as far as it must', () => {
    const paid: Column[] = [{ head: 'query', short: true }, 'ledger', { head: 'ether', amount: true }];
    const one = [[ID, 'bills', '0.001']];
    expect(layTable(paid, one, 100)).toContain(ID);
    const table = layTable(paid, one, 60);
    expect(table).toContain('│ 0x12ab34cd…34cd │ bills  │ 0.001 │');
    expect(widest(table)).toBeLessThanOrEqual(60);
  });

  it('counts wide characters as two', () => {
    const wide = layTable(['text', 'more'], [['元'.repeat(10), '元 '.repeat(30)]], 60);
    for (const line of lines(wide))
      expect([...line].length + line.replace(/[^元]/gu, '').length).toBeLessThanOrEqual(60);
    expect(content(wide).replace(/[^元]/gu, '')).toHaveLength(40);
  });
});
