// mistore ledger join: a server joins a ledger that names it.
import { toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { defineCommand } from '../../command.ts';
import { naming, termsInWords } from '../../daemon/words.ts';
import { archiveOption, ledgerId, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { sayPlan, sayTotal } from '../../text/spending.ts';

export const ledgerJoin = defineCommand({
  examples: ['mistore ledger join 0x12ab… --keystore server1.json'],
  roles: ['server'],
  configure: (command) =>
    roleOptions(feeOptions(command.argument('<ledger>', 'id of the ledger', ledgerId))).addOption(archiveOption()),
  run: joinLedger,
});

async function joinLedger(output: Output, options: RoleFlags & FeeFlags, id: Uint8Array): Promise<object> {
  const { Server } = await import('../../../parties/server/server.ts');
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  const server = new Server(site, seed);
  const { inShort } = await import('../../../parties/server/daemon/joining.ts');
  const terms = inShort(await server.ledger(id));
  output.note(`Ledger ${output.names.ledger(id)}: ${termsInWords(terms, naming(output.names))}.`);
  if (terms.threshold === 1) output.note('Warning: with threshold 1 every server alone can read every amount.');
  await sayPlan(output, site, options, (planned) => new Server(planned, seed).join(id));
  const outcome = await server.join(id);
  const spent = sayTotal(output, site);
  const { joined, seats } = await site.contract.getLedger(id);
  const now = outcome === null ? 'This server had joined before; nothing was sent. Of' : 'Joined. Of';
  output.print(
    `${now} ${counted(seats, 'server')} of ledger ${output.names.ledger(id)}, ${joined} ${joined === 1 ? 'has' : 'have'} joined.`,
  );
  if (joined === seats) output.note('The ledger takes batches.');
  return { ledger: toHex(id), joined, seats, ...spent };
}
