// How JSON texts are cut: whatever the pieces, what comes out is what JSON.parse finds, each text as it stands.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/records/input/errors.ts';
import { MAX_TEXT } from '../../../src/records/json/lines.ts';
import { openTexts } from '../../../src/records/json/texts.ts';

const BUNDLE = { list: 'entry', type: 'Bundle' };

async function* inPieces(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function cut(text: string, size: number, member = BUNDLE) {
  const texts = await openTexts(inPieces(text, size), member);
  const cuts: { place: number; raw: string }[] = [];
  for await (const found of texts.cuts) cuts.push(found);
  return { ...texts, raws: cuts.map(({ raw }) => raw), places: cuts.map(({ place }) => place) };
}

/** The raw texts, or the fault's code. */
const outcome = (text: string, size: number) =>
  cut(text, size).then(
    ({ raws, counts }) => [counts, ...raws],
    (error: unknown) => {
      if (error instanceof InputError) return error.code;
      throw error;
    },
  );

const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
const size = fc.integer({ min: 1, max: 40 });
const space = fc.constantFrom(undefined, 1, '\t');

describe('a document', () => {
  test('that is an array gives its elements', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(json, { maxLength: 5 }), space, size, async (elements, indent, pieces) => {
        const { raws, places, counts, isMember } = await cut(JSON.stringify(elements, null, indent), pieces);
        expect(raws.map((raw) => JSON.parse(raw))).toEqual(JSON.parse(JSON.stringify(elements)));
        expect(places).toEqual(elements.map((_, i) => i + 1));
        expect([counts, isMember]).toEqual(['entry', false]);
      }),
    );
  });

  test('that is a bundle gives its entries, wherever they stand', async () => {
    const members = fc.dictionary(fc.string({ unit: 'binary', maxLength: 5 }), json, { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(
        ...[fc.array(json, { maxLength: 4 }), members, members, fc.boolean(), space, size],
        async (entries, before, after, typeFirst, indent, pieces) => {
          const type = { resourceType: 'Bundle' };
          const frame = { ...before, ...(typeFirst && type), entry: entries, ...after, ...type };
          const { raws, isMember, counts } = await cut(JSON.stringify(frame, null, indent), pieces);
          expect(raws.map((raw) => JSON.parse(raw))).toEqual(JSON.parse(JSON.stringify(frame.entry)));
          expect([counts, isMember]).toEqual(['entry', true]);
        },
      ),
    );
  });

  test('that is one object over several lines is one text', async () => {
    const text = JSON.stringify({ a: [1, { entry: [2] }], b: '{' }, null, 2);
    for (const pieces of [1, 7, 1000]) {
      const { raws, counts, isMember } = await cut(`\n  ${text} \n`, pieces);
      expect([raws, counts, isMember]).toEqual([[text], 'entry', false]);
    }
  });
});

test('lines: each that is not empty, as it stands, whatever is in it', async () => {
  const text = fc.string({
    unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'a', '1', ' ', '\t', 'é'),
    maxLength: 12,
  });
  const line = fc.oneof(
    text,
    json.map((value) => JSON.stringify(value)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 6 }),
      fc.constantFrom('\n', '\r\n'),
      size,
      async (lines, end, pieces) => {
        const all = ['{"first":1}', ...lines];
        const { raws, places, counts, blankLines } = await cut(all.join(end), pieces);
        expect(raws).toEqual(all.filter((each) => each.trim() !== ''));
        expect(places.map((place) => all[place - 1])).toEqual(raws);
        expect(counts).toBe('line');
        // A line without a character at the end of the text is none.
        const blank = all.filter((each) => each.trim() === '').length;
        expect(blankLines()).toBe(blank - (all.at(-1) === '' ? 1 : 0));
      },
    ),
  );
});

test('of any text, the outcome does not depend on the pieces', async () => {
  const part = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ',',
    ':',
    '\n',
    ' ',
    '1',
    '"a"',
    '"entry"',
    '"resourceType"',
    '"Bundle"',
    '"entry":[',
    '{}',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 25 }), size, async (parts, pieces) => {
      const text = `{${parts.join('')}`;
      const whole = await outcome(text, text.length);
      expect(await outcome(text, pieces)).toEqual(whole);
      expect(await outcome(text, 1)).toEqual(whole);
    }),
    { numRuns: 1500 },
  );
});

test.each([
  ['[1, 2', 'JSON_CUT_SHORT', 'line 1: the input ends in the middle of entry 2'],
  ['[1, 2,', 'JSON_CUT_SHORT', 'line 1: the input ends in the middle of entry 3'],
  [
    '[\n{"a":\n[1}\n]',
    'JSON_BROKEN',
    'line 3: a bracket does not match, in or after entry 0: the rest cannot be told apart into entries',
  ],
  [
    '[\n"a\nb"]',
    'JSON_BROKEN',
    'line 2: a string is not closed where its line ends, in or after entry 0: the rest cannot be told apart into entries',
  ],
  [
    '[1 2]',
    'JSON_BROKEN',
    'line 1: , or ] is missing, in or after entry 1: the rest cannot be told apart into entries',
  ],
  [
    '[1,,2]',
    'JSON_BROKEN',
    'line 1: a value is missing, in or after entry 1: the rest cannot be told apart into entries',
  ],
  ['[]\n\n]', 'JSON_TRAILING', 'line 3: something follows the end of the document'],
  ['{\n"a" 1}', 'JSON_BROKEN', 'line 2: : is missing, in or after entry 0: the rest cannot be told apart into entries'],
  [
    '{\na: 1}',
    'JSON_BROKEN',
    'line 2: the name of a member is missing, in or after entry 0: the rest cannot be told apart into entries',
  ],
  [
    '{"entry": [], "entry": []}',
    'JSON_BROKEN',
    'line 1: entry stands twice, in or after entry 0: the rest cannot be told apart into entries',
  ],
  ['{"entry": []}', 'JSON_NOT_BUNDLE', 'line 1: the document has a list entry, but is not of the type Bundle'],
])('%j ends the run: %s', async (text, code, message) => {
  for (const pieces of [1, 3, 100]) {
    const error = await cut(text, pieces).then(String, (thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message });
  }
});

test('a text of the longest length is read, a longer one ends the run', async () => {
  const value = (length: number) => `"${'x'.repeat(length - 2)}"`;
  const pieces = 2 ** 24;
  expect((await cut(`{}\n${value(MAX_TEXT)}\n`, pieces)).raws[1]).toHaveLength(MAX_TEXT);
  expect((await cut(`[${value(MAX_TEXT)}]`, pieces)).raws[0]).toHaveLength(MAX_TEXT);
  for (const text of [`{}\n${value(MAX_TEXT + 1)}`, `[1,${value(MAX_TEXT + 1)}]`]) {
    await expect(cut(text, pieces)).rejects.toMatchObject({ code: 'JSON_TOO_LONG' });
  }
}, 120_000);
