// mistore receipts: a patient's receipts, or those of all patients, from the hospital's seed, the patients' ids and the chain;
// dates and texts from the CSVs.
import { addressText } from '../../../address.ts';
import { toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { MIStoreError } from '../../../errors.ts';
import type { StoredFile } from '../../../ingest/metadata.ts';
import type { Hospital } from '../../../parties/hospital.ts';
import type { Receipts } from '../../../records/receipts/receipt.ts';
import { defineCommand } from '../../command.ts';
import { inputFile } from '../../input/input-file.ts';
import { readAccounts, readPatients } from '../../input/patients.ts';
import { address, archiveOption, forceOption, ledgerId, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { checkPatientFlags, type PatientFlags, patientOptions } from '../../patient-files/patient-options.ts';
import { unlessInterrupted, writePrivate } from '../../private-file.ts';
import { type ProfileFlags, profileOf, profileOptions } from '../../profile-options.ts';
import { openRole } from '../../sites.ts';

interface ReceiptsFlags extends RoleFlags, ProfileFlags, PatientFlags {
  ledger: Uint8Array;
  account?: Uint8Array;
  accounts?: string;
  force?: boolean;
}

export const receipts = defineCommand({
  examples: [
    'mistore receipts --ledger 0x12ab… --patient PATIENT --out receipts.json',
    'mistore receipts --ledger 0x12ab… --patient PATIENT --out receipts.json --csv encounters.csv --preset synthea-encounters',
    'mistore receipts --ledger 0x12ab… --all --out-dir receipts --csv encounters.csv --preset synthea-encounters',
  ],
  roles: ['hospital'],
  configure: (command) => {
    patientOptions(command.requiredOption('--ledger <id>', 'the ledger', ledgerId), 'receipts file')
      .addOption(forceOption())
      .option('--account <address>', "the patient's own account; the custodial one if not given", address)
      .option('--accounts <file>', "patients' own accounts for --all, as given to ingest");
    roleOptions(profileOptions(command)).addOption(archiveOption());
  },
  run: writeReceipts,
});

async function writeReceipts(output: Output, options: ReceiptsFlags): Promise<object> {
  const { Hospital } = await import('../../../parties/hospital.ts');
  checkPatientFlags(options);
  const csvs = await storedFiles(output, options);
  const patients = options.patients === undefined ? [] : await readPatients(options.patients);
  const given = options.accounts === undefined ? [] : await readAccounts(options.accounts, options);
  const { site, seed } = await openRole(options);
  const { dealingKey } = await import('../../../identity/keys.ts');
  const hospital = new Hospital(site, seed);
  if (!options.all) return writeOne(output, hospital, dealingKey(seed), csvs, options);
  const { writeAllReceipts } = await import('../../patient-files/all-receipts.ts');
  const { ledger, outDir, force = false } = options;
  const { left, ...found } = await unlessInterrupted(() =>
    writeAllReceipts(output, {
      ...{ hospital, ledgerId: ledger, dealingKey: dealingKey(seed), accounts: hospital.accounts(given) },
      ...{ patients: [...new Set(patients)], csvs, folder: outDir!, force },
    }),
  );
  const { written, unchanged, without } = found;
  output.print(
    `${counted(written + unchanged + left.length, 'file')} for ${counted(found.patients, 'patient')}, ${counted(found.receipts, 'receipt')}: ${written} written, ${unchanged} there already, ${left.length} left. Which is whose: ${found.index}`,
  );
  if (without > 0) output.note(`The ledger has no record of ${counted(without, 'other patient')} of these ids.`);
  if (left.length > 0) {
    output.note(
      `${counted(left.length, 'file has', 'files have')} other receipts than the chain now and ${left.length === 1 ? 'was' : 'were'} left; --force replaces them.`,
    );
    process.exitCode = 1;
  }
  return { folder: outDir, ...found, left };
}

/** The CSVs, each with the name that it was stored under. */
async function storedFiles(output: Output, options: ReceiptsFlags): Promise<StoredFile[]> {
  const { csv = [], source } = options;
  if (csv.length === 0) return [];
  for (const file of csv) await inputFile(file, source);
  const profile = await profileOf(options, (line) => output.note(line));
  return csv.map((file) => ({ file, profile, ...(source !== undefined && { name: source }) }));
}

async function writeOne(
  output: Output,
  hospital: Hospital,
  dealingKey: Uint8Array,
  csvs: readonly StoredFile[],
  { ledger, patient, out, force = false, account: given }: ReceiptsFlags,
): Promise<object> {
  const { addMetadata } = await import('../../../ingest/metadata.ts');
  const { formatReceipts } = await import('../../../records/receipts/receipt-file.ts');
  const account = given ?? hospital.accounts().accounts(patient!)[0]!;
  const make = async () => {
    const made = await receiptsOf(hospital, ledger, patient!, account);
    const rows = made.records.filter(({ carries }) => carries === undefined).length;
    for (const csv of csvs) {
      output.print(`${csv.file} has ${await addMetadata(made, dealingKey, csv)} of ${counted(rows, 'record')}.`);
    }
    return made;
  };
  const { records } = await writePrivate({ out: out!, force }, make, formatReceipts);
  output.print(`Wrote ${counted(records.length, 'receipt')} of ${output.names.account(account)} to ${out}.`);
  const carries = records.filter((receipt) => receipt.carries !== undefined).length;
  if (carries > 0) {
    output.print(`${counted(carries, 'of them is a carry record', 'of them are carry records')}, of amount 0.`);
  }
  return { file: out, patient: toHex(account), receipts: records.length };
}

async function receiptsOf(
  hospital: Hospital,
  ledger: Uint8Array,
  patient: string,
  account: Uint8Array,
): Promise<Receipts> {
  const found = await hospital.receipts(ledger, patient, account);
  if (found.records.length > 0) return found;
  const message = `the ledger has no records of this patient under the account ${addressText(account)}; is it the patient's id as in the CSV, and their account? Nothing was written`;
  throw new MIStoreError('NO_RECORDS', message, { ledger: toHex(ledger), account: toHex(account) });
}
