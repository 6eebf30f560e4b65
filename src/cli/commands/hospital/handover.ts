// mistore handover: a custodial patient's seed in a keystore that the patient can keep.
import { addressText } from '../../../address.ts';
import { defineCommand } from '../../command.ts';
import { readPassword, readSeed } from '../../input/secrets.ts';
import { type KeyFlags, keyOptions, patientId } from '../../options.ts';
import type { Output } from '../../output.ts';

interface HandoverFlags extends KeyFlags {
  patient: string;
  out: string;
  patientPasswordFile: string;
}

export const handover = defineCommand({
  examples: ['mistore handover --patient PATIENT --out patient.json --patient-password-file patient.password'],
  configure: (command) =>
    keyOptions(
      command
        .requiredOption('--patient <id>', "the patient's id in the hospital's records", patientId)
        .requiredOption('--out <file>', 'the keystore file to write; an existing file is never replaced')
        .requiredOption('--patient-password-file <file>', 'file with the password for the new keystore'),
    ),
  run: handOver,
});

async function handOver(output: Output, options: HandoverFlags): Promise<object> {
  const { accountOf } = await import('../../../chain/account.ts');
  const { accountKey, custodialSeed } = await import('../../../identity/keys.ts');
  const { writeKeystore } = await import('../../../identity/keystore.ts');
  const seed = custodialSeed(await readSeed(options), options.patient);
  const password = await readPassword({ passwordFile: options.patientPasswordFile }, '');
  await writeKeystore(options.out, password, { seed, role: 'patient' });
  const account = addressText(accountOf(accountKey(seed)));
  output.print(`Wrote ${options.out}. The patient's account is ${account}.`);
  return { file: options.out, address: account };
}
