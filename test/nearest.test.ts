// Which of some words a mistyped one is taken for.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearest } from '../src/nearest.ts';

const WORDS = ['alpha', 'beta', 'gamma', 'acme', 'clinic'];

it.each([
  ['alpa', 'alpha'],
  ['ALPHA', 'alpha'],
  ['aplha', 'alpha'],
  ['clinci', 'clinic'],
  ['acmee', 'acme'],
  ['betta', 'beta'],
  ['bea', 'beta'],
  ['hospital', undefined],
  ['x', undefined],
  ['', undefined],
])('%s is near to %s', (given, expected) => {
  expect(nearest(given, WORDS)).toBe(expected);
});

it('finds a word with one letter replaced, and gives one of the words or none', () => {
  const word = fc.stringMatching(/^[a-z]{4,12}$/);
  fc.assert(
    fc.property(word, fc.nat(), fc.array(word, { maxLength: 5 }), (meant, at, others) => {
      const letters = Array.from(meant);
      letters[at % letters.length] = '#';
      const found = nearest(letters.join(''), [meant, ...others]);
      expect([meant, ...others]).toContain(found);
    }),
  );
  fc.assert(fc.property(word, fc.array(word), (given, words) => [undefined, ...words].includes(nearest(given, words))));
});
