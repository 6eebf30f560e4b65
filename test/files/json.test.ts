// JSON of people's files: what JSON.parse reads, unless a name stands twice in an object, however it is spelled.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EncodingError } from '../../src/errors.ts';
import { parseJson } from '../../src/files/json.ts';

it('is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3, noUnicodeString: false }), (text) => {
      expect(parseJson(text, 'f')).toEqual(JSON.parse(text));
    }),
  );
  for (const text of ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', '["a","a"]', '{"a":"a\\":","b":"a"}', '{"":0}', '"a"']) {
    expect(parseJson(text, 'f')).toEqual(JSON.parse(text));
  }
});

describe('a name that stands twice in one object is refused', () => {
  it.each([
    ['{"a":1,"a":1}', '"a"'],
    ['{"a":1,"b":2,"a" \n\t: 3}', '"a"'],
    ['{"a":1,"\\u0061":2}', '"a"'],
    ['{"x":[{"p":{},"q":"}","p":[]}]}', '"p"'],
    ['{"a":{"c":1},"b":{},"a":null}', '"a"'],
    ['{"\\"":1,"\\u0022":2}', '"\\""'],
    ['{"__proto__":1,"__proto__":2}', '"__proto__"'],
    ['{"":1,"":2}', '""'],
  ])('%s', (text, name) => {
    expect(() => parseJson(text, 'f')).toThrow(new EncodingError('f', `the name ${name} stands twice in one object`));
  });

  it('wherever it is, with any values', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), fc.nat({ max: 5 }), (name, one, other, depth) => {
        const pair = `{"before": ${JSON.stringify(one)}, ${JSON.stringify(name)}: 1, ${JSON.stringify(name)}: ${JSON.stringify(other)}}`;
        const text = '[{"in":'.repeat(depth) + pair + '}]'.repeat(depth);
        expect(() => parseJson(text, 'f')).toThrow('stands twice in one object');
      }),
    );
  });
});

it('what is not JSON is refused without quoting it', () => {
  for (const text of ['', '{', '{"secret": }', 'secret', '{"a":1,}', '\u{feff}{}']) {
    expect(() => parseJson(text, 'f')).toThrow(new EncodingError('f', 'not JSON'));
  }
});
