// mistore hospital justify: a seat's complaint is answered with its share, which becomes public.
import { toHex } from '../../../bytes.ts';
import { defineCommand } from '../../command.ts';
import { integer, ledgerId, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';

interface JustifyFlags extends RoleFlags, FeeFlags {
  ledger: Uint8Array;
  record: number;
  seat: number;
}

export const justify = defineCommand({
  name: 'justify',
  description: "answer a seat's complaint about a record by making that one share public, for ever",
  examples: ['mistore hospital justify --ledger 0x12ab… --record 17 --seat 2 --keystore hospital.json'],
  configure: (command) =>
    roleOptions(
      feeOptions(command)
        .requiredOption('--ledger <id>', 'the ledger', ledgerId)
        .requiredOption('--record <id>', 'the record', integer(0, Number.MAX_SAFE_INTEGER))
        .requiredOption('--seat <number>', 'the seat that complains', integer(1, 255)),
    ),
  run: runJustify,
});

async function runJustify(output: Output, { ledger, record, seat, ...options }: JustifyFlags): Promise<object> {
  const { Hospital } = await import('../../../parties/hospital.ts');
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  await new Hospital(site, seed).justify(ledger, record, seat);
  output.print(`The share of seat ${seat} of record ${record} is public now, and its complaint is ended.`);
  return { ledger: toHex(ledger), record, seat };
}
