// All commands of `mistore`, put together; main.ts runs it. Of each there are only its name and description until it is
// chosen: its definition is loaded then.
import { Command, type Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { Entry, Family } from './commands/group.ts';
import { GROUPS } from './commands/list.ts';
import { ENVIRONMENT, HELP } from './help.ts';
import { canBeRepeated } from './input/option-kinds.ts';
import { visible } from './text/visible.ts';

/** What commander keeps to itself of a command. */
interface Inner {
  unknownOption(flag: string): void;
  _dispatchSubcommand(name: string, operands: string[], unknown: string[]): Promise<void> | undefined;
}

/**
 * What commander leaves out. It names a required option that is missing before a mistyped one, which is what is wrong when
 * it is that option's name; it does not say that the environment can give it; and of an option that is given twice it
 * takes the last value in silence. And commands are defined only when they are chosen.
 */
class MIStoreCommand extends Command {
  #load: Entry['load'] | undefined;

  constructor(name?: string) {
    super(name);
    this.hook('preSubcommand', (_, chosen) => (chosen as MIStoreCommand).define());
  }

  /** `load` gives arguments, options and action, when they are wanted. */
  addEntry({ name, description, load }: Entry): MIStoreCommand {
    const command = this.command(name).description(description) as MIStoreCommand;
    command.#load = load;
    return command;
  }

  async define(): Promise<void> {
    const load = this.#load;
    this.#load = undefined;
    (await load?.())?.define(this);
  }

  override createCommand(name?: string): Command {
    return new MIStoreCommand(name);
  }

  override addOption(option: Option): this {
    if (!option.isBoolean() && !canBeRepeated(option)) {
      let given = 0;
      this.on(`option:${option.name()}`, () => {
        if (++given === 2) this.error(`error: option '${option.flags}' is given twice; it takes one value`);
      });
    }
    return super.addOption(option);
  }

  /** Called by commander. Of the options, only unknown ones are still among the arguments, and what follows a --. */
  missingMandatoryOptionValue({ flags, envVar }: Option): void {
    const known = this.options.map(({ long }) => long);
    const unknown = this.args.find((word) => word.startsWith('--') && !known.includes(word));
    if (unknown !== undefined) (this as unknown as Inner).unknownOption(unknown);
    const instead = envVar === undefined ? '' : `; the environment can give it too: ${envVar}`;
    this.error(`error: required option '${flags}' not specified${instead}`);
  }

  /** Called by commander for "help COMMAND", which would show a command that is not defined yet. */
  _dispatchHelpCommand(name: string | undefined): Promise<void> | undefined {
    if (name === undefined) this.help();
    return (this as unknown as Inner)._dispatchSubcommand(name, [], ['--help']);
  }
}

/** Throws CommanderError where commander would end the process: usage errors, and help that has been shown. */
export function createProgram(): Command {
  const program = new MIStoreCommand('mistore');
  program
    .description(manifest.description)
    .version(manifest.version)
    .configureHelp(HELP)
    .showHelpAfterError('(--help tells more)')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.split('\n').map(visible).join('\n')) })
    .addHelpText('after', ENVIRONMENT);
  for (const { heading, entries } of GROUPS) {
    for (const entry of entries) addEntry(program, entry).helpGroup(heading);
  }
  addCompletion(program);
  return program;
}

/** What the scripts of shells ask; nobody else needs it. */
function addCompletion(program: Command): void {
  const complete = program.command('complete [words...]', { hidden: true }).helpOption(false);
  complete.action(async (words: string[]) => {
    const { completions } = await import('./completion/complete.ts');
    const { Output } = await import('./output.ts');
    const output = new Output(false);
    for (const { value, description } of await completions(program, words, define))
      output.print(`${value} ${description}`);
  });
}

/** The command of this whole name ("ledger open"), with arguments and options. */
export async function definedCommand(program: Command, name: string): Promise<Command> {
  const command = name
    .split(' ')
    .reduce((parent, word) => parent.commands.find((one) => one.name() === word)!, program);
  await define(command);
  return command;
}

/** Gives a command of the program its arguments and options, if it does not have them yet. */
export async function define(command: Command): Promise<void> {
  await (command as MIStoreCommand).define();
}

function addEntry(program: MIStoreCommand, entry: Entry | Family): Command {
  if (!('members' in entry)) return program.addEntry(entry);
  const family = program.command(entry.name).description(entry.description) as MIStoreCommand;
  for (const member of entry.members) family.addEntry(member);
  return family;
}
