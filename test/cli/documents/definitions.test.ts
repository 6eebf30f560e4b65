// Commands in documents that are not typed by commands.test.ts: in blocks that are marked, with the reason, and in running text.
// Each must still be one that the program takes: its name, its options, and in blocks its values.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { COMMANDS } from '../../../src/cli/commands/list.ts';
import { createProgram, definedCommand } from '../../../src/cli/program.ts';
import { blocksOf, commandsOf, NOT_RUN } from '../../support/documents/blocks.ts';
import { DOCUMENTS, ROOT, readDocument } from '../../support/documents/documents.ts';
import { parseLine } from '../../support/parse-line.ts';

/** Words in capitals in marked blocks, and what stands for them. */
const PLACES: Record<string, string> = {
  ADDRESS: `0x${'ab'.repeat(20)}`,
  CONTRACT: `0x${'cd'.repeat(20)}`,
  LEDGER: `0x${'12'.repeat(32)}`,
  QUERY: `0x${'34'.repeat(32)}`,
};
/** Names in capitals that are others' than ours. */
const FOREIGN = ['NODE_OPTIONS'];
const PROGRAM = /^(?:sudo )?(?:npx )?mistore /;
const isCommand = (line: string) => PROGRAM.test(line) || /^npm /.test(line);

beforeEach(() => {
  vi.stubEnv('MISTORE_KEYSTORE', 'role.json');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** What is wrong with a command; null if nothing is. */
async function faultOf(command: string): Promise<string | null> {
  const [, script, rest] = /^npm (?:run )?(?:-s )?([\w:-]+)(?: -- (.*))?$/.exec(command) ?? [];
  if (script !== undefined) {
    const isKnown = ['ci', 'cit', 'install'].includes(script) || Object.hasOwn(manifest.scripts, script);
    if (!isKnown) return `npm has no ${script} here`;
    return script === 'demo' && rest ? faultOf(`mistore demo ${rest}`) : null;
  }
  const words =
    command
      .replace(PROGRAM, '')
      .replace(/ [>|&].*$/, '')
      .match(/'[^']*'|\S+/g) ?? [];
  const filled = words.map((word) => word.replace(/^'|'$/g, '').replace(/[A-Z]{4,}/g, (name) => PLACES[name] ?? name));
  return parseLine(filled).then(
    () => null,
    (error: Error) => error.message,
  );
}

/** The command that words begin with; undefined where they are something else. */
const namedBy = (words: readonly string[]): string | undefined =>
  [words.slice(0, 2).join(' '), words[0]!].find((name) => COMMANDS.has(name));

/** Options in a piece of running text that its command does not have. */
async function unknownOptions(span: string): Promise<string[]> {
  if (span.startsWith('node ')) return []; // That is Node itself; the command is written "mistore node".
  const words = span.replace(/^(npx )?mistore /, '').split(/[\s[\]]+/);
  const name = namedBy(words);
  if (name === undefined) return [];
  const command = await definedCommand(createProgram(), name);
  const known = [...command.options.map(({ long }) => long), '--help'];
  return words.filter((word) => word.startsWith('--') && !known.includes(word.replace(/[=,;:.].*$/, '')));
}

const spansOf = (markdown: string): string[] =>
  [...markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);

describe.each(DOCUMENTS)('%s', (file) => {
  const blocks = blocksOf(readDocument(file));
  const marked = blocks.filter(({ info }) => info === NOT_RUN);

  it('has its commands in blocks for a shell, which are typed or marked with the reason', () => {
    const elsewhere = blocks.filter(({ info, lines }) => !['sh', NOT_RUN].includes(info) && lines.some(isCommand));
    expect(elsewhere).toEqual([]);
    expect(readDocument(file).match(/^ {4,}(npx )?(mistore|npm) .*$/gm)).toBeNull();
    const withoutReason = marked.filter(({ before }) => !/^<!-- not run: \S.{9,} -->$/.test(before));
    expect(withoutReason).toEqual([]);
  });

  const unrun = marked.flatMap((block) => commandsOf(block)).filter(({ command }) => isCommand(command));
  it.each(unrun.map(({ at, command }) => [at, command] as const))('line %i: %s', async (_, command) => {
    expect(await faultOf(command)).toBeNull();
  });

  it('names in its text options that the commands have', async () => {
    const unknown: string[] = [];
    for (const span of spansOf(readDocument(file))) {
      if ((await unknownOptions(span)).length > 0) unknown.push(span);
      if (/^(npx )?mistore [a-z]/.test(span) && !isNamed(span)) unknown.push(span);
    }
    expect(unknown).toEqual([]);
  });
});

describe('error codes and variables', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
    .join('\n');
  const isKnown = (code: string) => new RegExp(`\\b${code}\\b`).test(sources) || FOREIGN.includes(code);

  it.each(DOCUMENTS.filter((file) => /guides\/|operations/.test(file)))('of %s are in the sources', (file) => {
    const named = readDocument(file).match(/\b[A-Z]{2,}(_[A-Z]{2,})+\b/g) ?? [];
    expect(named.filter((code) => !isKnown(code))).toEqual([]);
  });

  it('that are not there are found', () => {
    expect([isKnown('FEE_CAP'), isKnown('FEE_HAT')]).toEqual([true, false]);
  });
});

/** Whether it names a command, or a family of them. */
function isNamed(span: string): boolean {
  const words = span.replace(/^(npx )?mistore /, '').split(' ');
  return namedBy(words) !== undefined || [...COMMANDS.keys()].some((name) => name.startsWith(`${words[0]} `));
}

describe('a command that nobody could type is found', () => {
  it.each([
    ['mistore ledger opn --preset fhir-eob', "unknown command 'opn'"],
    ['mistore ledger join bills --keystre a.json', "unknown option '--keystre'"],
    ['mistore ledger show', "missing required argument 'ledger'"],
    ['mistore ledger open --preset fhir-eop --server alpha --threshold 1', 'fhir-eop'],
    ['npx mistore server run --depth many', 'many'],
    ['npm run nothing', 'npm has no nothing here'],
    ['npm run demo -- --serverz 3', "unknown option '--serverz'"],
  ])('%s', async (command, words) => {
    expect(await faultOf(command)).toContain(words);
  });

  it('and its like that somebody could type is not', async () => {
    expect(await faultOf('sudo mistore ledger show LEDGER --json > ledger.json')).toBeNull();
    expect(await faultOf('npm run demo -- --servers 3')).toBeNull();
  });

  it('in running text', async () => {
    expect(await unknownOptions('ledger open --nothing X')).toEqual(['--nothing']);
    expect(await unknownOptions('mistore audit LEDGER [--archive FILE]')).toEqual([]);
    expect(isNamed('mistore nothing')).toBe(false);
    expect(isNamed('mistore ledger')).toBe(true);
  });
});
