// mistore consent revoke: a consent whose query is not complete is withdrawn. Says first which, and asks.

import { fromHex, toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { readTextFile } from '../../../files/text-file.ts';
import { defineCommand } from '../../command.ts';
import { confirm } from '../../input/confirmation.ts';
import { type RoleFlags, roleOptions, yesOption } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { sayPlan, sayTotal } from '../../text/spending.ts';
import { dayInWords } from '../../text/times.ts';

/** In the place of the patient's signature, which no endpoint may see before they have agreed: whoever has it can send it. */
const UNSIGNED = new Uint8Array(65).fill(0xff);

interface RevokeFlags extends RoleFlags, FeeFlags {
  payer?: string;
  payerPasswordFile?: string;
  yes?: boolean;
}

export const consentRevoke = defineCommand({
  examples: [
    'mistore consent revoke consent.json --keystore patient.json',
    'mistore consent revoke consent.json --keystore patient.json --payer friend.json',
  ],
  roles: ['patient'],
  configure: (command) =>
    roleOptions(
      feeOptions(command)
        .argument('<consent>', 'the consent file')
        .option('--payer <file>', 'keystore of another role, which sends it and pays; a patient needs no ether then')
        .option('--payer-password-file <file>', "file with the payer's password, if it is not the same")
        .addOption(yesOption()),
    ),
  run: revokeConsent,
});

async function revokeConsent(output: Output, options: RevokeFlags, file: string): Promise<object> {
  const { consentDigest } = await import('../../../contract/signing.ts');
  const { checkSameDeployment, deploymentOf } = await import('../../../ledger/site.ts');
  const { Patient } = await import('../../../parties/patient.ts');
  const { REVOCATION_GAS } = await import('../../../parties/query-gas.ts');
  const { countCovered } = await import('../../../query/runs.ts');
  const { parseSignedConsent } = await import('../../../records/consent-file.ts');
  const signed = parseSignedConsent(await readTextFile(file));
  const { consent, edges } = signed;
  const { payer: keystore, passwordFile, payerPasswordFile = passwordFile } = options;
  const payer = keystore === undefined ? {} : { payer: { keystore, passwordFile: payerPasswordFile } };
  const { site, seed } = await openRole(options, { sending: feesOf(options), ...payer });
  checkSameDeployment(site, 'the consent is', signed);
  const insurer = output.names.account(fromHex(consent.insurer));
  const what = `that ${insurer} may learn the sum of ${counted(countCovered(edges), 'record')}, until ${dayInWords(consent.deadline)}`;
  output.note(`This withdraws the consent ${what}. It cannot be given back: for another sum a new one is signed.`);
  const gas = BigInt(REVOCATION_GAS);
  await sayPlan(output, site, options, ({ contract }) => contract.revokeConsent(consent, UNSIGNED, { gas }));
  await confirm('Withdraw this consent?', options.yes ?? false);
  await new Patient(site, seed).revoke(consent);
  const spent = sayTotal(output, site);
  const queryId = toHex(consentDigest(deploymentOf(site), consent));
  output.print(`Withdrawn: query ${queryId} cannot be opened any more.`);
  return { query: queryId, revoked: true, ...spent };
}
