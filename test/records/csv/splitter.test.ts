// The splitter against a writer that quotes (round trip), against csv-parse, and over garbage: however the text is cut
// into pieces, the records are the same and their raw text adds up to the whole.
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CsvRecord, DELIMITERS, type Dialect, MAX_RECORD, Splitter } from '../../../src/records/csv/splitter.ts';
import { InputError } from '../../../src/records/input/errors.ts';

const COMMA: Dialect = { delimiter: ',', quote: '"', lineEnd: '\n' };

function split(pieces: readonly string[], dialect: Dialect, columns = 0): { records: CsvRecord[]; blankLines: number } {
  const splitter = new Splitter(dialect);
  splitter.columns = columns;
  const records: CsvRecord[] = [];
  const drain = () => {
    for (let record = splitter.next(); record; record = splitter.next()) records.push(record);
  };
  for (const piece of pieces) {
    splitter.push(piece);
    drain();
  }
  splitter.end();
  drain();
  return { records, blankLines: splitter.blankLines };
}

/** `text` in pieces of the given lengths, repeated. */
function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, i = 0; at < text.length; i++) {
    const length = lengths[i % lengths.length]!;
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
const dialects = fc.record({
  delimiter: fc.constantFrom(...DELIMITERS),
  quote: fc.constantFrom('"', "'"),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
});
const content = fc.string({ unit: fc.constantFrom('a', 'é', '𝒫', ' ', '"', "'", ',', ';', '\t', '|', '\n', '\r\n') });
const table = fc
  .integer({ min: 2, max: 5 })
  .chain((width) =>
    fc.array(fc.array(content, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
  );

test('what a writer encloses in quotes is read back, with its line numbers, in any pieces', () => {
  fc.assert(
    fc.property(table, dialects, cuts, (rows, { delimiter, quote, lineEnd }, lengths) => {
      const enclose = (field: string) => `${quote}${field.replaceAll(quote, quote + quote)}${quote}`;
      const text = rows.map((row) => row.map(enclose).join(delimiter) + lineEnd).join('');
      const last = lineEnd === '\r' ? '\r' : '\n';
      const { records, blankLines } = split(cut(text, lengths), { delimiter, quote, lineEnd: last } as Dialect);
      expect(records.map(({ fields }) => fields)).toEqual(rows);
      expect(blankLines).toBe(0);
      let line = 1;
      for (const record of records) {
        expect(record.line).toBe(line);
        line += record.raw.split(last).length;
      }
    }),
    { numRuns: 500 },
  );
});

test('csv-parse reads the same fields', () => {
  const plain = fc.string({ unit: fc.constantFrom('a', '0', '.', ' ', 'é'), maxLength: 5 });
  const quoted = fc
    .string({ unit: fc.constantFrom('a', '""', ',', '\n', ' '), maxLength: 5 })
    .map((text) => `"${text}"`);
  const row = fc.array(fc.oneof(plain, quoted), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), cuts, (rows, lengths) => {
      const text = rows.map((fields) => `${fields.join(',')}\n`).join('');
      const expected: string[][] = parse(text, { relax_column_count: true });
      expect(split(cut(text, lengths), COMMA).records.map(({ fields }) => fields)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('garbage: the pieces do not matter, and nothing is lost', () => {
  const garbage = fc.string({
    unit: fc.constantFrom('a', ',', '"', '""', '","', '\n', '\r\n', '\r', '\0', ' '),
    maxLength: 40,
  });
  const columns = fc.integer({ min: 0, max: 3 });
  const lineEnds = fc.constantFrom<'\n' | '\r'>('\n', '\r');
  fc.assert(
    fc.property(garbage, cuts, columns, lineEnds, (text, lengths, columns, lineEnd) => {
      const dialect: Dialect = { ...COMMA, lineEnd };
      const whole = split([text], dialect, columns);
      expect(split(cut(text, lengths), dialect, columns)).toEqual(whole);
      let at = 0;
      for (const { raw, line } of whole.records) {
        // Each stands where its line begins, and between records there are line ends only.
        const start = text.split(lineEnd, line - 1).reduce((length, before) => length + before.length + 1, 0);
        expect(text.startsWith(raw, start)).toBe(true);
        expect(text.slice(at, start)).toMatch(lineEnd === '\n' ? /^[\r\n]*$/ : /^\r*$/);
        at = start + raw.length;
      }
      expect(text.slice(at)).toMatch(/^[\r\n]*$/);
    }),
    { numRuns: 3000 },
  );
});

const faultOf = (text: string, dialect = COMMA, columns = 0) => {
  const fields = split([text], dialect, columns).records[0]!.fields;
  return 'reason' in fields ? fields.reason : undefined;
};

test.each([
  ['"a', 'broken-quotes'],
  ['"a\nb,c', 'broken-quotes'],
  ['"a"b', 'broken-quotes'],
  ['"a" ,b', 'broken-quotes'],
  [' "a"', 'broken-quotes'],
  ['\t"a",b', 'broken-quotes'],
  ['a\0b', 'control-character'],
  ['"a\0b"', 'control-character'],
  ['a\rb', 'control-character'],
  ['"x",a\rb', 'control-character'],
  ['"a"\r\r\n', 'broken-quotes'],
  ['a"b,c', undefined],
  ['"a\rb"', undefined],
  ['""', undefined],
  ['""""', undefined],
])('%j: %s', (text, reason) => expect(faultOf(text)).toBe(reason));

test('in a file with old Macintosh line ends, a line feed is what does not belong', () => {
  expect(faultOf('a\nb\rc', { ...COMMA, lineEnd: '\r' })).toBe('control-character');
});

test('without a quote, quotes are ordinary', () => {
  const { records } = split(['"a,b"\n"c'], { ...COMMA, quote: '' });
  expect(records.map(({ fields }) => fields)).toEqual([['"a', 'b"'], ['"c']]);
});

test('a record over several lines with the wrong width costs its first line only', () => {
  const { records } = split(['"a\nb,c\nd",e,f\n'], COMMA, 2);
  expect(records.map(({ line, raw }) => [line, raw])).toEqual([
    [1, '"a'],
    [2, 'b,c'],
    [3, 'd",e,f'],
  ]);
});

test('the longest line, and one character more, in any pieces', () => {
  const longest = `a,${'x'.repeat(MAX_RECORD - 2)}`;
  for (const size of [MAX_RECORD + 10, MAX_RECORD + 1, 300_000]) {
    expect(split(cut(`${longest}\r\nb,c\n`, [size]), COMMA).records.map(({ raw }) => raw.length)).toEqual([
      MAX_RECORD,
      3,
    ]);
    expect(() => split(cut(`b,c\n${longest}y\nb,c\n`, [size]), COMMA)).toThrow(/line 2 is longer/);
    expect(() => split(cut(`${longest}yyy`, [size]), COMMA)).toThrow(InputError);
  }
});

test('the longest enclosed field, and one character more, in any pieces', () => {
  const record = (length: number) => `"${'x\n'.repeat(length / 2 - 2)}x",`;
  for (const size of [MAX_RECORD + 10, 300_000]) {
    const fits = split(cut(`${record(MAX_RECORD)}\nb,c\n`, [size]), COMMA, 2).records;
    expect(fits.map(({ line, raw }) => [line, raw.length])).toEqual([
      [1, MAX_RECORD],
      [MAX_RECORD / 2, 3],
    ]);
    const broken = split(cut(`${record(MAX_RECORD)}y\nb,c\n`, [size]), COMMA, 2).records;
    expect(broken[0]).toMatchObject({ line: 1, raw: '"x', fields: { reason: 'broken-quotes' } });
    expect(broken.at(-1)).toMatchObject({ raw: 'b,c', fields: ['b', 'c'] });
  }
});
