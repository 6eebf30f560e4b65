// Tables for people, as wide as the terminal: text wraps between words; ids are shortened where a column allows that; what still
// does not fit is shown row by row, so that an id stays whole and can be copied. Without a width (a pipe, a file) nothing is cut.
import { createRequire } from 'node:module';
import type TableOf from 'cli-table3';
import { grouped } from './amounts.ts';
import { visible } from './visible.ts';

/** Loads what draws tables when there is one to draw. */
const require = createRequire(import.meta.url);
const newTable = (options: TableOf.TableConstructorOptions) => new (require('cli-table3') as typeof TableOf)(options);

/** A cell of several lines is a list. */
export type Cell = string | number | bigint | readonly string[];

export type Column =
  | string
  | {
      head: string;
      /** Numbers: aligned to the right, their digits in groups of three. */
      amount?: boolean;
      /** Ids (0x-hex) that may be shortened, because the whole stands elsewhere. */
      short?: boolean;
    };

/** A table or, where `width` is too narrow for one, rows below each other; without the last line's end. */
export function layTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], width?: number): string {
  const all = columns.map((column) => (typeof column === 'string' ? { head: column } : column));
  const heads = all.map(({ head }) => visible(head));
  const cells = rows.map((row) => row.map((cell, c) => textOf(cell, all[c]?.amount)));
  const align = all.map(({ amount }) => (amount ? 'right' : 'left'));
  const draw = (body: string[][], colWidths: number[] = []) => {
    const style = { head: [], border: [], compact: true };
    const table = newTable({ head: heads, style, colAligns: align, colWidths, wordWrap: colWidths.length > 0 });
    table.push(...body);
    return table.toString();
  };
  const natural = draw(cells);
  if (width === undefined || widthOf(natural) <= width) return natural;
  const shortened = cells.map((row) => row.map((text, c) => (all[c]?.short ? shortIds(text) : text)));
  const narrow = draw(shortened);
  if (widthOf(narrow) <= width) return narrow;
  const widths = fittingWidths(heads, shortened, width);
  return widths === null ? rowByRow(heads, cells) : draw(shortened, widths);
}

function textOf(cell: Cell, amount = false): string {
  const lines = typeof cell === 'object' ? cell : [String(cell)];
  return lines.map((line) => visible(amount ? grouped(line) : line)).join('\n');
}

/** "0x12345678…cdef" for hex of more than 8 bytes. */
export const shortIds = (text: string): string =>
  text.replace(/\b0x([0-9a-f]{8})[0-9a-f]{9,}([0-9a-f]{4})\b/gi, '0x$1…$2');

const widthOf = (table: string): number => table.slice(0, table.indexOf('\n')).length;

/** Columns that a terminal gives this text, as the table reckons. */
const columnsOf = (text: string): number => {
  const table = newTable({ style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } });
  table.push([text]);
  return widthOf(table.toString()) - 2;
};

/** Widths of columns, their padding included, such that words stay whole; null where there is no room for that. */
function fittingWidths(heads: readonly string[], rows: readonly string[][], width: number): number[] | null {
  const widest = (parts: (text: string) => string[]) =>
    heads.map((head, c) => {
      const texts = new Set([head, ...rows.map((row) => row[c] ?? '')].flatMap(parts));
      return 2 + columnsOf([...texts].join('\n'));
    });
  const least = widest((text) => text.split(/\s+/));
  const widths = widest((text) => text.split('\n'));
  const total = () => widths.reduce((sum, one) => sum + one, heads.length + 1);
  while (total() > width) {
    const spare = widths.map((one, c) => (one > least[c]! ? one : 0));
    const most = Math.max(...spare);
    if (most === 0) return null;
    widths[spare.indexOf(most)]!--;
  }
  return widths;
}

function rowByRow(heads: readonly string[], rows: readonly string[][]): string {
  const longest = Math.max(...heads.map((head) => head.length));
  const line = (head: string, text: string) =>
    `${head.padEnd(longest)}  ${text.replaceAll('\n', `\n${' '.repeat(longest + 2)}`)}`;
  return rows.map((row) => row.map((text, c) => line(heads[c]!, text)).join('\n')).join('\n\n');
}
