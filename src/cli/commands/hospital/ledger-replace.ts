// mistore ledger replace: a seat changes hands.
import { addressText } from '../../../address.ts';
import { toHex } from '../../../bytes.ts';
import { defineCommand } from '../../command.ts';
import { address, integer, ledgerId, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { sayPlan, sayTotal } from '../../text/spending.ts';

interface ReplaceFlags extends RoleFlags, FeeFlags {
  seat: number;
  server: Uint8Array;
}

export const ledgerReplace = defineCommand({
  examples: ['mistore ledger replace 0x12ab… --seat 2 --server 0xCD34… --keystore hospital.json'],
  roles: ['hospital'],
  configure: (command) =>
    roleOptions(
      feeOptions(command.argument('<ledger>', 'id of the ledger', ledgerId))
        .requiredOption('--seat <number>', 'the seat, from 1', integer(1, 255))
        .requiredOption('--server <address>', 'the new server, which has registered', address),
    ),
  run: replace,
});

async function replace(output: Output, { seat, server, ...options }: ReplaceFlags, id: Uint8Array): Promise<object> {
  const { Hospital } = await import('../../../parties/hospital.ts');
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  await sayPlan(output, site, options, (planned) => new Hospital(planned, seed).changeSeat(id, seat, server));
  const epoch = await new Hospital(site, seed).changeSeat(id, seat, server);
  const spent = sayTotal(output, site);
  output.print(
    `Seat ${seat} of ledger ${output.names.ledger(id)} is ${output.names.account(server)}'s from epoch ${epoch} on.`,
  );
  output.note(
    `It takes batches again when all servers have joined: mistore ledger join ${output.names.nameOfLedger(id) ?? toHex(id)}`,
  );
  output.note(
    'The server that had the seat still knows its shares of every record stored until now, and answers queries opened until now. Records stored from now on are safe from it.',
  );
  return { ledger: toHex(id), seat, server: addressText(server), epoch, ...spent };
}
