// What the program makes of a command line, without doing anything.
import { COMMANDS } from '../../src/cli/commands/list.ts';
import { createProgram, definedCommand } from '../../src/cli/program.ts';

export interface Parsed {
  /** Whole name of the command that it came to. */
  name: string;
  options: Record<string, unknown>;
}

/** Throws CommanderError for a usage error. `words` without the program's name. */
export async function parseLine(words: readonly string[]): Promise<Parsed> {
  let parsed: Parsed | undefined;
  const program = createProgram().configureOutput({ writeErr: () => undefined });
  for (const name of COMMANDS.keys()) {
    const command = await definedCommand(program, name);
    command.configureOutput({ writeErr: () => undefined }).action(() => {
      parsed = { name, options: command.opts() };
    });
  }
  await program.parseAsync(words, { from: 'user' });
  return parsed!;
}
