// All commands of `mistore`, put together; main.ts runs it.
import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
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
  addLedger,
  addProfiles,
  addRecords,
  addServer,
  addQueries,
  addArchive,
  addAudit,
];

/** Throws CommanderError where commander would end the process: usage errors, and help that has been shown. */
export function createProgram(): Command {
  const program = new Command('mistore')
    .description(manifest.description)
    .version(manifest.version)
    .configureHelp(HELP)
    .showHelpAfterError('(--help tells more)')
    .exitOverride();
  for (const add of PARTS) add(program);
  teach(program);
  return program;
}
