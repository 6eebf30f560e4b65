// mistore server earnings: what a server has earned, and what of it can be withdrawn.
import { ether } from '../../../chain/errors.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openRole } from '../../sites.ts';

export const serverEarnings = defineCommand({
  examples: ['mistore server earnings --keystore server1.json'],
  roles: ['server'],
  configure: (command) => roleOptions(command).addOption(archiveOption()),
  run: earnings,
});

async function earnings(output: Output, options: RoleFlags): Promise<object> {
  const { Server } = await import('../../../parties/server/server.ts');
  const { site, seed } = await openRole(options);
  const { owed, earned, answers } = await new Server(site, seed).earnings();
  output.table(
    [
      { head: 'query', short: true },
      { head: 'ledger', short: true },
      { head: 'ether', amount: true },
    ],
    answers.map(({ queryId, ledgerId, share }) => [queryId, ledgerId, ether(share)]),
  );
  output.print(`Earned ${ether(earned)} ether. ${ether(owed)} can be withdrawn: mistore server withdraw`);
  return {
    owed,
    earned,
    answers: answers.map(({ queryId: query, ledgerId: ledger, share }) => ({ query, ledger, share })),
  };
}
