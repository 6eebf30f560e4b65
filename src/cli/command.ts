// What the definition of a command is: each has a file of its own under commands/, which is loaded when the command is
// chosen. It must be quick to load, since --help and mistyped options load it too: what computes or sends is imported
// where it runs.
import type { Command } from 'commander';
import type { Role } from './input/roles.ts';
import { jsonOption } from './options.ts';
import type { Output } from './output.ts';

/** `O`: the options, as commander reads them; `A`: the arguments. */
export interface CommandDefinition<O, A extends unknown[]> {
  /** For help: whole lines, "mistore …". */
  examples: readonly string[];
  /** Whose keystores it takes; every command with --keystore says so. */
  roles?: readonly Role[] | 'any';
  /** Adds arguments and options; --json is there for every command. */
  configure(command: Command): void;
  /** Does the work; its result is what --json prints, unless that is printed already. What it throws ends with status 1. */
  run(output: Output, options: O, ...args: A): Promise<object | undefined>;
}

/** A definition whose types are settled: for lists of commands. */
export interface DefinedCommand {
  examples: readonly string[];
  roles: readonly Role[] | 'any';
  /** Gives a command its arguments, options, examples and action. */
  define(command: Command): void;
}

export function defineCommand<O, A extends unknown[] = []>(definition: CommandDefinition<O, A>): DefinedCommand {
  const { examples, roles = [], configure, run } = definition;
  return {
    examples,
    roles,
    define(command) {
      configure(command);
      command
        .addOption(jsonOption())
        .addHelpText('after', `\n${['Examples:', ...examples].join('\n  ')}`)
        .action(async () => {
          const { perform } = await import('./perform.ts');
          await perform(command, roles, (output, options, args) => run(output, options as O, ...(args as A)));
        });
    },
  };
}
