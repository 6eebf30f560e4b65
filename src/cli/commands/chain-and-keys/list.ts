// The commands under "Chain and keys:" in help, in the order in which they are needed.
import type { Group } from '../group.ts';

export const chainAndKeys: Group = {
  heading: 'Chain and keys:',
  entries: [
    {
      name: 'node',
      description: "run an embedded Ethereum chain (anvil) with mainnet's gas caps, until Ctrl-C",
      load: async () => (await import('./node.ts')).node,
    },
    {
      name: 'deploy',
      description:
        'deploy the MIStore contract, and write mistore.json, which every role keeps: chain id, contract, code hash',
      load: async () => (await import('./deploy.ts')).deploy,
    },
    {
      name: 'init',
      description: 'make mistore.json for a contract that is there, or add names for accounts and ledgers to it',
      load: async () => (await import('./init.ts')).init,
    },
    {
      name: 'keygen',
      description: 'make a new seed, the only secret of a role, in an encrypted file',
      load: async () => (await import('./keygen.ts')).keygen,
    },
    {
      name: 'account',
      description: "show the address of a keystore's account, by which others know it, and its ether",
      load: async () => (await import('./account.ts')).account,
    },
    {
      name: 'status',
      description: "show what is open for a keystore's role, and what to do next",
      load: async () => (await import('./status.ts')).status,
    },
    {
      name: 'fund',
      description: 'give an account ether; works on an embedded chain only (mistore node)',
      load: async () => (await import('./fund.ts')).fund,
    },
  ],
};
