// All commands, in the order in which the story needs them: groups are help's headings and the folders beside this file.
import type { Command } from 'commander';
import type { DefinedCommand } from '../command.ts';
import { archiveExport } from './anyone/archive-export.ts';
import { archiveVerify } from './anyone/archive-verify.ts';
import { audit } from './anyone/audit.ts';
import { sumVerify } from './anyone/sum-verify.ts';
import { account } from './chain-and-keys/account.ts';
import { deploy } from './chain-and-keys/deploy.ts';
import { fund } from './chain-and-keys/fund.ts';
import { keygen } from './chain-and-keys/keygen.ts';
import { node } from './chain-and-keys/node.ts';
import { demo } from './first-look/demo.ts';
import { handover } from './hospital/handover.ts';
import { ingest } from './hospital/ingest.ts';
import { justify } from './hospital/justify.ts';
import { ledgerJoin } from './hospital/ledger-join.ts';
import { ledgerList } from './hospital/ledger-list.ts';
import { ledgerOpen } from './hospital/ledger-open.ts';
import { ledgerRefresh } from './hospital/ledger-refresh.ts';
import { ledgerReplace } from './hospital/ledger-replace.ts';
import { ledgerShow } from './hospital/ledger-show.ts';
import { profiles } from './hospital/profiles.ts';
import { receipts } from './hospital/receipts.ts';
import { hospitalRun } from './hospital/run.ts';
import { queryAsk } from './insurer/query-ask.ts';
import { queryCancel } from './insurer/query-cancel.ts';
import { queryList } from './insurer/query-list.ts';
import { queryRefund } from './insurer/query-refund.ts';
import { queryShow } from './insurer/query-show.ts';
import { sumOpen } from './insurer/sum-open.ts';
import { consentRevoke } from './patient/consent-revoke.ts';
import { consentShow } from './patient/consent-show.ts';
import { consentSign } from './patient/consent-sign.ts';
import { verify } from './patient/verify.ts';
import { serverEarnings } from './server/earnings.ts';
import { register } from './server/register.ts';
import { serverResign } from './server/resign.ts';
import { serverRun } from './server/run.ts';
import { serverWithdraw } from './server/withdraw.ts';

/** Commands under a common word: "ledger open", "ledger join", … */
interface Family {
  name: string;
  description: string;
  members: readonly DefinedCommand[];
}

const ledger: Family = {
  name: 'ledger',
  description: 'open a ledger (hospital), join one (server), list and show them, give one new keys or servers',
  members: [ledgerOpen, ledgerJoin, ledgerList, ledgerShow, ledgerRefresh, ledgerReplace],
};
const server: Family = {
  name: 'server',
  description: 'run a server, show and withdraw what it has earned, give up a seat',
  members: [serverRun, serverEarnings, serverWithdraw, serverResign],
};
const consent: Family = {
  name: 'consent',
  description: "a patient's leave for one sum: sign it, show it, revoke it",
  members: [consentSign, consentShow, consentRevoke],
};
const hospital: Family = {
  name: 'hospital',
  description: 'watch complaints about the records, answer one',
  members: [hospitalRun, justify],
};
const query: Family = {
  name: 'query',
  description: 'ask for a sum, list and show queries, cancel one, take back its fee',
  members: [queryAsk, queryList, queryShow, queryCancel, queryRefund],
};
const sum: Family = {
  name: 'sum',
  description: 'open a sum (insurer), check the proof of one (anyone)',
  members: [sumOpen, sumVerify],
};
const archive: Family = {
  name: 'archive',
  description: "a ledger's events in one file, for when nodes have pruned them",
  members: [archiveExport, archiveVerify],
};

/** By help's headings. */
const GROUPS: Readonly<Record<string, readonly (DefinedCommand | Family)[]>> = {
  'A first look:': [demo],
  'Chain and keys:': [node, deploy, keygen, account, fund],
  'Hospital:': [ledger, profiles, ingest, receipts, handover, hospital],
  'Server:': [register, server],
  'Patient:': [verify, consent],
  'Insurer:': [query, sum],
  'Anyone:': [archive, audit],
};

/** Every command by its whole name: "ledger open". */
export const COMMANDS: ReadonlyMap<string, DefinedCommand> = new Map(
  Object.values(GROUPS)
    .flat()
    .flatMap((entry) =>
      'members' in entry
        ? entry.members.map((member) => [`${entry.name} ${member.name}`, member] as const)
        : [[entry.name, entry] as const],
    ),
);

/** Adds all commands to the program, under their headings. */
export function addCommands(program: Command): void {
  for (const [heading, entries] of Object.entries(GROUPS)) {
    for (const entry of entries) addEntry(program, entry).helpGroup(heading);
  }
}

function addEntry(program: Command, entry: DefinedCommand | Family): Command {
  if (!('members' in entry)) return entry.addTo(program);
  const family = program.command(entry.name).description(entry.description);
  for (const member of entry.members) member.addTo(family);
  return family;
}
