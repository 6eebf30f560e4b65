// Words that the project does not use of people: patients, and everybody else, are "they", in documents, comments, texts of the
// page and messages.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ALL_DOCUMENTS, ROOT, readDocument } from './support/documents/documents.ts';

const FOLDERS = ['src', 'web', 'contracts', 'assembly', 'examples', 'bench', 'docs'];
const NOT_OURS = /^contracts\/(out|cache|lib)\//;
const WORD = /\b(he|she|his|hers?|him|himself|herself|s\/he)\b/i;

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
).filter((file) => /\.(ts|tsx|mjs|js|sol|css|html|json|service)$/.test(file) && !NOT_OURS.test(file));

/** The lines with such a word. The German words of the page are left out: "her" is another word there. */
const linesWith = (text: string): string[] => text.split('\n').filter((line) => WORD.test(line));

it('people are "they"', () => {
  const texts = [...files.filter((file) => !file.endsWith('/de.json')), ...ALL_DOCUMENTS];
  expect(texts.length).toBeGreaterThan(300);
  expect(texts.flatMap((file) => linesWith(readDocument(file)).map((line) => `${file}: ${line.trim()}`))).toEqual([]);
});

it('a line that says otherwise is found', () => {
  expect(linesWith('The patient keeps his file.\nThis is the history of theirs.\nHe signs.')).toHaveLength(2);
});
