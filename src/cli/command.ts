// What a command is, and what all commands do alike: they run with an Output, give one object for --json, and show
// errors in words with an exit status. Each command is defined in a file of its own under commands/.
import type { Command } from 'commander';
import { MIStoreError } from '../errors.ts';
import { fileFault } from '../files/faults.ts';
import { checkNotInput } from '../files/output-file.ts';
import { INTERRUPTED } from './input/secrets.ts';
import { filesOf, jsonOption } from './options.ts';
import { Output } from './output.ts';

/** `O`: the options, as commander reads them; `A`: the arguments. */
export interface CommandDefinition<O, A extends unknown[]> {
  /** The last word of its name. */
  name: string;
  /** For help: what it does, in half a sentence. */
  description: string;
  /** For help: whole lines, "mistore …". */
  examples: readonly string[];
  /** Adds arguments and options; --json is there for every command. */
  configure(command: Command): void;
  /** Does the work; its result is what --json prints, unless that is printed already. What it throws ends with status 1. */
  run(output: Output, options: O, ...args: A): Promise<object | undefined>;
}

/** A definition whose types are settled: for lists of commands. */
export interface DefinedCommand {
  name: string;
  examples: readonly string[];
  addTo(parent: Command): Command;
}

export function defineCommand<O, A extends unknown[] = []>(definition: CommandDefinition<O, A>): DefinedCommand {
  const { name, description, examples, configure, run } = definition;
  return {
    name,
    examples,
    addTo(parent) {
      const command = parent.command(name).description(description);
      configure(command);
      return command
        .addOption(jsonOption())
        .action(action(run))
        .addHelpText('after', `\n${['Examples:', ...examples].join('\n  ')}`);
    },
  };
}

/** Commander calls an action with the arguments, the options and the command. */
function action<O, A extends unknown[]>(work: CommandDefinition<O, A>['run']) {
  return async (...given: [...A, O, Command]): Promise<void> => {
    const command = given.at(-1) as Command;
    const options = command.optsWithGlobals() as O & { json?: boolean };
    const output = new Output(options.json ?? false);
    try {
      const { read, written } = filesOf(command);
      for (const file of written) await checkNotInput(file, read);
      const result = await work(output, options, ...(given.slice(0, -2) as A));
      if (result !== undefined) output.end(result);
    } catch (error) {
      fail(output, withAdvice(error));
    }
  };
}

/**
 * What Node throws where WebAssembly finds no address space, as an error that says what to do; any other as it is.
 * "ulimit -v" and some containers set such a limit.
 */
function withAdvice(error: unknown): unknown {
  if (!(error instanceof RangeError && /WebAssembly|Wasm/.test(error.message))) return error;
  const message =
    'WebAssembly needs 10 GiB of address space (not of memory), and the limit here is lower: raise it ("ulimit -v unlimited"), or set NODE_OPTIONS=--disable-wasm-trap-handler, which is slower';
  return new MIStoreError('NO_ADDRESS_SPACE', message, {}, { cause: error });
}

function fail(output: Output, error: unknown): void {
  output.stopProgress();
  const known = error instanceof MIStoreError || (error as NodeJS.ErrnoException).syscall !== undefined;
  const message = inWords(error as NodeJS.ErrnoException);
  output.note(known ? `error: ${message}` : `unexpected error, please report it: ${message}`);
  if (!known) for (const frame of (error as Error).stack?.match(/^ +at .*$/gm) ?? []) output.note(frame);
  const { code = 'UNEXPECTED', details = {} } = error as Partial<MIStoreError>;
  process.exitCode = code === INTERRUPTED ? 130 : 1;
  output.end({ error: { code, message, details } });
}

/** The message; for a fault of the file system in words, with the path. */
function inWords(error: NodeJS.ErrnoException): string {
  const words = error.path === undefined ? undefined : fileFault(error);
  return words === undefined ? error.message : `${error.path}: ${words}`;
}
