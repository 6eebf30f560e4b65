// The commands under "Hospital:" in help, in the order in which they are needed.
import type { Group } from '../group.ts';

export const hospital: Group = {
  heading: 'Hospital:',
  entries: [
    {
      name: 'ledger',
      description: 'open a ledger (hospital), join one (server), list and show them, give one new keys or servers',
      members: [
        {
          name: 'open',
          description:
            'open a ledger (hospital) for the rows of a profile, with channels and keys to its servers; again: finishes',
          load: async () => (await import('./ledger-open.ts')).ledgerOpen,
        },
        {
          name: 'join',
          description: 'join a ledger that names this server',
          load: async () => (await import('./ledger-join.ts')).ledgerJoin,
        },
        {
          name: 'list',
          description: 'list the ledgers of the contract, or those that an account opened, or has or had a seat in',
          load: async () => (await import('./ledger-list.ts')).ledgerList,
        },
        {
          name: 'show',
          description: "show a ledger's terms and size, void records and standing complaints",
          load: async () => (await import('./ledger-show.ts')).ledgerShow,
        },
        {
          name: 'refresh',
          description: 'begin a new epoch (hospital): new keys for the same servers, which all have to join again',
          load: async () => (await import('./ledger-refresh.ts')).ledgerRefresh,
        },
        {
          name: 'replace',
          description:
            'give a seat to another server (hospital), with new keys for all and the old ones for it; again: finishes',
          load: async () => (await import('./ledger-replace.ts')).ledgerReplace,
        },
      ],
    },
    {
      name: 'profiles',
      description:
        'list the profiles that come with the program, or print one, to be saved, edited and given with --profile',
      load: async () => (await import('./profiles.ts')).profiles,
    },
    {
      name: 'ingest',
      description:
        'store the rows of a CSV, or of JSON such as FHIR resources, in a ledger (hospital); the same command again resumes, and continues a file that has grown',
      load: async () => (await import('./ingest.ts')).ingest,
    },
    {
      name: 'correct',
      description: 'write the row that corrects a stored amount (hospital), for ingest to store; sends nothing',
      load: async () => (await import('./correct.ts')).correct,
    },
    {
      name: 'receipts',
      description: "write a patient's receipts (hospital), from seed and chain; with --csv also dates and descriptions",
      load: async () => (await import('./receipts.ts')).receipts,
    },
    {
      name: 'handover',
      description: "write a patient's custodial seed to a keystore of their own, with its own password",
      load: async () => (await import('./handover.ts')).handover,
    },
    {
      name: 'hospital',
      description: 'watch complaints about the records, answer one',
      members: [
        {
          name: 'run',
          description:
            "watch complaints about the hospital's records, and which of them are void; sends nothing; until Ctrl-C",
          load: async () => (await import('./run.ts')).hospitalRun,
        },
        {
          name: 'justify',
          description: "answer a seat's complaint about a record by making that one share public, for ever",
          load: async () => (await import('./justify.ts')).justify,
        },
      ],
    },
  ],
};
