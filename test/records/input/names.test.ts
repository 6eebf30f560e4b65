// Names of patients and records: what is taken away around them, and what is refused because two names could be one, or one
// two, without anybody seeing it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameFault, readName } from '../../../src/records/input/names.ts';

const reason = (field: string) => {
  const name = readName(field);
  return typeof name === 'string' ? undefined : name.reason;
};

test.each([
  ['P1', 'P1'],
  [' P1\t', 'P1'],
  ['\ufeffP1\u00a0', 'P1'],
  ['', ''],
  [' \u3000', ''],
  ['Müller, Jörg', 'Müller, Jörg'],
  ['李\u{20000}', '李\u{20000}'],
  ["O'Hara", "O'Hara"],
  ["'t Hooft", "'t Hooft"],
  ["'", "'"],
  ['-9000001', '-9000001'],
  ['7.50', '7.50'],
])('%j is %j', (field, name) => expect(readName(field)).toBe(name));

test.each([
  ['="000123"', '000123'],
  [' ="000123" ', '000123'],
  ['=" 7 "', '7'],
  ['="a""b"', 'a"b'],
  ['=""', ''],
  ["'000123", '000123'],
])('%j is a value that a spreadsheet was to take for text: %j', (field, name) => expect(readName(field)).toBe(name));

test.each(['=A1', '=1+1', '=T("7")', '="7"&"8"', '="7', '=7', '="=A1"', '='])('%j is a formula', (field) => {
  expect(reason(field)).toBe('formula');
});

describe('scientific notation', () => {
  test.each([
    '2.19E+26',
    '2.02403E+14',
    '1.00003e+11',
    '2,19E+26',
    '2E+14',
    '-1.5E+20',
    '1.5E-07',
    '2.0E14',
    '219.00E+24',
  ])('%s is refused, also in a wrapping', (field) => {
    expect(reason(field)).toBe('scientific-notation');
    expect(reason(` ="${field}"`)).toBe('scientific-notation');
  });

  test.each(['2E14', '4E-17', '219E01BE', 'E+14', '1.5E', '1.5.2E+3', 'A1.5E+3', '1.5E+1234', '1234E+5'])(
    '%s is an id like any other',
    (field) => expect(readName(field)).toBe(field),
  );

  test('what JavaScript makes of a long number is refused', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 10n ** 21n, max: 10n ** 40n }), (id) => {
        expect(reason(String(Number(id)))).toBe('scientific-notation');
        expect(readName(String(id))).toBe(String(id));
      }),
    );
  });
});

const CONTROL = ['\0', '\n', '\x1f', '\x7f', '\x85'];
const INVISIBLE = [
  ...['\u00a0', '\u00ad', '\u034f', '\u061c', '\u115f', '\u180e', '\u2003', '\u200b', '\u200e', '\u2028', '\u2029'],
  ...['\u202e', '\u2060', '\u2800', '\u3000', '\u3164', '\ufe0f', '\ufeff', '\u{e0041}'],
];
test.each([
  ['control-character', CONTROL],
  ['invisible-character', INVISIBLE],
  ['replacement-character', ['\ufffd']],
])('%s inside a name', (expected, characters) => {
  for (const character of characters) {
    for (const field of [`A${character}17`, `="A${character}17"`]) expect(reason(field)).toBe(expected);
  }
});

test('of no width at an end of a name too: A17 and A17 would be two patients', () => {
  for (const field of ['A17\u200b', '\u200eA17', '\u00adA17', '\u2060 A17'])
    expect(reason(field)).toBe('invisible-character');
  expect(readName('A17\u200b')).toMatchObject({ message: expect.stringContaining('U+200B') });
});

test('no two fields that look alike are two names, and what is a name reads as itself', () => {
  const unit = fc.constantFrom(
    'a',
    '0',
    ' ',
    '=',
    '"',
    "'",
    'E',
    '+',
    '.',
    '\u200b',
    '\u00a0',
    '\u3164',
    '\ufeff',
    'é',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 8 }), (field) => {
      const name = readName(field);
      if (typeof name !== 'string') return;
      expect(/^[ -~é]*$/.test(name)).toBe(true);
      if (!/^[='"]/.test(name)) expect(readName(name)).toBe(name);
    }),
    { numRuns: 2000 },
  );
});

test('no message quotes the name', () => {
  for (const field of ['=secret', '1.23456E+9', 'sec\u200bret', 'sec\nret', 'sec\ufffdret']) {
    expect(JSON.stringify(readName(field))).not.toMatch(/sec|ret|1\.23|E\+9/);
  }
});

test('a text is a name exactly where rows can have it, and what is wrong is said without quoting it', () => {
  for (const name of ['A17', 'a b', '2E14', 'Müller', '00123']) expect(nameFault(name)).toBeNull();
  for (const [text, why] of [
    ['', 'is empty'],
    [' secret', 'spaces around it'],
    ['="secret"', "a spreadsheet's wrapping"],
    ["'123", "a spreadsheet's wrapping"],
    ['=secret', 'formula'],
    ['1.2E+9', 'scientific notation'],
    ['sec\u200bret', 'U+200B'],
  ] as const) {
    expect(nameFault(text), text).toContain(why);
    expect(nameFault(text), text).not.toMatch(/secret|sec\u200b|123/);
  }
});
