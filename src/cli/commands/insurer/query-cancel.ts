// mistore query cancel: an insurer gives up a query that is not sealed.
import { ether } from '../../../chain/errors.ts';
import { readTextFile } from '../../../files/text-file.ts';
import { defineCommand } from '../../command.ts';
import { type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';

export const queryCancel = defineCommand({
  examples: ['mistore query cancel consent.json --keystore insurer.json'],
  configure: (command) => roleOptions(feeOptions(command.argument('<consent>', 'the consent file'))),
  run: cancel,
});

async function cancel(output: Output, options: RoleFlags & FeeFlags, file: string): Promise<object> {
  const { consentDigest } = await import('../../../contract/signing.ts');
  const { deploymentOf } = await import('../../../ledger/site.ts');
  const { Insurer } = await import('../../../parties/insurer.ts');
  const { parseSignedConsent } = await import('../../../records/consent-file.ts');
  const signed = parseSignedConsent(await readTextFile(file));
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  const returned = await new Insurer(site, seed).cancel(signed);
  const query = consentDigest(deploymentOf(site), signed.consent);
  output.print('The query is cancelled; its consent cannot be used again.');
  if (returned > 0n) output.note(`Its fee, ${ether(returned)} ether, is yours again: mistore query refund ${file}`);
  return { query, cancelled: true, returned };
}
