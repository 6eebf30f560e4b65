// mistore ledger refresh: new keys for the same servers.
import { toHex } from '../../../bytes.ts';
import { defineCommand } from '../../command.ts';
import { ledgerId, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { sayPlan, sayTotal } from '../../text/spending.ts';

export const ledgerRefresh = defineCommand({
  examples: ['mistore ledger refresh 0x12ab… --keystore hospital.json'],
  roles: ['hospital'],
  configure: (command) => roleOptions(feeOptions(command.argument('<ledger>', 'id of the ledger', ledgerId))),
  run: refresh,
});

async function refresh(output: Output, options: RoleFlags & FeeFlags, id: Uint8Array): Promise<object> {
  const { Hospital } = await import('../../../parties/hospital.ts');
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  await sayPlan(output, site, options, (planned) => new Hospital(planned, seed).refresh(id));
  const epoch = await new Hospital(site, seed).refresh(id);
  const spent = sayTotal(output, site);
  output.print(`Epoch ${epoch} of ledger ${output.names.ledger(id)} has begun.`);
  output.note(
    `It takes batches again when all servers have joined it: mistore ledger join ${output.names.nameOfLedger(id) ?? toHex(id)}`,
  );
  return { ledger: toHex(id), epoch, ...spent };
}
