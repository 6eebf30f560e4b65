#!/usr/bin/env node
// The program `mistore`: one file of commands for each part of the story, no logic of their own.
import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addArchive } from './archive.ts';
import { addAudit } from './audit.ts';
import { addChain } from './chain.ts';
import { addDemo } from './demo.ts';
import { addLedger } from './ledger.ts';
import { addProfiles } from './profiles.ts';
import { addQueries } from './queries.ts';
import { addRecords } from './records.ts';
import { addRoles } from './roles.ts';
import { addServer } from './server.ts';

const program = new Command('mistore')
  .description(manifest.description)
  .version(manifest.version)
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(--help tells more)')
  .addHelpText(
    'after',
    `
A first look:           mistore demo
By hand, in this order: node · keygen · fund · deploy · register (servers) · ledger open (hospital) · ledger join, server run (servers) ·
                        ingest · receipts · handover · verify · consent sign (patient) · query · sum (insurer)
For good, by anyone:    audit · archive export · archive verify
Options that repeat:    MISTORE_RPC, MISTORE_CONTRACT, MISTORE_KEYSTORE, MISTORE_PASSWORD, MISTORE_ARCHIVE in the
                        environment
Exit status:            0 done · 1 an error or a failed check, said in words · a usage error is 1 too`,
  );
for (const add of [
  addDemo,
  addChain,
  addRoles,
  addLedger,
  addProfiles,
  addRecords,
  addQueries,
  addServer,
  addArchive,
  addAudit,
])
  add(program);
await program.parseAsync();
