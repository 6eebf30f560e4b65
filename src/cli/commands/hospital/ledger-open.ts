// mistore ledger open: a ledger for a profile's rows, the hospital's channels to its servers, and their keys.
import { toHex, utf8 } from '../../../bytes.ts';
import { MIStoreError } from '../../../errors.ts';
import { keccak256 } from '../../../keccak.ts';
import type { Site } from '../../../ledger/site.ts';
import { NETWORK_FILE } from '../../../network/network-file.ts';
import { defineCommand } from '../../command.ts';
import { findNetwork } from '../../deployment.ts';
import { collect, collectAddresses, integer, newName, type RoleFlags, roleOptions, waitOption } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type ProfileFlags, profileOf, profileOptions } from '../../profile-options.ts';
import { dryRunOption, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { showFingerprints } from '../../text/fingerprints.ts';
import { waitUntilJoined } from '../../text/joining.ts';
import { type DryRunFlags, sayPlan, sayTotal } from '../../text/spending.ts';

interface OpenFlags extends RoleFlags, ProfileFlags, DryRunFlags {
  threshold: number;
  server: Uint8Array[];
  minRecords: number;
  category?: string[];
  salt?: string;
  fingerprint?: boolean;
  name?: string;
  wait?: number;
}

export const ledgerOpen = defineCommand({
  examples: [
    'mistore ledger open --server alpha --server beta --server gamma --threshold 2 --preset synthea-encounters --name bills',
    'mistore ledger open --server alpha,beta,gamma --threshold 2 --preset synthea-encounters --name bills --wait 3600',
    'mistore ledger open --server 0xAB12… --threshold 1 --preset synthea-encounters --fingerprint',
    'mistore ledger open --server 0xAB12… --server 0xCD34… --threshold 2 --patient-column PATIENT --amount-column COST --currency EUR',
  ],
  roles: ['hospital'],
  configure: (command) => {
    command
      .requiredOption(
        '--server <address>',
        'a registered server; give it once for each seat, in order, or several with commas between them',
        collectAddresses,
      )
      .requiredOption('--threshold <t>', 'how many servers it takes to answer', integer(1, 255))
      .option('--min-records <count>', 'refuse queries over fewer records', integer(1, 2 ** 20), 1)
      .option('--category <name>', "a category that the profile's column may hold; can be given again", collect)
      .option('--salt <text>', 'any text, for another ledger with the same terms')
      .option('--name <name>', 'add the ledger by this name to the network file', newName)
      .option('--fingerprint', "only show the fingerprints of the servers' keys, to compare them by telephone first")
      .addOption(waitOption('wait until all servers have joined').conflicts(['dryRun', 'fingerprint']))
      .addOption(dryRunOption());
    roleOptions(profileOptions(feeOptions(command)));
  },
  run: openLedger,
});

async function openLedger(output: Output, options: OpenFlags): Promise<object> {
  const { profileCategories, profileTerms } = await import('../../../records/terms.ts');
  const { Hospital } = await import('../../../parties/hospital.ts');
  const { threshold, server: servers, minRecords, salt } = options;
  const profile = await profileOf(options, (line) => output.note(line));
  if (threshold > servers.length) {
    const message = `--threshold ${threshold} with ${servers.length} --server; it must be 1 ≤ threshold ≤ servers ≤ 255`;
    throw new MIStoreError('INVALID_THRESHOLD', message, { threshold, servers: servers.length });
  }
  const categories = options.category ?? profileCategories(profile);
  if (profile.columns.category !== undefined && options.category === undefined && profile.categories === undefined) {
    const message = `rows are told apart by column ${profile.columns.category}: name what it may hold, with --category or in the profile`;
    throw new MIStoreError('NO_CATEGORIES', message);
  }
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  if (threshold === 1) output.note('Warning: with threshold 1 every server alone can read every amount.');
  const terms = { threshold, servers, ...profileTerms(profile), categories, minRecords };
  const hash = salt === undefined ? undefined : keccak256(utf8(salt));
  const hospital = new Hospital(site, seed);
  const id = hospital.ledgerIdOf(terms, hash);
  const naming = options.name === undefined ? undefined : await namingOf(options, options.name, id);
  const fingerprints = await showFingerprints(output, site, servers);
  if (options.fingerprint) {
    output.note('Nothing was sent. The same command without --fingerprint opens the ledger.');
    return { ledger: toHex(id), opened: false, fingerprints };
  }
  const wasOpen = await site.contract.isOpen(id);
  const plan = await sayPlan(output, site, options, (planned) => new Hospital(planned, seed).openLedger(terms, hash));
  if (options.dryRun) return { ledger: toHex(id), opened: wasOpen, fingerprints, dryRun: true, ...plan };
  await hospital.openLedger(terms, hash);
  const spent = sayTotal(output, site);
  output.print(doneInWords(toHex(id), wasOpen, spent.gas > 0n));
  if (naming !== undefined) output.print(await naming());
  if (options.wait === undefined) await sayWhoIsMissing(output, site, id, options.name);
  else await waitUntilJoined(output, site, id, options.wait, options.name);
  return { ledger: toHex(id), opened: true, fingerprints, ...spent };
}

async function sayWhoIsMissing(output: Output, site: Site, id: Uint8Array, name: string = toHex(id)): Promise<void> {
  const { joined, seats } = await site.contract.getLedger(id);
  output.note(
    joined === seats
      ? 'All its servers have joined: it takes batches.'
      : `It can be written to when all its servers have joined, ${joined} of ${seats} so far: mistore ledger join ${name}`,
  );
}

function doneInWords(ledger: string, wasOpen: boolean, hasSent: boolean): string {
  if (!wasOpen) return `Opened ledger ${ledger}.`;
  return hasSent
    ? `Ledger ${ledger} had been opened before; the channels and keys that were missing have been sent.`
    : `Ledger ${ledger} had been opened before, with all channels and keys; nothing was sent.`;
}

/** Checks that the network file can take the ledger's name; the function that is given back adds it. */
async function namingOf(options: OpenFlags, name: string, id: Uint8Array): Promise<() => Promise<string>> {
  const { changeNetwork, checkWritable, withName } = await import('../../../network/change.ts');
  const found = await findNetwork(options);
  if (found === undefined) {
    throw new MIStoreError(
      'NO_NETWORK_FILE',
      `--name needs a network file: ${NETWORK_FILE} here or above, or --network FILE`,
    );
  }
  const { path, network } = found;
  withName(network, 'ledger', name, id, path);
  await checkWritable(path);
  return async () => {
    await changeNetwork(path, (now) => withName(now, 'ledger', name, id, path));
    return `${path} calls it ${name} from now on.`;
  };
}
