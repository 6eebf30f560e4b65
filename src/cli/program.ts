// All commands of `mistore`, put together; main.ts runs it.
import { Command, type Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addCommands } from './commands/list.ts';
import { ENVIRONMENT, HELP } from './help.ts';
import { canBeRepeated } from './options.ts';
import { visible } from './text/visible.ts';

/** What commander keeps to itself of a command. */
interface Inner {
  unknownOption(flag: string): void;
}

/**
 * What commander leaves out. It names a required option that is missing before a mistyped one, which is what is wrong when
 * it is that option's name; it does not say that the environment can give it; and of an option that is given twice it
 * takes the last value in silence.
 */
class MIStoreCommand extends Command {
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
}

/** Throws CommanderError where commander would end the process: usage errors, and help that has been shown. */
export function createProgram(): Command {
  const program = new MIStoreCommand('mistore')
    .description(manifest.description)
    .version(manifest.version)
    .configureHelp(HELP)
    .showHelpAfterError('(--help tells more)')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.split('\n').map(visible).join('\n')) })
    .addHelpText('after', ENVIRONMENT);
  addCommands(program);
  return program;
}
