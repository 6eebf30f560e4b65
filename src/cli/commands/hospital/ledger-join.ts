// mistore ledger join: a server joins a ledger that names it.
import { toHex } from '../../../bytes.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, ledgerId, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';

export const ledgerJoin = defineCommand({
  examples: ['mistore ledger join 0x12ab… --keystore server1.json'],
  configure: (command) =>
    roleOptions(feeOptions(command.argument('<ledger>', 'id of the ledger', ledgerId))).addOption(archiveOption()),
  run: joinLedger,
});

async function joinLedger(output: Output, options: RoleFlags & FeeFlags, id: Uint8Array): Promise<object> {
  const { Server } = await import('../../../parties/server/server.ts');
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  await new Server(site, seed).join(id);
  const { joined, seats } = await site.contract.getLedger(id);
  output.print(`Joined ledger ${toHex(id)}; ${joined} of ${seats} servers have.`);
  return { ledger: toHex(id), joined, seats };
}
