// The commands under "Anyone:" in help, in the order in which they are needed.
import type { Group } from '../group.ts';

export const anyone: Group = {
  heading: 'Anyone:',
  entries: [
    {
      name: 'web',
      description: 'serve the page on which patients check bills and sign consents, on this machine, until Ctrl-C',
      load: async () => (await import('./web.ts')).web,
    },
    {
      name: 'archive',
      description: "a ledger's events in one file, for when nodes have pruned them",
      members: [
        {
          name: 'export',
          description:
            'write everything that any role needs of a ledger to a file; the same command again adds what is new',
          load: async () => (await import('./archive-export.ts')).archiveExport,
        },
        {
          name: 'verify',
          description:
            "check an archive against the contract's storage: roots, counts, terms, keys, queries; needs no key",
          load: async () => (await import('./archive-verify.ts')).archiveVerify,
        },
      ],
    },
    {
      name: 'audit',
      description: 'check a whole ledger: roots, counts, order, commitments, corrections, sources; needs no key',
      load: async () => (await import('./audit.ts')).audit,
    },
  ],
};
