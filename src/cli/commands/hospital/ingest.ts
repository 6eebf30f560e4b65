// mistore ingest: the rows of an input into a ledger, a CSV or JSON.
import { counted } from '../../../counted.ts';
import { removeUnfinishedFiles } from '../../../files/output-file.ts';
import type { CsvIngest, CsvInput } from '../../../ingest/csv.ts';
import type { LimitError } from '../../../ingest/limits.ts';
import { defineCommand } from '../../command.ts';
import { csvInput } from '../../input/csv-input.ts';
import { readAccounts, readPatients } from '../../input/patients.ts';
import { archiveOption, integer, ledgerId, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type ProfileFlags, profileOf, profileOptions } from '../../profile-options.ts';
import { type SendingFlags, sendingOf, sendingOptions } from '../../sending-options.ts';
import { onInterrupt } from '../../signals.ts';
import { openRole } from '../../sites.ts';
import { costInWords, costOf } from '../../text/cost.ts';

/** Exit status where the input has more rejected rows or repeats than the run accepts. */
const TOO_MANY = 3;

interface IngestFlags extends RoleFlags, ProfileFlags, SendingFlags {
  dryRun?: boolean;
  ledger: Uint8Array;
  source?: string;
  accounts?: string;
  patients?: string;
  rejected?: string;
  skipped?: string;
  force?: boolean;
  maxRejected?: number;
  allowRejected?: boolean;
  allowRepeats?: boolean;
}

export const ingest = defineCommand({
  examples: [
    'mistore ingest encounters.csv --ledger 0x12ab… --preset synthea-encounters --dry-run',
    'mistore ingest ExplanationOfBenefit.ndjson --ledger 0x12ab… --preset fhir-eob',
    'mistore ingest encounters.csv --ledger 0x12ab… --profile mine.json --confirmations finalized --max-fee 30',
    'zcat bills.csv.gz | mistore ingest - --source bills --ledger 0x12ab… --patient-column PATIENT --amount-column COST --id-column BILL',
  ],
  configure: (command) => {
    command
      .argument(
        '<file>',
        'the CSV, NDJSON or bundle, gzip too; - for standard input, which needs --source, as a pipe does',
      )
      .requiredOption('--ledger <id>', 'the ledger', ledgerId)
      .option('--source <name>', "name of the input, for resuming; the file's name if not given")
      .option(
        '--rejected <file>',
        'where rejected rows go; if not given, <file>.rejected.csv, or <source>.rejected.csv for a pipe; .ndjson of JSON',
      )
      .option('--skipped <file>', 'where rows go that repeat a record; the same with .skipped if not given')
      .option('--force', 'replace these two files even if an ingest did not write them')
      .option(
        '--max-rejected <rows>',
        'rejected rows at which the run ends (status 3); if not given, 1000, or a tenth of the rows if that is more',
        integer(0, Number.MAX_SAFE_INTEGER),
      )
      .option('--allow-rejected', 'accept any number of rejected rows; else a file of nothing else ends with status 3')
      .option(
        '--allow-repeats',
        'accept any number of repeats; else the run ends at more than a tenth of the rows (status 3)',
      )
      .option(
        '--accounts <file>',
        'JSON object patient id → account, or list of accounts, the present one first; for patients with accounts of their own',
      )
      .option(
        '--patients <file>',
        'ids of further patients, one a line: their series too are carried on where they end in a void record',
      )
      .option('--dry-run', 'read and deal everything, compare with the chain, send nothing');
    roleOptions(sendingOptions(profileOptions(command))).addOption(archiveOption());
  },
  run: ingestFile,
});

async function ingestFile(output: Output, options: IngestFlags, file: string): Promise<object> {
  const { ingestCsv } = await import('../../../ingest/csv.ts');
  const { rowFileEnding } = await import('../../../ingest/csv-run.ts');
  const { LimitError } = await import('../../../ingest/limits.ts');
  const { Hospital } = await import('../../../parties/hospital.ts');
  const { size, beside } = await csvInput(file, options.source);
  const profile = await profileOf(options);
  const given = options.accounts === undefined ? [] : await readAccounts(options.accounts, options);
  const patients = options.patients === undefined ? [] : await readPatients(options.patients);
  const { site, seed } = await openRole(options, sendingOf(options));
  const hospital = new Hospital(site, seed);
  const bar = output.progress('Ingest', size, '');
  const started = performance.now();
  const dealer = await hospital.dealer(options.ledger);
  const interruptible = onInterrupt(removeUnfinishedFiles);
  try {
    const stored = await ingestCsv(site, dealer, {
      file,
      ...(options.source !== undefined && { name: options.source }),
      profile,
      ...rowOptionsOf(options, beside, rowFileEnding(profile)),
      accounts: hospital.accounts(given),
      patients,
      dryRun: options.dryRun ?? false,
      onProgress: ({ rows, read, confirmed, rejected, pendingBatches, gasUsed, fees }) => {
        const rate = Math.round((1000 * rows) / (performance.now() - started));
        bar.update(
          read,
          `${rows} rows, ${rate}/s, ${confirmed} confirmed, ${rejected} rejected, ${pendingBatches} batches pending, ${costInWords({ gas: gasUsed, fees })}`,
        );
      },
    });
    bar.done();
    return await showAccount(output, stored, options.dryRun ?? false, profile.amounts.currency);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return showLimit(output, error);
  } finally {
    interruptible();
    await site.pool.close();
  }
}

/** What becomes of rows that are not stored. `beside`: path to which the names of their files are added; `ending`: theirs. */
function rowOptionsOf(
  { rejected, skipped, force = false, maxRejected, allowRejected = false, allowRepeats = false }: IngestFlags,
  beside: string,
  ending: string,
): Pick<CsvInput, 'rejectedFile' | 'skippedFile' | 'force' | 'maxRejected' | 'allowRejected' | 'allowRepeats'> {
  return {
    rejectedFile: rejected ?? `${beside}.rejected${ending}`,
    skippedFile: skipped ?? `${beside}.skipped${ending}`,
    force,
    allowRejected,
    allowRepeats,
    ...(maxRejected !== undefined && { maxRejected }),
  };
}

/** What became of the rows, for people; and the result for programs. */
async function showAccount(output: Output, stored: CsvIngest, dryRun: boolean, currency: string): Promise<object> {
  const { FEW_PATIENTS } = await import('../../../ingest/limits.ts');
  const { transactions, rows, rejected, skipped, sent, unsent, sums, decimalMark, counts, leftOut } = stored;
  const now = dryRun
    ? `${unsent.records} would be sent, in ${counted(unsent.batches, 'batch', 'batches')}`
    : `${sent} sent now`;
  output.print(
    `${counted(rows, 'row')} = ${stored.stored} stored (${now}) + ${rejected} rejected + ${counted(skipped, 'skipped as a duplicate', 'skipped as duplicates')}.`,
  );
  output.table(['lane', { head: `sum, ${currency}`, amount: true }], Object.entries(sums));
  const others = Object.entries(leftOut).map(([what, count]) => `${count} ${what}`);
  if (others.length > 0) output.print(`Left out, which are no records: ${others.join(', ')}.`);
  if (decimalMark.by === 'amount') output.print(`Decimals begin with a point, as ${counts} ${decimalMark.line} shows.`);
  if (rejected > 0) output.print(`Rejected rows, with reasons: ${stored.rejectedFile}`);
  if (skipped > 0) output.print(`Skipped rows, with what they repeat: ${stored.skippedFile}`);
  if (stored.batchesOfFewPatients > 0) {
    output.note(
      `${counted(stored.batchesOfFewPatients, 'batch holds', 'batches hold')} records of fewer than ${FEW_PATIENTS} patients: the chain shows that these belong together.`,
    );
  }
  const cost = costOf(transactions);
  if (transactions.length > 0) {
    output.print(`Sent ${counted(transactions.length, 'batch', 'batches')}: ${costInWords(cost)}.`);
  }
  showVoids(output, stored.voids, dryRun);
  return { ...stored, transactions: undefined, ...cost };
}

/** What became of void records. Which record carries on which is for the hospital alone. */
function showVoids(output: Output, { carried, waiting, unknown }: CsvIngest['voids'], dryRun: boolean): void {
  if (carried.length > 0) {
    const done = dryRun ? 'would be carried on' : carried.length === 1 ? 'is carried on' : 'are carried on';
    output.print(`${counted(carried.length, 'series that ends', 'series that end')} in a void record ${done}.`);
  }
  if (waiting.length > 0) {
    output.note(
      `${counted(waiting.length, 'series ends', 'series end')} in a void record: the next ingest with new rows carries on from there.`,
    );
  }
  if (unknown.length > 0) {
    output.note(
      `${counted(unknown.length, 'void record is', 'void records are')} of patients of whom this input has no row: to carry on where they end a series, name the patients with --patients.`,
    );
  }
}

/** The run ended at a limit: status 3. The result says how far it came, and why it ended. */
function showLimit(output: Output, { code, message, details }: LimitError): object {
  output.stopProgress();
  output.note(`error: ${message}`);
  if (Number(details.rejected) > 0) output.print(`Rejected rows, with reasons: ${details.rejectedFile}`);
  if (Number(details.skipped) > 0) output.print(`Skipped rows, with what they repeat: ${details.skippedFile}`);
  process.exitCode = TOO_MANY;
  return { ...details, error: { code, message } };
}
