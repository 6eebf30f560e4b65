// mistore ledger open: a ledger with the lanes of a profile, and the hospital's channels to its servers.
import { MIStoreError } from '../../../errors.ts';
import { profileTerms } from '../../../records/terms.ts';
import { defineCommand } from '../../command.ts';
import { collectAddresses, integer, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type ProfileFlags, profileOf, profileOptions } from '../../profile-options.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';

interface OpenFlags extends RoleFlags, ProfileFlags, FeeFlags {
  threshold: number;
  server: Uint8Array[];
  minRecords: number;
}

export const ledgerOpen = defineCommand({
  name: 'open',
  description: 'open a ledger (hospital), with the lanes of a profile, and channels to its servers',
  examples: [
    'mistore ledger open --server 0xAB12… --server 0xCD34… --server 0xEF56… --threshold 2 --preset synthea-encounters',
    'mistore ledger open --server 0xAB12… --server 0xCD34… --threshold 2 --patient PATIENT --amount COST --currency EUR',
  ],
  configure: (command) => {
    command
      .requiredOption(
        '--server <address>',
        'a registered server; give it once for each seat, in order',
        collectAddresses,
      )
      .requiredOption('--threshold <t>', 'how many servers it takes to answer', integer(1, 255))
      .option('--min-records <count>', 'refuse queries over fewer records', integer(1, 2 ** 20), 1);
    roleOptions(profileOptions(feeOptions(command)));
  },
  run: openLedger,
});

async function openLedger(output: Output, options: OpenFlags): Promise<object> {
  const { Hospital } = await import('../../../parties/hospital.ts');
  const { threshold, server: servers, minRecords } = options;
  const profile = await profileOf(options);
  if (threshold > servers.length) {
    const message = `--threshold ${threshold} with ${servers.length} --server; it must be 1 ≤ threshold ≤ servers ≤ 255`;
    throw new MIStoreError('INVALID_THRESHOLD', message, { threshold, servers: servers.length });
  }
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  if (threshold === 1) output.note('Warning: with threshold 1 every server alone can read every amount.');
  const ledgerId = await new Hospital(site, seed).openLedger({
    threshold,
    servers,
    ...profileTerms(profile),
    minRecords,
  });
  output.print(`Opened ledger ${ledgerId}. It can be written to when all ${servers.length} servers have joined.`);
  return { ledger: ledgerId };
}
