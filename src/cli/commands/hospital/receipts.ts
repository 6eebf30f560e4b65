// mistore receipts: a patient's receipts, from the hospital's seed and the chain; dates and texts from the CSV.
import { toHex } from '../../../bytes.ts';
import { addressText } from '../../../chain/account.ts';
import { MIStoreError } from '../../../errors.ts';
import { dealingKey } from '../../../identity/keys.ts';
import type { Hospital } from '../../../parties/hospital.ts';
import type { Receipts } from '../../../records/receipt.ts';
import { defineCommand } from '../../command.ts';
import { csvInput } from '../../input/csv-input.ts';
import { address, archiveOption, forceOption, ledgerNumber, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type OutFlags, writePrivate } from '../../private-file.ts';
import { type ProfileFlags, profileOf, profileOptions } from '../../profile-options.ts';
import { openRole } from '../../sites.ts';

interface ReceiptsFlags extends RoleFlags, ProfileFlags, OutFlags {
  ledger: bigint;
  of?: string;
  tag?: Uint8Array;
  csv?: string;
  source?: string;
}

export const receipts = defineCommand({
  name: 'receipts',
  description: "write a patient's receipts (hospital), from seed and chain; with --csv also dates and descriptions",
  examples: [
    'mistore receipts --ledger 1 --of PATIENT --out receipts.json',
    'mistore receipts --ledger 1 --of PATIENT --out receipts.json --csv encounters.csv --preset synthea-encounters',
  ],
  configure: (command) => {
    command
      .requiredOption('--ledger <number>', 'the ledger', ledgerNumber)
      .requiredOption('--out <file>', 'the receipts file to write: as private as the bills')
      .addOption(forceOption())
      .option('--of <patient>', "the patient's id, for a custodial tag")
      .option('--tag <address>', "or the patient's own account", address)
      .option('--csv <file>', 'the CSV, for the free text')
      .option('--source <name>', "the name it was ingested under, if not the file's name");
    roleOptions(profileOptions(command)).addOption(archiveOption());
  },
  run: writeReceipts,
});

async function writeReceipts(output: Output, options: ReceiptsFlags): Promise<object> {
  const { addMetadata } = await import('../../../ingest/metadata.ts');
  const { Hospital } = await import('../../../parties/hospital.ts');
  if ((options.of === undefined) === (options.tag === undefined)) {
    throw new MIStoreError(
      'NO_PATIENT',
      'say whose receipts: --of PATIENT (custodial) or --tag ADDRESS, one of the two',
    );
  }
  const { csv: file, source: name } = options;
  if (file !== undefined) await csvInput(file, name);
  const csv = file === undefined ? undefined : { file, name, profile: await profileOf(options) };
  const { site, seed } = await openRole(options);
  const hospital = new Hospital(site, seed);
  const tag = options.tag ?? hospital.tags().tag(options.of!);
  const make = async () => {
    const made = await receiptsOf(hospital, options.ledger, tag);
    if (csv !== undefined) {
      const found = await addMetadata(made, dealingKey(seed), csv);
      output.print(`${csv.file} has ${found} of the ${made.records.length} records.`);
    }
    return made;
  };
  const { records } = await writePrivate(options, make, (made) => `${JSON.stringify(made, null, 1)}\n`);
  output.print(`Wrote ${records.length} receipts of ${addressText(tag)} to ${options.out}.`);
  return { file: options.out, patient: toHex(tag), receipts: records.length };
}

async function receiptsOf(hospital: Hospital, ledger: bigint, tag: Uint8Array): Promise<Receipts> {
  const found = await hospital.receipts(ledger, tag);
  if (found.records.length > 0) return found;
  const message = `ledger ${ledger} has no records under the tag ${addressText(tag)}; is it the patient's id as in the CSV, or their account? Nothing was written`;
  throw new MIStoreError('NO_RECORDS', message, { ledger, tag: toHex(tag) });
}
