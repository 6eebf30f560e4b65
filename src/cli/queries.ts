// Commands about queries: consent (patient), query and sum (insurer), server run (servers).
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type Hex, toHex } from '../bytes.ts';
import { addressText } from '../chain/account.ts';
import { MIStoreError } from '../errors.ts';
import type { Site } from '../ledger/site.ts';
import { Insurer } from '../parties/insurer.ts';
import { checkReceipts, Patient } from '../parties/patient.ts';
import { formatSignedConsent, parseSignedConsent } from '../query/signed-consent.ts';
import { formatAmount } from '../records/amounts.ts';
import { parseReceipts } from '../records/receipt.ts';
import { action, openRole } from './command.ts';
import {
  address,
  archiveOption,
  type CommonOptions,
  collectRecords,
  integer,
  ledgerNumber,
  queryIdText,
  roleOptions,
} from './options.ts';
import type { Output } from './output.ts';
import { writePrivate } from './private-file.ts';
import { cappedBy, type FeeFlags, maxFeeOption } from './sending-options.ts';

export function addQueries(program: Command): void {
  const consent = program.command('consent').description("a patient's leave for one sum: sign it, revoke it");
  roleOptions(
    consent
      .command('sign')
      .description('sign a consent: the named insurer may learn the sum of exactly these records, once')
      .requiredOption('--insurer <address>', 'who may ask', address)
      .requiredOption('--out <file>', 'the consent file to write, for the insurer')
      .option('--receipts <file>', 'consent for all records of this receipts file')
      .option('--ledger <number>', 'or for all records under your tag in this ledger', ledgerNumber)
      .option('--record <id...>', 'with --ledger: for these records only', collectRecords)
      .option('--days <count>', 'how long the query can be opened', integer(1, 3650), 30),
  )
    .addOption(archiveOption())
    .action(action(signConsent));
  roleOptions(
    consent
      .command('revoke')
      .description('withdraw a consent that has not been used (patient); takes ether of his, or of a payer')
      .argument('<consent>', 'the consent file')
      .option('--payer <file>', 'keystore of another role, which sends it and pays; a patient needs no ether then')
      .option('--payer-password-file <file>', "file with the payer's password, if it is not the same"),
  ).action(
    action(async (output: Output, options: RevokeOptions, file: string) => {
      const { consent } = parseSignedConsent(await readFile(file, 'utf8'));
      const { payer: keystore, passwordFile, payerPasswordFile = passwordFile } = options;
      const payer = keystore === undefined ? {} : { payer: { keystore, passwordFile: payerPasswordFile } };
      const { site, seed } = await openRole(options, payer);
      await new Patient(site, seed).revoke(consent);
      const queryId = toHex(await site.contract.queryIdOf(consent));
      output.say(`Revoked: query ${queryId} can not be opened any more.`);
      return { query: queryId, revoked: true };
    }),
  );

  roleOptions(
    program
      .command('query')
      .description(
        'ask for the sum that a consent allows (insurer); the same command again continues an interrupted one',
      )
      .argument('<consent>', 'the consent file')
      .addOption(maxFeeOption()),
  )
    .addOption(archiveOption())
    .action(
      action(async (output: Output, options: CommonOptions & FeeFlags, file: string) => {
        const consent = parseSignedConsent(await readFile(file, 'utf8'));
        const { site, seed } = await openRole(options, cappedBy(options));
        const bar = output.progress('Query', consent.recordIds.length, 'records');
        const { queryId, records, transactions } = await new Insurer(site, seed).query(consent, (done) =>
          bar.update(done),
        );
        bar.done();
        output.say(
          transactions.length > 0
            ? `Query ${queryId} over ${records} records, ${transactions.length} transactions. The servers can answer it.`
            : `Query ${queryId} over ${records} records had been asked before; nothing was sent.`,
        );
        output.say(`When enough servers have answered: mistore sum ${queryId}`);
        return {
          query: queryId,
          records,
          transactions: transactions.length,
          gas: transactions.reduce((gas, { gasUsed }) => gas + gasUsed, 0n),
        };
      }),
    );

  roleOptions(
    program
      .command('sum')
      .description('open the sum from the accepted answers (insurer)')
      .argument('<query>', 'the query id', queryIdText),
  )
    .addOption(archiveOption())
    .action(
      action(async (output: Output, options: CommonOptions, queryId: Hex) => {
        const { site, seed } = await openRole(options);
        const found = await new Insurer(site, seed).sum(queryId);
        const { amounts, lanes, scale, currency, records, seats, opening, ledgerId } = found;
        const sums = Object.fromEntries(lanes.map((lane, l) => [lane, formatAmount(amounts[l]!, scale)]));
        output.table(['lane', `sum, ${currency}`], Object.entries(sums));
        output.say(`Over ${records} records of ledger ${ledgerId}, from the answers of the seats ${seats.join(', ')}.`);
        return { query: queryId, ledger: ledgerId, records, currency, sums, seats, opening };
      }),
    );
}

interface RevokeOptions extends CommonOptions {
  payer?: string;
  payerPasswordFile?: string;
}

interface SignOptions extends CommonOptions {
  insurer: Uint8Array;
  out: string;
  receipts?: string;
  ledger?: bigint;
  record?: number[];
  days: number;
}

async function signConsent(output: Output, options: SignOptions): Promise<object> {
  const { site, seed } = await openRole(options);
  const patient = new Patient(site, seed);
  const { ledgerId, recordIds } = await consentedRecords(site, patient, options);
  const deadline = BigInt(Math.floor(Date.now() / 1000) + 86_400 * options.days);
  const signed = patient.consent(options.insurer, ledgerId, recordIds, deadline);
  await writePrivate(options.out, formatSignedConsent(signed));
  const queryId = toHex(await site.contract.queryIdOf(signed.consent));
  output.say(
    `${addressText(options.insurer)} may learn the sum of ${recordIds.length} records of ledger ${ledgerId}, once, for ${options.days} days.`,
  );
  output.say(`Wrote ${options.out}. To withdraw it before it is used: mistore consent revoke ${options.out}`);
  return { file: options.out, query: queryId, ledger: ledgerId, records: recordIds.length, deadline };
}

async function consentedRecords(
  site: Site,
  patient: Patient,
  { receipts, ledger, record }: SignOptions,
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

/** The records of a receipts file, which must be the patient's and valid: he signs for what he has been shown. */
async function recordsOf(
  site: Site,
  patient: Patient,
  file: string,
): Promise<{ ledgerId: bigint; recordIds: number[] }> {
  const receipts = parseReceipts(await readFile(file, 'utf8'));
  const tag = toHex(patient.address);
  if (receipts.patient.toLowerCase() !== tag) {
    throw new MIStoreError('NOT_YOUR_RECEIPTS', `${file} has receipts of ${receipts.patient}, not of your tag ${tag}`);
  }
  const invalid = (await checkReceipts(site, receipts)).find(({ fault }) => fault !== null);
  if (invalid) {
    throw new MIStoreError('INVALID_RECEIPT', `${file}: the receipt of record ${invalid.recordId}: ${invalid.fault}`);
  }
  return { ledgerId: BigInt(receipts.ledgerId), recordIds: receipts.records.map(({ recordId }) => recordId) };
}
