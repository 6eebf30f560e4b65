// Fingerprints of the keys of a ledger's servers, as commands show them.
import { addressText } from '../../address.ts';
import type { Site } from '../../ledger/site.ts';
import type { Output } from '../output.ts';

interface ShownFingerprint {
  account: string;
  fingerprint: string;
}

/** Shows the fingerprint of each account's registered key, in order. Throws NOT_REGISTERED. */
export async function showFingerprints(
  output: Output,
  site: Site,
  accounts: readonly Uint8Array[],
): Promise<ShownFingerprint[]> {
  const { fingerprintOf } = await import('../../ledger/channels.ts');
  const shown: ShownFingerprint[] = [];
  for (const account of accounts) {
    shown.push({ account: addressText(account), fingerprint: await fingerprintOf(site, account) });
  }
  output.table(
    ['server', 'fingerprint of its key'],
    shown.map(({ fingerprint }, a) => [output.names.account(accounts[a]!), fingerprint]),
  );
  return shown;
}
