// mistore receipts: a patient's receipts, from the hospital's seed, the patient's id and the chain; dates and texts from the CSV.
import { addressText } from '../../../address.ts';
import { toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { MIStoreError } from '../../../errors.ts';
import type { Hospital } from '../../../parties/hospital.ts';
import type { Receipts } from '../../../records/receipts/receipt.ts';
import { defineCommand } from '../../command.ts';
import { csvInput } from '../../input/csv-input.ts';
import {
  address,
  archiveOption,
  forceOption,
  ledgerId,
  patientId,
  type RoleFlags,
  roleOptions,
} from '../../options.ts';
import type { Output } from '../../output.ts';
import { type OutFlags, writePrivate } from '../../private-file.ts';
import { type ProfileFlags, profileOf, profileOptions } from '../../profile-options.ts';
import { openRole } from '../../sites.ts';

interface ReceiptsFlags extends RoleFlags, ProfileFlags, OutFlags {
  ledger: Uint8Array;
  patient: string;
  account?: Uint8Array;
  csv?: string;
  source?: string;
}

export const receipts = defineCommand({
  examples: [
    'mistore receipts --ledger 0x12ab… --patient PATIENT --out receipts.json',
    'mistore receipts --ledger 0x12ab… --patient PATIENT --out receipts.json --csv encounters.csv --preset synthea-encounters',
  ],
  configure: (command) => {
    command
      .requiredOption('--ledger <id>', 'the ledger', ledgerId)
      .requiredOption('--patient <id>', "the patient's id, as in the CSV", patientId)
      .requiredOption('--out <file>', 'the receipts file to write: as private as the bills')
      .addOption(forceOption())
      .option('--account <address>', "the patient's own account; the custodial one if not given", address)
      .option('--csv <file>', 'the CSV, for the free text')
      .option('--source <name>', "the name it was ingested under, if not the file's name");
    roleOptions(profileOptions(command)).addOption(archiveOption());
  },
  run: writeReceipts,
});

async function writeReceipts(output: Output, options: ReceiptsFlags): Promise<object> {
  const { Hospital } = await import('../../../parties/hospital.ts');
  const { addMetadata } = await import('../../../ingest/metadata.ts');
  const { formatReceipts } = await import('../../../records/receipts/receipt-file.ts');
  const { csv: file, source: name } = options;
  if (file !== undefined) await csvInput(file, name);
  const csv =
    file === undefined ? undefined : { file, name, profile: await profileOf(options, (line) => output.note(line)) };
  const { site, seed } = await openRole(options);
  const hospital = new Hospital(site, seed);
  const account = options.account ?? hospital.accounts().accounts(options.patient)[0]!;
  const make = async () => {
    const made = await receiptsOf(hospital, options, account);
    if (csv !== undefined) {
      const { dealingKey } = await import('../../../identity/keys.ts');
      const found = await addMetadata(made, dealingKey(seed), csv);
      const rows = made.records.filter(({ carries }) => carries === undefined).length;
      output.print(`${csv.file} has ${found} of ${counted(rows, 'record')}.`);
    }
    return made;
  };
  const { records } = await writePrivate(options, make, formatReceipts);
  output.print(`Wrote ${counted(records.length, 'receipt')} of ${addressText(account)} to ${options.out}.`);
  const carries = records.filter((receipt) => receipt.carries !== undefined).length;
  if (carries > 0) {
    output.print(`${counted(carries, 'of them is a carry record', 'of them are carry records')}, of amount 0.`);
  }
  return { file: options.out, patient: toHex(account), receipts: records.length };
}

async function receiptsOf(
  hospital: Hospital,
  { ledger, patient }: ReceiptsFlags,
  account: Uint8Array,
): Promise<Receipts> {
  const found = await hospital.receipts(ledger, patient, account);
  if (found.records.length > 0) return found;
  const message = `the ledger has no records of this patient under the account ${addressText(account)}; is it the patient's id as in the CSV, and their account? Nothing was written`;
  throw new MIStoreError('NO_RECORDS', message, { ledger: toHex(ledger), account: toHex(account) });
}
