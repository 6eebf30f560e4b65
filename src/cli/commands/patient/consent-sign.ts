// mistore consent sign: a patient's consent to one sum, for one insurer.
import { addressText } from '../../../address.ts';
import { toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { MIStoreError } from '../../../errors.ts';
import { readTextFile } from '../../../files/text-file.ts';
import type { Site } from '../../../ledger/site.ts';
import { chooseRecords } from '../../../records/receipts/choose.ts';
import type { Receipts } from '../../../records/receipts/receipt.ts';
import { defineCommand } from '../../command.ts';
import {
  address,
  archiveOption,
  collect,
  collectRecords,
  forceOption,
  integer,
  type RoleFlags,
  roleOptions,
} from '../../options.ts';
import type { Output } from '../../output.ts';
import { type OutFlags, writePrivate } from '../../private-file.ts';
import { openRole } from '../../sites.ts';

/** About what a query costs at (3, 5) for its first edge, and for each further one (gas; contracts/gas-budget.json). */
const GAS = { first: 82_500, edge: 20_000 };

interface SignFlags extends RoleFlags, OutFlags {
  insurer: Uint8Array;
  receipts: string;
  record?: number[];
  category?: string[];
  from?: string;
  to?: string;
  days: number;
}

export const consentSign = defineCommand({
  examples: [
    'mistore consent sign --keystore patient.json --receipts receipts.json --insurer 0xAB12… --out consent.json',
    'mistore consent sign --keystore patient.json --receipts receipts.json --category inpatient --from 2025-01-01 --to 2025-12-31 --insurer 0xAB12… --out consent.json',
  ],
  configure: (command) =>
    roleOptions(
      command
        .requiredOption('--insurer <address>', 'who may ask', address)
        .requiredOption('--receipts <file>', 'your receipts; consent for all records of it, or for those chosen below')
        .requiredOption('--out <file>', 'the consent file to write, for the insurer')
        .addOption(forceOption())
        .option('--record <id...>', 'these records only', collectRecords)
        .option('--category <name>', 'records of this category only; can be given again', collect)
        .option('--from <date>', 'records of this day and later, YYYY-MM-DD')
        .option('--to <date>', 'records up to this day')
        .option('--days <count>', 'how long the query can be opened', integer(1, 3650), 30),
    ).addOption(archiveOption()),
  run: signConsent,
});

async function signConsent(output: Output, options: SignFlags): Promise<object> {
  const { consentDigest } = await import('../../../contract/signing.ts');
  const { deploymentOf } = await import('../../../ledger/site.ts');
  const { Patient } = await import('../../../parties/patient.ts');
  const { formatSignedConsent } = await import('../../../records/consent-file.ts');
  const { parseReceipts } = await import('../../../records/receipts/receipt-file.ts');
  const receipts = parseReceipts(await readTextFile(options.receipts));
  const { record, category, from, to } = options;
  const recordIds = chooseRecords(receipts, {
    ...(record && { records: record }),
    ...(category && { categories: category }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  });
  if (recordIds.length === 0) throw new MIStoreError('NO_RECORDS', 'no record of the receipts meets what was chosen');
  const { site, seed } = await openRole(options);
  const patient = new Patient(site, seed);
  const sign = async () => {
    await checkValid(site, options.receipts, receipts, recordIds);
    const deadline = BigInt(Math.floor(Date.now() / 1000) + 86_400 * options.days);
    return patient.consent(options.insurer, receipts, recordIds, deadline);
  };
  const { consent, edges } = await writePrivate(options, sign, formatSignedConsent);
  const queryId = toHex(consentDigest(deploymentOf(site), consent));
  const gas = GAS.first + GAS.edge * (edges.length - 1);
  output.print(
    `${addressText(options.insurer)} may learn the sum of ${counted(recordIds.length, 'record')}, once, for ${counted(options.days, 'day')}.`,
  );
  output.print(
    `The query will show your account and ${counted(edges.length, 'record')} of yours on chain (the ends of each run), and cost about ${gas} gas.`,
  );
  output.print(`Wrote ${options.out}.`);
  output.note(`To withdraw it before it is used: mistore consent revoke ${options.out}`);
  const { ledgerId: ledger, deadline } = consent;
  return { file: options.out, query: queryId, ledger, records: recordIds.length, edges: edges.length, gas, deadline };
}

/** They sign for what they have been shown: the receipts of the chosen records must be valid. */
async function checkValid(site: Site, file: string, receipts: Receipts, chosen: readonly number[]): Promise<void> {
  const { checkReceipts } = await import('../../../parties/patient.ts');
  const { verdicts } = await checkReceipts(site, receipts);
  const invalid = verdicts.find(({ recordId, fault }) => fault !== null && chosen.includes(recordId));
  if (invalid) {
    throw new MIStoreError('INVALID_RECEIPT', `${file}: the receipt of record ${invalid.recordId}: ${invalid.fault}`);
  }
}
