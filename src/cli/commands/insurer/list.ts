// The commands under "Insurer:" in help, in the order in which they are needed.
import type { Group } from '../group.ts';

export const insurer: Group = {
  heading: 'Insurer:',
  entries: [
    {
      name: 'query',
      description: 'ask for a sum, list and show queries, cancel one, take back its fee',
      members: [
        {
          name: 'ask',
          description:
            'ask for the sum that a consent allows (insurer); the same command again continues an interrupted one',
          load: async () => (await import('./query-ask.ts')).queryAsk,
        },
        {
          name: 'list',
          description:
            'list the queries of an insurer or of a ledger: how far they have come, their deadlines and fees',
          load: async () => (await import('./query-list.ts')).queryList,
        },
        {
          name: 'show',
          description: 'show a query: whose it is, over how many records, who has answered, and its fee',
          load: async () => (await import('./query-show.ts')).queryShow,
        },
        {
          name: 'cancel',
          description: 'end a query whose edges are not all there (insurer); its consent cannot be used again',
          load: async () => (await import('./query-cancel.ts')).queryCancel,
        },
        {
          name: 'refund',
          description:
            "take back what is left of a query's fee (insurer), with all else that the contract owes this account",
          load: async () => (await import('./query-refund.ts')).queryRefund,
        },
      ],
    },
    {
      name: 'sum',
      description: 'open a sum (insurer), check the proof of one (anyone)',
      members: [
        {
          name: 'open',
          description:
            'open the sum from the accepted answers (insurer); with --out also a proof for auditors and courts',
          load: async () => (await import('./sum-open.ts')).sumOpen,
        },
        {
          name: 'verify',
          description: "check the proof of a sum against the contract's storage; needs no key",
          load: async () => (await import('../anyone/sum-verify.ts')).sumVerify,
        },
      ],
    },
  ],
};
