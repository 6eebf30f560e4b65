// The results as text: a table for each subject, the fastest first.
import type { Result, Subject } from './subject.ts';
import { withVersions } from './versions.ts';

export function tables(results: readonly Result[], subjects: readonly Subject[]): string {
  return subjects
    .filter(({ name }) => results.some((result) => result.subject === name))
    .map((subject) => {
      const mine = results.filter((result) => result.subject === subject.name);
      const sizes = [...new Set(mine.map(({ size }) => size))];
      const blocks = sizes.map((size) =>
        block(
          mine.filter((result) => result.size === size),
          subject,
        ),
      );
      return `${subject.name}: ${subject.title}\nratio: to ${subject.baseline}\n\n${blocks.join('\n\n')}`;
    })
    .join('\n\n');
}

/** Columns of words. */
const LEFT: readonly number[] = [0, 5];

function block(results: readonly Result[], { unit }: Subject): string {
  const size = results[0]!.size;
  const sorted = [...results].sort((a, b) => a.nsPerOp - b.nsPerOp);
  const rows = sorted.map((result) => [
    withVersions(result.name),
    time(result.nsPerOp),
    `±${(100 * result.spread).toFixed(0)} %`,
    result.ratioToBaseline === null ? '' : `${significant(result.ratioToBaseline)} ×`,
    result.fieldProducts === null ? '' : significant(result.fieldProducts),
    result.bound,
  ]);
  const head = [`${size} at once`, one(unit), 'spread', 'ratio', 'products', 'what bounds it'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, i) => (LEFT.includes(i) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`.trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** One of what is counted, with its article. */
export const one = (unit: string): string => `${/^[aeiou]/.test(unit) ? 'an' : 'a'} ${unit}`;

/** Three significant digits, without an exponent. */
export function significant(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

/** A time given in nanoseconds, in the unit that suits it. */
export function time(ns: number): string {
  if (ns < 1e3) return `${significant(ns)} ns`;
  if (ns < 1e6) return `${significant(ns / 1e3)} µs`;
  return `${significant(ns / 1e6)} ms`;
}
