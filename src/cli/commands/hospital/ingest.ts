// mistore ingest: the rows of a CSV into a ledger.
import { type Hex, toHex } from '../../../bytes.ts';
import { parseAddress } from '../../../chain/account.ts';
import { ether } from '../../../chain/errors.ts';
import { EncodingError } from '../../../errors.ts';
import { parseJson } from '../../../files/json.ts';
import { readTextFile } from '../../../files/text-file.ts';
import { readName } from '../../../records/csv/names.ts';
import { defineCommand } from '../../command.ts';
import { csvInput } from '../../input/csv-input.ts';
import { archiveOption, ledgerNumber, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type ProfileFlags, profileOf, profileOptions } from '../../profile-options.ts';
import { type SendingFlags, sendingOf, sendingOptions } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';

/** Wei: fees are shown to the millionth of an ether. */
const MICROETHER = 10n ** 12n;

interface IngestFlags extends RoleFlags, ProfileFlags, SendingFlags {
  dryRun?: boolean;
  ledger: bigint;
  source?: string;
  rejected?: string;
  tags?: string;
}

export const ingest = defineCommand({
  name: 'ingest',
  description:
    'store the rows of a CSV in a ledger (hospital); the same command again resumes, and continues a file that has grown',
  examples: [
    'mistore ingest encounters.csv --ledger 1 --preset synthea-encounters --dry-run',
    'mistore ingest encounters.csv --ledger 1 --profile mine.json --confirmations finalized --max-fee 30',
    'zcat bills.csv.gz | mistore ingest - --source bills --ledger 1 --patient PATIENT --amount COST --id BILL',
  ],
  configure: (command) => {
    command
      .argument('<file>', 'the CSV; - for standard input, which needs --source, as a pipe does')
      .requiredOption('--ledger <number>', 'the ledger', ledgerNumber)
      .option('--source <name>', "name of the input, for resuming; the file's name if not given")
      .option(
        '--rejected <file>',
        'where rejected rows go; <file>.rejected.csv if not given, or <source>.rejected.csv for a pipe',
      )
      .option('--tags <file>', 'JSON object patient id → account, for patients with accounts of their own')
      .option('--dry-run', 'read and deal everything, compare with the chain, send nothing');
    roleOptions(sendingOptions(profileOptions(command))).addOption(archiveOption());
  },
  run: ingestFile,
});

async function ingestFile(output: Output, options: IngestFlags, file: string): Promise<object> {
  const { ingestCsv } = await import('../../../ingest/csv.ts');
  const { Hospital } = await import('../../../parties/hospital.ts');
  const { size, beside } = await csvInput(file, options.source);
  const profile = await profileOf(options);
  const given = options.tags === undefined ? [] : await readTags(options.tags);
  const { site, seed } = await openRole(options, sendingOf(options));
  const hospital = new Hospital(site, seed);
  const rejectedFile = options.rejected ?? `${beside}.rejected.csv`;
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
    onProgress: ({ rows, read, confirmed, rejected, pendingBatches, gasUsed, fees }) => {
      const rate = Math.round((1000 * rows) / (performance.now() - started));
      bar.update(
        read,
        `${rows} rows, ${rate}/s, ${confirmed} confirmed, ${rejected} rejected, ${pendingBatches} batches pending, ${gasUsed} gas, ${ether(fees - (fees % MICROETHER))} ether`,
      );
    },
  });
  bar.done();
  await site.pool.close();
  const { transactions, rows, rejected, skipped, sent, unsent, sums } = stored;
  const now = options.dryRun ? `${unsent.records} would be sent, in ${unsent.batches} batches` : `${sent} sent now`;
  output.print(
    `${rows} rows = ${stored.stored} stored (${now}) + ${rejected} rejected + ${skipped} skipped as duplicates.`,
  );
  output.table(['lane', `sum, ${profile.amounts.currency}`], Object.entries(sums));
  if (rejected > 0) output.print(`Rejected rows, with reasons: ${rejectedFile}`);
  return {
    ...stored,
    transactions: undefined,
    rejectedFile,
    gas: transactions.reduce((gas, { gasUsed }) => gas + gasUsed, 0n),
  };
}

/** Patient id → account, from a JSON file. An id that no row can have would leave its patient the custodial account. */
async function readTags(file: string): Promise<[string, Hex][]> {
  const tags = parseJson(await readTextFile(file), file);
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags)) {
    throw new EncodingError(file, 'must be a JSON object, patient id → account');
  }
  return Object.entries(tags).map(([patient, account]) => {
    if (readName(patient) !== patient || patient === '') {
      throw new EncodingError(file, `${JSON.stringify(patient)} is not a patient's id as rows have it`);
    }
    if (typeof account !== 'string') throw new EncodingError(file, `the account of patient ${patient} must be a text`);
    return [patient, toHex(parseAddress(account, `account of patient ${patient}`))];
  });
}
