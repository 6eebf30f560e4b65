// The files of sources and tests: how long each is, that it says what it holds, what it is called, and how many of them
// lie in one folder.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('..', import.meta.url).pathname;
const MAX_LINES = 300;
const MAX_FILES = 15;

/** Folders with more files, and why; ARCHITECTURE.md says so too. */
const LARGE_FOLDERS: Record<string, string> = {
  'test/corpus': 'one file for each way in which an input can be written, listed in its manifest.json',
};

const under = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
    .filter((file) => !/^contracts\/(out|cache)\//.test(file))
    .sort();
const all = ['src', 'web', 'assembly', 'contracts', 'bench', 'test', 'examples'].flatMap(under);
const code = all.filter((file) => /\.(ts|mjs|sol)$/.test(file));
const text = new Map(code.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

describe('files', () => {
  it(`have at most ${MAX_LINES} lines`, () => {
    const long = code.filter((file) => text.get(file)!.split('\n').length - 1 > MAX_LINES);
    expect(long).toEqual([]);
  });

  it('begin with a comment that says what they hold', () => {
    const headed = (file: string) =>
      file.endsWith('.sol')
        ? /^\/\/\/ @(title|notice) \S/m.test(text.get(file)!)
        : /^(#!.*\n)?\/\/ \S.{20}/.test(text.get(file)!);
    expect(code.filter((file) => !headed(file))).toEqual([]);
  });

  it('have no catch-all names and leave nothing to do', () => {
    expect(code.filter((file) => /(^|\/)(utils?|helpers?|managers?|common|misc)(\.|\/)/i.test(file))).toEqual([]);
    const self = 'test/tree.test.ts';
    expect(code.filter((file) => file !== self && /\b(TODO|FIXME|XXX)\b/.test(text.get(file)!))).toEqual([]);
  });
});

describe('folders', () => {
  it(`hold at most ${MAX_FILES} files of one level, or there is a reason`, () => {
    const counts = new Map<string, number>();
    for (const file of all) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    const large = [...counts].filter(([, count]) => count > MAX_FILES).map(([folder]) => folder);
    expect(large).toEqual(Object.keys(LARGE_FOLDERS));
  });

  it('that hold more are explained in ARCHITECTURE.md', () => {
    const map = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
    expect(Object.keys(LARGE_FOLDERS).filter((folder) => !map.includes(`\`${folder}/\``))).toEqual([]);
  });
});
