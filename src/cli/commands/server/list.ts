// The commands under "Server:" in help, in the order in which they are needed.
import type { Group } from '../group.ts';

export const server: Group = {
  heading: 'Server:',
  entries: [
    {
      name: 'register',
      description: "publish this server's encapsulation key, so that hospitals and insurers can open channels to it",
      load: async () => (await import('./register.ts')).register,
    },
    {
      name: 'server',
      description: 'run a server, show and withdraw what it has earned, give up a seat',
      members: [
        {
          name: 'run',
          description:
            'follow the chain, check every batch and answer every query of the ledgers that this server has joined',
          load: async () => (await import('./run.ts')).serverRun,
        },
        {
          name: 'earnings',
          description: 'show what this server has earned, answer by answer, and what of it can be withdrawn',
          load: async () => (await import('./earnings.ts')).serverEarnings,
        },
        {
          name: 'withdraw',
          description: "send all that the contract owes this server to an account, the server's own if none is given",
          load: async () => (await import('./withdraw.ts')).serverWithdraw,
        },
        {
          name: 'resign',
          description: 'ask the hospital to give the seat of this server to another; until then it is held',
          load: async () => (await import('./resign.ts')).serverResign,
        },
      ],
    },
  ],
};
