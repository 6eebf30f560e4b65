// All commands of `mistore`, put together; main.ts runs it.
import { Command, type Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addAccount } from './account.ts';
import { addArchive } from './archive.ts';
import { addAudit } from './audit.ts';
import { addChain } from './chain.ts';
import { addDemo } from './demo.ts';
import { HELP, teach } from './help.ts';
import { addLedger } from './ledger.ts';
import { addProfiles } from './profiles.ts';
import { addQueries } from './queries.ts';
import { addRecords } from './records.ts';
import { addRoles } from './roles.ts';
import { addServer } from './server.ts';

const PARTS = [
  addDemo,
  addChain,
  addRoles,
  addAccount,
  addLedger,
  addProfiles,
  addRecords,
  addServer,
  addQueries,
  addArchive,
  addAudit,
];

/** What commander keeps to itself of a command. */
interface Inner {
  unknownOption(flag: string): void;
}

/**
 * Commander names a required option that is missing before a mistyped one, which is what is wrong when it is that
 * option's name; and it does not say that the environment can give it.
 */
class MIStoreCommand extends Command {
  override createCommand(name?: string): Command {
    return new MIStoreCommand(name);
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
    .exitOverride();
  for (const add of PARTS) add(program);
  teach(program);
  return program;
}
