// The parser: what JSON.parse reads, with the numbers' text; and what it must not let pass.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_DEPTH, parseText, textOf } from '../../../src/records/json/parse.ts';
import { JsonNumber, type JsonValue } from '../../../src/records/json/value.ts';

/** As JSON.parse gives it. */
function plain(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

const read = (text: string) => {
  const found = parseText(text);
  return 'reason' in found ? found.reason : plain(found.value);
};

test('reads what JSON.parse reads', () => {
  const json = fc.jsonValue({ maxDepth: 6, noUnicodeString: false, stringUnit: 'binary' });
  const indent = fc.constantFrom(undefined, 1, '\t');
  fc.assert(
    fc.property(json, indent, (value, space) => {
      const text = JSON.stringify(value, null, space);
      expect(read(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test('refuses what JSON.parse refuses: texts with one character changed, put in or left out', () => {
  const text = JSON.stringify({ a: [1.5, -2e3, 'x\n"', true, null], b: { c: '\u0000', d: [] }, e: {} });
  const character = fc.constantFrom(...'{}[]":,\\ \n\u0000eE.-+0a1tn\u2028');
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(2), character, (at, removed, sign) => {
      const changed = text.slice(0, at) + sign + text.slice(at + removed);
      let expected: unknown;
      try {
        expected = JSON.parse(changed);
      } catch {
        expected = 'not-json';
      }
      const found = read(changed);
      if (found !== 'repeated-name') expect(found).toEqual(expected);
    }),
    { numRuns: 3000 },
  );
});

test('numbers keep their text, also where they are written again', () => {
  const numbers = ['0.10', '1e2', '-0', '1E400', '9007199254740993', '0.1000000000000000055511151231257827'];
  const found = parseText(`[${numbers.join(', ')}]`);
  if ('reason' in found) throw new Error(found.message);
  expect(found.value).toEqual(numbers.map((text) => new JsonNumber(text)));
  expect(textOf(found.value)).toBe(`[${numbers.join(',')}]`);
});

test('what is written again is read as the same', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), (value) => {
      const found = parseText(JSON.stringify(value));
      if ('reason' in found) throw new Error(found.message);
      expect(JSON.parse(textOf(found.value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('nested up to the limit, as objects and lists; brackets in text do not count', () => {
  const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;
  expect(read(nested(MAX_DEPTH))).toEqual(JSON.parse(nested(MAX_DEPTH)));
  expect(read(nested(MAX_DEPTH + 2))).toBe('too-deep');
  expect(read('['.repeat(1e6))).toBe('too-deep');
  expect(read(JSON.stringify(`${'[{'.repeat(1000)}\\"[[`))).toContain('[{');
});

test('messages say where, and quote nothing', () => {
  for (const text of [
    '{"secret": secret}',
    '"secret',
    '{"secret":1,"secret":2}',
    '["secret\u0001"]',
    '{"a":1 "secret"}',
  ]) {
    const found = parseText(text);
    expect(found).toMatchObject({ message: expect.stringMatching(/, at character \d+$/) });
    expect(JSON.stringify(found)).not.toContain('secret');
  }
  expect(parseText('{"a": x}')).toEqual({ reason: 'not-json', message: 'is not JSON, at character 7' });
});

test('a name that stands twice in one object is a fault, however it is written, and not in two objects', () => {
  for (const text of ['{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '[{"x":{"":1,"":2}}]', '{"__proto__":1,"__proto__":2}']) {
    expect(read(text)).toBe('repeated-name');
  }
  expect(read('{"a":{"a":1},"b":{"a":2}}')).toEqual({ a: { a: 1 }, b: { a: 2 } });
  expect(read('{"toString":1,"constructor":2}')).toEqual({ toString: 1, constructor: 2 });
});

test('a member __proto__ is a member, as for JSON.parse', () => {
  const found = parseText('{"__proto__":{"id":"x"},"a":1}');
  if ('reason' in found) throw new Error(found.message);
  expect(Object.keys(found.value as object)).toEqual(['__proto__', 'a']);
  expect((found.value as { id?: string }).id).toBeUndefined();
});

test('text is read in time that grows with its length: escapes, quotes and backslashes without end', () => {
  const long = 300_000;
  expect(read(`"${'\\\\'.repeat(long)}"`)).toBe('\\'.repeat(long));
  expect(read(`"${'\\"'.repeat(long)}"`)).toBe('"'.repeat(long));
  expect(read(`["${'\\'.repeat(2 * long + 1)}"]`)).toBe('not-json');
  expect(read(`[${'"a",'.repeat(long)}"a"]`)).toHaveLength(long + 1);
});
