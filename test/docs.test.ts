// Every reference leads somewhere: the documents and headings that comments cite, the files, links and scripts that
// documents name. A comment cites a heading as: docs/protocol.md, "Batch".
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { ALL_DOCUMENTS } from './support/documents/documents.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const FOLDERS = ['src', 'assembly', 'contracts', 'test', 'bench'];
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
).filter((file) => !/^contracts\/(out|cache)\//.test(file));
const code = files.filter((file) => /\.(ts|mjs|sol)$/.test(file));

/** The comments of a file, each joined to one line, as are line comments that follow each other. */
function comments(source: string): string[] {
  const found = source.match(/\/\*[\s\S]*?\*\/|(?:^[ \t]*\/\/.*\n?)+|\s\/\/ .*$/gm) ?? [];
  return found.map((comment) => comment.replace(/\n?[ \t]*(\/\/\/?|\/?\*+\/?)[ \t]?/g, ' ').replace(/\s+/g, ' '));
}

const headings = (markdown: string) =>
  [...markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!);

/** What is wrong with a comment's citations of documents. */
function badCitations(comment: string): string[] {
  const wrong: string[] = [];
  for (const [citation, file, numbered, heading, loose] of comment.matchAll(
    /([\w./-]+\.md)(?:(,? sections? \d[\d, and]*)|, "([^"]+)"|(, [^")]{1,30}\)))?/g,
  )) {
    if (!existsSync(join(ROOT, file!))) wrong.push(`${citation}: no such file, from the root of the repository`);
    else if (numbered || loose) wrong.push(`${citation}: cites no heading`);
    else if (heading && !headings(read(file!)).includes(heading)) wrong.push(`${citation}: no such heading`);
  }
  return wrong;
}

/** The words of code in a document: spans, and lines of blocks. */
function codeOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```.*\n([\s\S]*?)^```/gm)].map(([, block]) => block!);
  const indented = [...markdown.matchAll(/^ {4,}(\S.*)$/gm)].map(([, line]) => line!);
  const spans = [...markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);
  return [...spans, ...blocks, ...indented];
}

/** Whether a path, or a name of a source file alone, is in the repository. `*` and words in capitals stand for anything. */
function isFound(path: string): boolean {
  if (existsSync(join(ROOT, path))) return true;
  const pattern = path
    .replace(/\/$/, '')
    .replace(/[.+]/g, '\\$&')
    .replace(/\*+|\b[A-Z]{2,}\b/g, '[^/]+');
  return files.some((file) => new RegExp(`^${pattern}($|/)`).test(file) || file.endsWith(`/${path}`));
}

/** Paths and names of source files that a document names and that are not in the repository. */
function missingFiles(markdown: string): string[] {
  const words = codeOf(markdown).flatMap((part) => part.split(/[\s'"`(),;:]+/));
  return words.filter((word) => {
    const [top] = word.split('/');
    const isPath = word.includes('/') && [...FOLDERS, 'docs', '.ci'].includes(top!);
    return (isPath || /^[\w-]+(\.test)?\.(ts|mjs|sol)$/.test(word)) && !isFound(word);
  });
}

/** GitHub's anchor of a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** Links of a document to a file that is not there, or to a heading that it does not have. */
function brokenLinks(file: string, markdown: string): string[] {
  const links = [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path, fragment] = link.split('#') as [string, string | undefined];
    const target = path === '' ? file : normalize(join(dirname(file), path));
    if (!existsSync(join(ROOT, target))) return true;
    return fragment !== undefined && !headings(read(target)).map(anchor).includes(fragment);
  });
}

const missingScripts = (markdown: string) =>
  [...markdown.matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*)/g)]
    .map(([, script]) => script!)
    .filter((script) => !Object.hasOwn(manifest.scripts, script));

describe('references', () => {
  it('of comments are to documents and headings that exist', () => {
    const wrong = code
      .filter((file) => file !== 'test/docs.test.ts')
      .flatMap((file) =>
        comments(read(file))
          .flatMap(badCitations)
          .map((fault) => `${file}: ${fault}`),
      );
    expect(wrong).toEqual([]);
  });

  it.each(ALL_DOCUMENTS)('of %s are to files, headings and scripts that exist', (file) => {
    const markdown = read(file);
    expect({
      files: missingFiles(markdown),
      links: brokenLinks(file, markdown),
      scripts: missingScripts(markdown),
    }).toEqual({ files: [], links: [], scripts: [] });
  });
});

describe('a reference that leads nowhere is found', () => {
  it.each([
    ['// The dealing (protocol.md, lanes).', 'protocol.md, lanes)'],
    ['// The dealing (docs/protocol.md, lanes).', 'docs/protocol.md, lanes)'],
    ['/** As docs/protocol.md section 5 says. */', 'docs/protocol.md section 5 '],
    ['// As docs/protocol.md, sections 9 and 10', 'docs/protocol.md, sections 9 and 10'],
    ['const a = 1; // As in docs/nothing.md.', 'docs/nothing.md'],
    ['  // So docs/protocol.md,\n  // "No such heading" says', 'docs/protocol.md, "No such heading"'],
  ])('in the comment %j', (source, citation) => {
    expect(comments(source).flatMap(badCitations)).toEqual([expect.stringContaining(citation)]);
  });

  it('and one that leads somewhere is none', () => {
    const source = `/**\n * Of docs/protocol.md,\n * "Answer and sum": README.md has more.\n */\nconst url = 'a.md';`;
    expect(comments(source).flatMap(badCitations)).toEqual([]);
  });

  it('in a document', () => {
    const markdown = [
      'In `src/nothing.ts`, not `src/index.ts`, `build/nothing.ts`, `src/*.ts`, `src/cli/NAME.ts`, `index.ts` or `a/b`. But `nothing.ts`.',
      '',
      '    node src/nothing.mjs && npm run nothing && npm run build',
      '',
      '```',
      'node test/nothing.mjs',
      '```',
      '',
      '[a](docs/nothing.md) [b](docs/protocol.md#batch) [c](docs/protocol.md#nothing) [d](https://example.org)',
    ].join('\n');
    expect(missingFiles(markdown).sort()).toEqual([
      'nothing.ts',
      'src/nothing.mjs',
      'src/nothing.ts',
      'test/nothing.mjs',
    ]);
    expect(brokenLinks('README.md', markdown)).toEqual(['docs/nothing.md', 'docs/protocol.md#nothing']);
    expect(missingScripts(markdown)).toEqual(['nothing']);
  });
});
