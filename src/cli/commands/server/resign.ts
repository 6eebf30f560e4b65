// mistore server resign: a server wishes to give up its seat.
import { toHex } from '../../../bytes.ts';
import { defineCommand } from '../../command.ts';
import { ledgerId, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { sayPlan, sayTotal } from '../../text/spending.ts';

export const serverResign = defineCommand({
  examples: ['mistore server resign 0x12ab… --keystore server1.json'],
  roles: ['server'],
  configure: (command) => roleOptions(feeOptions(command.argument('<ledger>', 'id of the ledger', ledgerId))),
  run: resign,
});

async function resign(output: Output, options: RoleFlags & FeeFlags, id: Uint8Array): Promise<object> {
  const { Server } = await import('../../../parties/server/server.ts');
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  await sayPlan(output, site, options, (planned) => new Server(planned, seed).resign(id));
  await new Server(site, seed).resign(id);
  const spent = sayTotal(output, site);
  output.print(
    `The hospital of ledger ${output.names.ledger(id)} can see that this server wishes to give up its seat.`,
  );
  output.note('Keep the server running: it holds the seat until another has it, and answers older queries after that.');
  return { ledger: toHex(id), resigned: true, ...spent };
}
