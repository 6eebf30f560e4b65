// mistore query refund: an insurer takes back what is left of a query's fee.
import { ether } from '../../../chain/errors.ts';
import { MIStoreError } from '../../../errors.ts';
import { readTextFile } from '../../../files/text-file.ts';
import { defineCommand } from '../../command.ts';
import { type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';

export const queryRefund = defineCommand({
  examples: ['mistore query refund consent.json --keystore insurer.json'],
  configure: (command) => roleOptions(feeOptions(command.argument('<consent>', 'the consent file'))),
  run: refund,
});

async function refund(output: Output, options: RoleFlags & FeeFlags, file: string): Promise<object> {
  const { consentDigest } = await import('../../../contract/signing.ts');
  const { deploymentOf } = await import('../../../ledger/site.ts');
  const { Insurer } = await import('../../../parties/insurer.ts');
  const { parseSignedConsent } = await import('../../../records/consent-file.ts');
  const signed = parseSignedConsent(await readTextFile(file));
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  const insurer = new Insurer(site, seed);
  const query = consentDigest(deploymentOf(site), signed.consent);
  const { left } = await site.contract.feeOf(query);
  const refunded = left > 0 ? await insurer.refund(signed) : 0n;
  if (refunded === 0n && (await insurer.owed()) === 0n) {
    throw new MIStoreError(
      'NOTHING_TO_REFUND',
      'nothing is left of the fee, and the contract owes this account nothing',
    );
  }
  const withdrawn = await insurer.withdraw();
  output.print(`Received ${ether(withdrawn)} ether, of which ${ether(refunded)} were left of the fee of this query.`);
  return { query, refunded, withdrawn };
}
