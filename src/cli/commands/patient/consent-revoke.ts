// mistore consent revoke: a consent whose query is not complete is withdrawn.
import { toHex } from '../../../bytes.ts';
import { readTextFile } from '../../../files/text-file.ts';
import { defineCommand } from '../../command.ts';
import { type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';

interface RevokeFlags extends RoleFlags, FeeFlags {
  payer?: string;
  payerPasswordFile?: string;
}

export const consentRevoke = defineCommand({
  examples: [
    'mistore consent revoke consent.json --keystore patient.json',
    'mistore consent revoke consent.json --keystore patient.json --payer friend.json',
  ],
  configure: (command) =>
    roleOptions(
      feeOptions(command)
        .argument('<consent>', 'the consent file')
        .option('--payer <file>', 'keystore of another role, which sends it and pays; a patient needs no ether then')
        .option('--payer-password-file <file>', "file with the payer's password, if it is not the same"),
    ),
  run: revokeConsent,
});

async function revokeConsent(output: Output, options: RevokeFlags, file: string): Promise<object> {
  const { consentDigest } = await import('../../../contract/signing.ts');
  const { deploymentOf } = await import('../../../ledger/site.ts');
  const { Patient } = await import('../../../parties/patient.ts');
  const { parseSignedConsent } = await import('../../../records/consent-file.ts');
  const { consent } = parseSignedConsent(await readTextFile(file));
  const { payer: keystore, passwordFile, payerPasswordFile = passwordFile } = options;
  const payer = keystore === undefined ? {} : { payer: { keystore, passwordFile: payerPasswordFile } };
  const { site, seed } = await openRole(options, { sending: feesOf(options), ...payer });
  await new Patient(site, seed).revoke(consent);
  const queryId = toHex(consentDigest(deploymentOf(site), consent));
  output.print(`Revoked: query ${queryId} can not be opened any more.`);
  return { query: queryId, revoked: true };
}
