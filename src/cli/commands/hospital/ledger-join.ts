// mistore ledger join: a server joins a ledger that names it.
import { defineCommand } from '../../command.ts';
import { archiveOption, ledgerNumber, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';

export const ledgerJoin = defineCommand({
  name: 'join',
  description: 'join a ledger that names this server',
  examples: ['mistore ledger join 1 --keystore server1.json'],
  configure: (command) =>
    roleOptions(feeOptions(command.argument('<ledger>', 'number of the ledger', ledgerNumber))).addOption(
      archiveOption(),
    ),
  run: joinLedger,
});

async function joinLedger(output: Output, options: RoleFlags & FeeFlags, ledgerId: bigint): Promise<object> {
  const { Server } = await import('../../../parties/server.ts');
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  await new Server(site, seed).join(ledgerId);
  const { joined, seats } = await site.contract.getLedger(ledgerId);
  output.print(`Joined ledger ${ledgerId}; ${joined} of ${seats} servers have.`);
  return { ledger: ledgerId, joined, seats };
}
