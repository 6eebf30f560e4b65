// Commands about records: ingest (hospital), receipts (hospital), verify (anyone with a receipts file).
import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { type Hex, toHex } from '../bytes.ts';
import { addressText, parseAddress } from '../chain/account.ts';
import { ether } from '../chain/errors.ts';
import { EncodingError, MIStoreError } from '../errors.ts';
import { dealingKey } from '../identity/keys.ts';
import { ingestCsv } from '../ingest/csv.ts';
import { addMetadata } from '../ingest/metadata.ts';
import { Hospital } from '../parties/hospital.ts';
import { checkReceipts } from '../parties/patient.ts';
import { parseReceipts } from '../records/receipt.ts';
import { action, openReader, openRole } from './command.ts';
import {
  address,
  archiveOption,
  type CommonOptions,
  contractOption,
  jsonOption,
  ledgerNumber,
  roleOptions,
  rpcOption,
} from './options.ts';
import type { Output } from './output.ts';
import { writePrivate } from './private-file.ts';
import { type ProfileFlags, profileOf, profileOptions } from './profile-options.ts';
import { type SendingFlags, sendingOf, sendingOptions } from './sending-options.ts';

/** Wei: fees are shown to the millionth of an ether. */
const MICROETHER = 10n ** 12n;

interface IngestOptions extends CommonOptions, ProfileFlags, SendingFlags {
  dryRun?: boolean;
  ledger: bigint;
  source?: string;
  rejected?: string;
  tags?: string;
}

interface ReceiptsOptions extends CommonOptions, ProfileFlags {
  ledger: bigint;
  of?: string;
  tag?: Uint8Array;
  out: string;
  csv?: string;
  source?: string;
}

export function addRecords(program: Command): void {
  const ingest = program
    .command('ingest')
    .description(
      'store the rows of a CSV in a ledger (hospital); the same command again resumes, and continues a file that has grown',
    )
    .argument('<file>', 'the CSV; - for standard input, which needs --source')
    .requiredOption('--ledger <number>', 'the ledger', ledgerNumber)
    .option('--source <name>', "name of the input, for resuming; the file's name if not given")
    .option('--rejected <file>', 'where rejected rows go; <file>.rejected.csv if not given')
    .option('--tags <file>', 'JSON object patient id → account, for patients with accounts of their own');
  ingest.option('--dry-run', 'read and deal everything, compare with the chain, send nothing');
  roleOptions(sendingOptions(profileOptions(ingest)))
    .addOption(archiveOption())
    .action(action(ingestFile));

  const receipts = program
    .command('receipts')
    .description("write a patient's receipts (hospital), from seed and chain; with --csv also dates and descriptions")
    .requiredOption('--ledger <number>', 'the ledger', ledgerNumber)
    .requiredOption('--out <file>', 'the receipts file to write: as private as the bills')
    .option('--of <patient>', "the patient's id, for a custodial tag")
    .option('--tag <address>', "or the patient's own account", address)
    .option('--csv <file>', 'the CSV, for the free text')
    .option('--source <name>', "the name it was ingested under, if not the file's name");
  roleOptions(profileOptions(receipts)).addOption(archiveOption()).action(action(writeReceipts));

  program
    .command('verify')
    .description('check a receipts file against the chain; needs no key')
    .argument('<file>', 'the receipts file')
    .addOption(rpcOption())
    .addOption(contractOption())
    .addOption(archiveOption())
    .addOption(jsonOption())
    .action(action(verifyFile));
}

async function ingestFile(output: Output, options: IngestOptions, file: string): Promise<object> {
  if (file === '-' && options.source === undefined) {
    throw new MIStoreError('NO_SOURCE', 'standard input has no name: give --source, which resuming needs');
  }
  const profile = await profileOf(options);
  const given = options.tags === undefined ? [] : await readTags(options.tags);
  const { site, seed } = await openRole(options, sendingOf(options));
  const hospital = new Hospital(site, seed);
  const rejectedFile = options.rejected ?? (file === '-' ? 'stdin.rejected.csv' : `${file}.rejected.csv`);
  const size = file === '-' ? 0 : (await stat(file)).size;
  const bar = output.progress('Ingest', size, '');
  const started = performance.now();
  const dealer = await hospital.dealer(options.ledger, { readOnly: options.dryRun ?? false });
  const stored = await ingestCsv(site, dealer, {
    file,
    ...(options.source !== undefined && { name: options.source }),
    profile,
    rejectedFile,
    tags: hospital.tags(given),
    dryRun: options.dryRun ?? false,
    onProgress: ({ rows, read, confirmed, rejected, batchesInFlight, gasUsed, fees }) => {
      const rate = Math.round((1000 * rows) / (performance.now() - started));
      bar.update(
        read,
        `${rows} rows, ${rate}/s, ${confirmed} confirmed, ${rejected} rejected, ${batchesInFlight} batches in flight, ${gasUsed} gas, ${ether(fees - (fees % MICROETHER))} ether`,
      );
    },
  });
  bar.done();
  await site.pool.close();
  const { receipts, rows, rejected, skipped, sent, unsent, sums } = stored;
  const now = options.dryRun ? `${unsent.records} would be sent, in ${unsent.batches} batches` : `${sent} sent now`;
  output.say(
    `${rows} rows = ${stored.stored} stored (${now}) + ${rejected} rejected + ${skipped} skipped as duplicates.`,
  );
  output.table(['lane', `sum, ${profile.amounts.currency}`], Object.entries(sums));
  if (rejected > 0) output.say(`Rejected rows, with reasons: ${rejectedFile}`);
  return {
    ...stored,
    receipts: undefined,
    rejectedFile,
    gas: receipts.reduce((gas, { gasUsed }) => gas + gasUsed, 0n),
  };
}

/** Patient id → account, from a JSON file. */
async function readTags(file: string): Promise<[string, Hex][]> {
  const text = await readFile(file, 'utf8');
  let tags: unknown;
  try {
    tags = JSON.parse(text);
  } catch {
    // The parser's own message quotes the file, which has patients' ids.
    throw new EncodingError(file, 'not JSON');
  }
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags)) {
    throw new EncodingError(file, 'must be a JSON object, patient id → account');
  }
  return Object.entries(tags).map(([patient, account]) => {
    if (typeof account !== 'string') throw new EncodingError(file, `the account of patient ${patient} must be a text`);
    return [patient, toHex(parseAddress(account, `account of patient ${patient}`))];
  });
}

async function writeReceipts(output: Output, options: ReceiptsOptions): Promise<object> {
  if ((options.of === undefined) === (options.tag === undefined)) {
    throw new MIStoreError(
      'NO_PATIENT',
      'say whose receipts: --of PATIENT (custodial) or --tag ADDRESS, one of the two',
    );
  }
  const { csv: file, source: name } = options;
  const csv = file === undefined ? undefined : { file, name, profile: await profileOf(options) };
  const { site, seed } = await openRole(options);
  const hospital = new Hospital(site, seed);
  const tag = options.tag ?? hospital.tags().tag(options.of!);
  const receipts = await hospital.receipts(options.ledger, tag);
  if (receipts.records.length === 0) {
    const message = `ledger ${options.ledger} has no records under the tag ${addressText(tag)}; is it the patient's id as in the CSV, or his account? Nothing was written`;
    throw new MIStoreError('NO_RECORDS', message, { ledger: options.ledger, tag: toHex(tag) });
  }
  if (csv !== undefined) {
    const found = await addMetadata(receipts, dealingKey(seed), csv);
    output.say(`${csv.file} has ${found} of the ${receipts.records.length} records.`);
  }
  await writePrivate(options.out, `${JSON.stringify(receipts, null, 1)}\n`);
  output.say(`Wrote ${receipts.records.length} receipts of ${addressText(tag)} to ${options.out}.`);
  return { file: options.out, patient: toHex(tag), receipts: receipts.records.length };
}

async function verifyFile(output: Output, options: CommonOptions, file: string): Promise<object> {
  const receipts = parseReceipts(await readFile(file, 'utf8'));
  const verdicts = await checkReceipts(await openReader(options), receipts);
  const invalid = verdicts.filter(({ fault }) => fault !== null);
  output.say(`${verdicts.length - invalid.length} of ${verdicts.length} receipts are valid.`);
  if (invalid.length > 0) {
    output.table(
      ['record', 'fault'],
      invalid.map(({ recordId, fault }) => [recordId, fault!]),
    );
    process.exitCode = 1;
  }
  return { checked: verdicts.length, valid: verdicts.length - invalid.length, invalid };
}
