// mistore handover: a custodial patient's seed in a keystore that the patient can keep, or those of all patients. Only of
// patients whom the ledger knows: a mistyped id would give somebody an empty account.
import { addressText } from '../../../address.ts';
import { toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { MIStoreError } from '../../../errors.ts';
import { checkOutput } from '../../../files/output-file.ts';
import { defineCommand } from '../../command.ts';
import { inputFile } from '../../input/input-file.ts';
import { readPatients } from '../../input/patients.ts';
import { readNewPassword } from '../../input/secrets.ts';
import { archiveOption, ledgerId, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { checkPatientFlags, type PatientFlags, patientOptions } from '../../patient-files/patient-options.ts';
import { unlessInterrupted } from '../../private-file.ts';
import { type ProfileFlags, profileOf, profileOptions } from '../../profile-options.ts';
import { openRole } from '../../sites.ts';

interface HandoverFlags extends RoleFlags, ProfileFlags, PatientFlags {
  ledger: Uint8Array;
  patientPasswordFile?: string;
  allowUnknown?: boolean;
}

export const handover = defineCommand({
  examples: [
    'mistore handover --ledger 0x12ab… --patient PATIENT --out patient.json --patient-password-file patient.password',
    'mistore handover --ledger 0x12ab… --all --out-dir keystores --patients patients.txt',
  ],
  roles: ['hospital'],
  configure: (command) => {
    patientOptions(
      command.requiredOption('--ledger <id>', 'the ledger that has records of the patients', ledgerId),
      'keystore',
    )
      .option(
        '--patient-password-file <file>',
        'file with the password for the new keystores; if not given, --all makes one for each, in a file of its own',
      )
      .option('--allow-unknown', 'also for patients of whom the ledger has no record yet');
    roleOptions(profileOptions(command)).addOption(archiveOption());
  },
  run: handOver,
});

async function handOver(output: Output, options: HandoverFlags): Promise<object> {
  const { Hospital } = await import('../../../parties/hospital.ts');
  checkPatientFlags(options);
  if (options.out !== undefined) await checkOutput(options.out);
  const { patientPasswordFile, ledger } = options;
  if (!options.all && patientPasswordFile === undefined) {
    throw new MIStoreError('USAGE', '--patient-password-file FILE is needed: the password of the new keystore');
  }
  const password =
    patientPasswordFile === undefined
      ? undefined
      : await readNewPassword({ passwordFile: patientPasswordFile }, '', (line) => output.note(line));
  const given = options.all ? await patientsOf(output, options) : [options.patient!];
  const { site, seed } = await openRole(options);
  const patients = options.allowUnknown ? given : await new Hospital(site, seed).patientsWithRecords(ledger, given);
  if (patients.length === 0) throw unknown(ledger, given.length);
  if (!options.all) return writeOne(output, seed, patients[0]!, options.out!, password!);
  const { writeAllKeystores } = await import('../../patient-files/all-keystores.ts');
  const found = await unlessInterrupted(() =>
    writeAllKeystores(output, {
      ...{ seed, patients, ledger: toHex(ledger), folder: options.outDir! },
      ...(password !== undefined && { password }),
    }),
  );
  const without = given.length - patients.length;
  output.print(
    `${counted(patients.length, 'keystore')}: ${found.written} written, ${found.unchanged} there already. Which is whose: ${found.index}`,
  );
  output.note(
    found.passwords === null
      ? 'All of the new ones have the password of the file: whoever has it and a keystore can sign for that patient.'
      : `Each has a password of its own, in ${found.passwords}: give it to the patient by another way than the keystore, and then delete it here.`,
  );
  if (without > 0) output.note(`None for ${counted(without, 'patient')} of whom the ledger has no record.`);
  return { folder: options.outDir, ...found, patients: patients.length, without };
}

/** Ids from the list and from the CSVs, each once. */
async function patientsOf(output: Output, options: HandoverFlags): Promise<string[]> {
  const { csv = [], patients } = options;
  const ids = new Set(patients === undefined ? [] : await readPatients(patients));
  if (csv.length === 0) return [...ids];
  const { readRows } = await import('../../../records/input/rows.ts');
  const profile = await profileOf(options);
  for (const file of csv) {
    await inputFile(file, options.source);
    output.note(`Reading ${file} …`);
    for await (const entry of readRows(file, profile)) if (entry.kind === 'row') ids.add(entry.patient);
  }
  return [...ids];
}

async function writeOne(
  output: Output,
  hospitalSeed: Uint8Array,
  patient: string,
  out: string,
  password: string,
): Promise<object> {
  const { accountOf } = await import('../../../chain/account.ts');
  const { accountKey, custodialSeed } = await import('../../../identity/keys.ts');
  const { writeKeystore } = await import('../../../identity/keystore.ts');
  const seed = custodialSeed(hospitalSeed, patient);
  await writeKeystore(out, password, { seed, role: 'patient' });
  const account = accountOf(accountKey(seed));
  output.print(`Wrote ${out}. The patient's account is ${output.names.account(account)}.`);
  return { file: out, address: addressText(account) };
}

function unknown(ledgerId: Uint8Array, patients: number): MIStoreError {
  const ledger = toHex(ledgerId);
  const whom = patients === 1 ? 'this patient' : `any of these ${patients} patients`;
  const message = `the ledger has no record of ${whom} under a custodial account: is it the id as in the CSV, and the right ledger? --allow-unknown makes a keystore before the first record. Nothing was written`;
  return new MIStoreError('NO_RECORDS', message, { ledger, patients });
}
