// mistore consent sign: a patient's consent to one sum, for one insurer.
import { toHex } from '../../../bytes.ts';
import { addressText } from '../../../chain/account.ts';
import { MIStoreError } from '../../../errors.ts';
import { readTextFile } from '../../../files/text-file.ts';
import type { Site } from '../../../ledger/site.ts';
import type { Patient } from '../../../parties/patient.ts';
import { formatSignedConsent } from '../../../query/signed-consent.ts';
import { defineCommand } from '../../command.ts';
import {
  address,
  archiveOption,
  collectRecords,
  forceOption,
  integer,
  ledgerNumber,
  type RoleFlags,
  roleOptions,
} from '../../options.ts';
import type { Output } from '../../output.ts';
import { type OutFlags, writePrivate } from '../../private-file.ts';
import { openRole } from '../../sites.ts';

interface SignFlags extends RoleFlags, OutFlags {
  insurer: Uint8Array;
  receipts?: string;
  ledger?: bigint;
  record?: number[];
  days: number;
}

export const consentSign = defineCommand({
  name: 'sign',
  description: 'sign a consent: the named insurer may learn the sum of exactly these records, once',
  examples: [
    'mistore consent sign --keystore patient.json --receipts receipts.json --insurer 0xAB12… --out consent.json',
    'mistore consent sign --keystore patient.json --ledger 1 --record 3 7 9 --insurer 0xAB12… --days 7 --out consent.json',
  ],
  configure: (command) =>
    roleOptions(
      command
        .requiredOption('--insurer <address>', 'who may ask', address)
        .requiredOption('--out <file>', 'the consent file to write, for the insurer')
        .addOption(forceOption())
        .option('--receipts <file>', 'consent for all records of this receipts file')
        .option('--ledger <number>', 'or for all records under your tag in this ledger', ledgerNumber)
        .option('--record <id...>', 'with --ledger: for these records only', collectRecords)
        .option('--days <count>', 'how long the query can be opened', integer(1, 3650), 30),
    ).addOption(archiveOption()),
  run: signConsent,
});

async function signConsent(output: Output, options: SignFlags): Promise<object> {
  const { consentDigest } = await import('../../../contract/signing.ts');
  const { deploymentOf } = await import('../../../ledger/site.ts');
  const { Patient } = await import('../../../parties/patient.ts');
  const { site, seed } = await openRole(options);
  const patient = new Patient(site, seed);
  const sign = async () => {
    const { ledgerId, recordIds } = await consentedRecords(site, patient, options);
    const deadline = BigInt(Math.floor(Date.now() / 1000) + 86_400 * options.days);
    return patient.consent(options.insurer, ledgerId, recordIds, deadline);
  };
  const { consent, recordIds } = await writePrivate(options, sign, formatSignedConsent);
  const { ledgerId, deadline } = consent;
  const queryId = toHex(consentDigest(deploymentOf(site), consent));
  output.print(
    `${addressText(options.insurer)} may learn the sum of ${recordIds.length} records of ledger ${ledgerId}, once, for ${options.days} days.`,
  );
  output.print(`Wrote ${options.out}.`);
  output.note(`To withdraw it before it is used: mistore consent revoke ${options.out}`);
  return { file: options.out, query: queryId, ledger: ledgerId, records: recordIds.length, deadline };
}

async function consentedRecords(
  site: Site,
  patient: Patient,
  { receipts, ledger, record }: SignFlags,
): Promise<{ ledgerId: bigint; recordIds: number[] }> {
  if (receipts !== undefined && ledger === undefined && record === undefined) return recordsOf(site, patient, receipts);
  if (ledger === undefined || receipts !== undefined) {
    throw new MIStoreError(
      'NO_RECORDS',
      'say which records: --receipts FILE, or --ledger NUMBER (and --record ID …), one of the two',
    );
  }
  const own = await patient.records(ledger);
  const tag = addressText(patient.address);
  if (own.length === 0) throw new MIStoreError('NO_RECORDS', `ledger ${ledger} has no records under your tag ${tag}`);
  const foreign = record?.find((id) => !own.includes(id));
  if (foreign !== undefined) {
    throw new MIStoreError('NOT_YOUR_RECORD', `ledger ${ledger} has no record ${foreign} under your tag ${tag}`);
  }
  return { ledgerId: ledger, recordIds: record === undefined ? own : [...record].sort((a, b) => a - b) };
}

/** The records of a receipts file, which must be of this patient and valid: they sign for what they have been shown. */
async function recordsOf(
  site: Site,
  patient: Patient,
  file: string,
): Promise<{ ledgerId: bigint; recordIds: number[] }> {
  const { parseReceipts } = await import('../../../records/receipt.ts');
  const receipts = parseReceipts(await readTextFile(file));
  const tag = toHex(patient.address);
  if (receipts.patient.toLowerCase() !== tag) {
    throw new MIStoreError('NOT_YOUR_RECEIPTS', `${file} has receipts of ${receipts.patient}, not of your tag ${tag}`);
  }
  const { checkReceipts } = await import('../../../parties/patient.ts');
  const invalid = (await checkReceipts(site, receipts)).find(({ fault }) => fault !== null);
  if (invalid) {
    throw new MIStoreError('INVALID_RECEIPT', `${file}: the receipt of record ${invalid.recordId}: ${invalid.fault}`);
  }
  return { ledgerId: BigInt(receipts.ledgerId), recordIds: receipts.records.map(({ recordId }) => recordId) };
}
