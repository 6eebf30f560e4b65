// mistore hospital justify: a seat's complaint is answered with its share, which becomes public. A person's decision: it says
// first what that means, and asks.
import { toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import type { Justification } from '../../../parties/complaints.ts';
import { defineCommand } from '../../command.ts';
import { confirm } from '../../input/confirmation.ts';
import { integer, ledgerId, type RoleFlags, roleOptions, yesOption } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { sayTotal } from '../../text/spending.ts';

interface JustifyFlags extends RoleFlags, FeeFlags {
  ledger: Uint8Array;
  record: number;
  seat: number;
  yes?: boolean;
}

export const justify = defineCommand({
  examples: [
    'mistore hospital justify --ledger 0x12ab… --record 17 --seat 2 --keystore hospital.json',
    'mistore hospital justify --ledger 0x12ab… --record 17 --seat 2 --keystore hospital.json --yes',
  ],
  roles: ['hospital'],
  configure: (command) =>
    roleOptions(
      feeOptions(command)
        .requiredOption('--ledger <id>', 'the ledger', ledgerId)
        .requiredOption('--record <id>', 'the record', integer(0, Number.MAX_SAFE_INTEGER))
        .requiredOption('--seat <number>', 'the seat that complains', integer(1, 255))
        .addOption(yesOption()),
    ),
  run: runJustify,
});

async function runJustify(
  output: Output,
  { ledger, record, seat, yes = false, ...options }: JustifyFlags,
): Promise<object> {
  const { Hospital } = await import('../../../parties/hospital.ts');
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  const hospital = new Hospital(site, seed);
  const plan = await hospital.planJustification(ledger, record, seat);
  for (const line of inWords(plan)) output.note(line);
  await confirm(`Make the share of seat ${seat} of record ${record} public?`, yes);
  await hospital.justify(ledger, record, seat);
  const spent = sayTotal(output, site);
  output.print(`The share of seat ${seat} of record ${record} is public now, and its complaint is ended.`);
  return { ledger: toHex(ledger), record, seat, left: plan.left - 1, ...spent };
}

/** What the justification means, as lines for people. */
function inWords({ recordId, seat, threshold, justified, left, standing, toVoid }: Justification): string[] {
  const open = justified.length + 1;
  const lines = [
    `This makes the share of seat ${seat} of record ${recordId} public, for everybody and for ever. Any ${threshold} shares give the total of the record's series; with this one, ${counted(open, 'share is', 'shares are')} public.`,
    left === 1
      ? 'It is the last complaint about this record that can be justified.'
      : `After it, ${counted(left - 1, 'more complaint')} about this record can be justified.`,
    standing.length >= toVoid
      ? `The record is void while ${counted(toVoid, 'complaint stands', 'complaints stand')}; now ${standing.length} do.`
      : `It is not needed for sums: the record is void only where ${counted(toVoid, 'complaint stands', 'complaints stand')}; now ${standing.length === 1 ? '1 does' : `${standing.length} do`}.`,
  ];
  return lines;
}
