// The commands under "A first look:" in help, in the order in which they are needed.
import type { Group } from '../group.ts';

export const firstLook: Group = {
  heading: 'A first look:',
  entries: [
    {
      name: 'demo',
      description:
        'the whole story on an embedded chain: a CSV in, a verified sum out, with servers that lie or are off',
      load: async () => (await import('./demo.ts')).demo,
    },
    {
      name: 'dev',
      description:
        'a development network in a folder: chain, contract, keystores of all roles, servers that answer; until Ctrl-C',
      load: async () => (await import('./dev.ts')).dev,
    },
    {
      name: 'completion',
      description: 'print a script by which bash, zsh or fish completes commands, options and names',
      load: async () => (await import('./completion.ts')).completion,
    },
  ],
};
