// What can stand where the cursor is: commands, options, their choices, names of the network file. The scripts of
// scripts.ts ask for it by the hidden command "complete", at each press of the tab key, so it must be quick and never fail.
import type { Argument, Command, Option } from 'commander';
import type { NamedKind } from '../../network/names.ts';
import { findNetwork } from '../deployment.ts';
import { canBeRepeated, namedKindOf, namesFile } from '../input/option-kinds.ts';

export interface Completion {
  value: string;
  /** For shells that show it. */
  description: string;
}

/** The value that tells a script to complete the names of files too. */
export const FILES: Completion = { value: ':files', description: '' };

/**
 * `words`: those after the program's name, the last one as far as it is typed, which may be not at all. `define` gives a
 * command its arguments and options.
 */
export async function completions(
  program: Command,
  words: readonly string[],
  define: (command: Command) => Promise<void>,
): Promise<Completion[]> {
  const { before, current, prefix } = split(words);
  const { command, rest } = commandOf(program, before);
  await define(command);
  const found = await candidates(program, command, rest, current);
  return found
    .filter((one) => one === FILES || (one.value.startsWith(current) && /^\S+$/.test(one.value)))
    .map((one) => (one === FILES || prefix === '' ? one : { ...one, value: prefix + one.value }));
}

/**
 * The words before the one that is typed, and that word. "--option=value" is an option and its value; bash gives the "=" as
 * a word of its own and completes the value alone, others complete the whole word: `prefix` is what stands before the value.
 */
function split(words: readonly string[]): { before: string[]; current: string; prefix: string } {
  const all = words.flatMap((word) =>
    /^--[^=]+=/.test(word) ? [word.slice(0, word.indexOf('=')), '=', word.slice(word.indexOf('=') + 1)] : [word],
  );
  const isWhole = /^--[^=]+=/.test(words.at(-1) ?? '');
  const current = all.at(-1) === '=' ? '' : (all.at(-1) ?? '');
  const before = (all.at(-1) === '=' ? all : all.slice(0, -1)).filter((word) => word !== '=');
  return { before, current, prefix: isWhole ? `${before.at(-1)}=` : '' };
}

/** The command that the words come to, and the words after its name. */
function commandOf(program: Command, words: readonly string[]): { command: Command; rest: string[] } {
  let command = program;
  const rest = [...words];
  while (rest.length > 0) {
    const next = command.commands.find((one) => one.name() === rest[0]);
    if (next === undefined) break;
    command = next;
    rest.shift();
  }
  return { command, rest };
}

async function candidates(
  program: Command,
  command: Command,
  rest: readonly string[],
  current: string,
): Promise<Completion[]> {
  if (command.commands.length > 0)
    return rest.length === 0 || rest[0] === 'help' ? subcommandsOf(program, command, rest, current) : [];
  const awaited = command.options.find((option) => option.required && isNamed(option, rest.at(-1) ?? ''));
  if (awaited !== undefined) return valuesOf(awaited, rest);
  if (current.startsWith('-')) return optionsOf(command, rest);
  const argument = argumentAt(command, positionalIn(command, rest).length);
  return argument === undefined ? [] : valuesOf(argument, rest);
}

function subcommandsOf(program: Command, command: Command, rest: readonly string[], current: string): Completion[] {
  if (current.startsWith('-')) return rest.length > 0 ? [] : [HELP, ...(command === program ? [VERSION] : [])];
  const shown = command.createHelp().visibleCommands(command);
  const named = shown.map((one) => ({ value: one.name(), description: one.description() }));
  return rest.length > 0 ? named.filter(({ value }) => value !== 'help') : named;
}

const HELP = { value: '--help', description: 'display help' };
const VERSION = { value: '--version', description: 'output the version number' };

function optionsOf(command: Command, rest: readonly string[]): Completion[] {
  const open = command.options.filter((option) => canBeRepeated(option) || !rest.some((word) => isNamed(option, word)));
  return [...open.map(({ long, description }) => ({ value: long!, description })), HELP];
}

/** The words that are arguments, not options or their values. */
function positionalIn(command: Command, rest: readonly string[]): string[] {
  const takesValue = (word: string | undefined) =>
    command.options.some((option) => option.required && isNamed(option, word ?? ''));
  return rest.filter((word, at) => !word.startsWith('-') && !takesValue(rest[at - 1]));
}

const isNamed = ({ long, short }: Option, word: string) => word === long || word === short;

function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic ? last : undefined);
}

async function valuesOf(place: Option | Argument, rest: readonly string[]): Promise<Completion[]> {
  if (place.argChoices) return place.argChoices.map((value) => ({ value, description: '' }));
  const kind = namedKindOf(place);
  if (kind !== undefined) return namesOf(kind, rest);
  return namesFile(place) ? [FILES] : [];
}

/** Of the network file; none if there is none that can be read. */
async function namesOf(kind: NamedKind, rest: readonly string[]): Promise<Completion[]> {
  const at = rest.indexOf('--network');
  const network = at === -1 ? process.env.MISTORE_NETWORK : rest[at + 1];
  const found = await findNetwork({ ...(network !== undefined && { network }) }).catch(() => undefined);
  if (found === undefined) return [];
  const { names, ledgers } = found.network;
  return [...(kind === 'account' ? names : ledgers).keys()].map((value) => ({ value, description: kind }));
}
