// mistore ingest: the rows of one or more files, CSV or JSON, into a ledger, one file after the other.
import { basename } from 'node:path';
import { counted } from '../../../counted.ts';
import { ArgumentError, MIStoreError } from '../../../errors.ts';
import { removeUnfinishedFiles } from '../../../files/output-file.ts';
import type { Dealer } from '../../../ingest/dealer.ts';
import type { FileIngest, FileInput } from '../../../ingest/file.ts';
import type { Site } from '../../../ledger/site.ts';
import { defineCommand } from '../../command.ts';
import { inputFile } from '../../input/input-file.ts';
import { readAccounts, readPatients } from '../../input/patients.ts';
import { archiveOption, integer, ledgerId, type RoleFlags, roleOptions, waitOption } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type ProfileFlags, profileOf, profileOptions } from '../../profile-options.ts';
import { type SendingFlags, sendingOf, sendingOptions } from '../../sending-options.ts';
import { onInterrupt } from '../../signals.ts';
import { openRole } from '../../sites.ts';
import { costInWords } from '../../text/cost.ts';
import { waitUntilJoined } from '../../text/joining.ts';

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
  wait?: number;
}

export const ingest = defineCommand({
  examples: [
    'mistore ingest encounters.csv --ledger 0x12ab… --preset synthea-encounters --dry-run',
    'mistore ingest ExplanationOfBenefit.ndjson --ledger 0x12ab… --preset fhir-eob',
    'mistore ingest january.csv february.csv --ledger 0x12ab… --preset synthea-encounters',
    'mistore ingest encounters.csv --ledger 0x12ab… --profile mine.json --confirmations finalized --max-fee 30',
    'zcat bills.csv.gz | mistore ingest - --source bills --ledger 0x12ab… --patient-column PATIENT --amount-column COST --id-column BILL',
  ],
  roles: ['hospital'],
  configure: (command) => {
    command
      .argument(
        '<files...>',
        'the CSV, NDJSON or bundle, gzip too, or several, each an input of its own; - for standard input, which needs --source, as a pipe does',
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
      .addOption(waitOption('first wait until all servers have joined the ledger').conflicts('dryRun'))
      .option('--dry-run', 'read and deal everything, compare with the chain, say what it would cost, send nothing');
    roleOptions(sendingOptions(profileOptions(command))).addOption(archiveOption());
  },
  run: ingestFiles,
});

async function ingestFiles(output: Output, options: IngestFlags, files: readonly string[]): Promise<object> {
  const { Hospital } = await import('../../../parties/hospital.ts');
  const { idColumns } = await import('../../../records/profile/columns.ts');
  const { inJson, showAccount, showAll, showLimit, WITHOUT_IDS } = await import('../../text/words/ingest-words.ts');
  const { dryRun = false } = options;
  checkNames(options, files);
  const inputs: { file: string; size: number; beside: string }[] = [];
  for (const file of files) inputs.push({ file, ...(await inputFile(file, options.source)) });
  if (files.includes('-') && process.stdin.isTTY) output.note('Reading rows from the terminal; Ctrl-D ends them.');
  const profile = await profileOf(options, (line) => output.note(line));
  if (idColumns(profile).length === 0) for (const line of WITHOUT_IDS) output.note(line);
  const given = options.accounts === undefined ? [] : await readAccounts(options.accounts, options);
  const patients = options.patients === undefined ? [] : await readPatients(options.patients);
  const { site, seed } = await openRole(options, sendingOf(options));
  const hospital = new Hospital(site, seed);
  const accounts = hospital.accounts(given);
  const interruptible = onInterrupt(removeUnfinishedFiles);
  const done: FileIngest[] = [];
  try {
    if (options.wait !== undefined) {
      const { ledger } = await hospital.dealer(options.ledger);
      await waitUntilJoined(output, site, ledger.ledgerId, options.wait);
    }
    for (const input of inputs) {
      if (files.length > 1) output.print(`${input.file}:`);
      const dealer = await hospital.dealer(options.ledger);
      const stored = await ingestOne(output, site, dealer, options, { profile, accounts, patients, dryRun }, input);
      showAccount(output, stored, dryRun, profile.amounts.currency);
      done.push(stored);
    }
    return files.length === 1 ? inJson(done[0]!) : showAll(output, files, done, profile);
  } catch (error) {
    const { LimitError } = await import('../../../ingest/limits.ts');
    if (!(error instanceof LimitError)) throw error;
    process.exitCode = TOO_MANY;
    const left = files.slice(done.length + 1);
    return { ...showLimit(output, error, left), ...(files.length > 1 && { files: done.map(inJson) }) };
  } finally {
    interruptible();
    await site.pool.close();
  }
}

/** A name can be given to one input only. */
function checkNames({ source, rejected, skipped }: IngestFlags, files: readonly string[]): void {
  const names = files.map((file) => basename(file));
  const twice = names.find((name, n) => names.indexOf(name) < n);
  if (twice !== undefined) {
    throw new ArgumentError('file', twice, "the only one of its name: a file's rows are known by it");
  }
  const named = Object.entries({ source, rejected, skipped }).filter(([, value]) => value !== undefined);
  if (files.length === 1 || named.length === 0) return;
  const message = `--${named[0]![0]} names one input, and ${files.length} files are given: ingest them one by one`;
  throw new MIStoreError('ONE_INPUT', message, { files: files.length });
}

/** One file, with a bar. `input`: what all files of a run have in common. */
async function ingestOne(
  output: Output,
  site: Site,
  dealer: Dealer,
  options: IngestFlags,
  input: Pick<FileInput, 'profile' | 'accounts' | 'patients' | 'dryRun'>,
  { file, size, beside }: { file: string; size: number; beside: string },
): Promise<FileIngest> {
  const { ingestFile } = await import('../../../ingest/file.ts');
  const { rowFileEnding } = await import('../../../ingest/file-run.ts');
  const bar = output.progress('Ingest', size, '');
  const started = performance.now();
  const stored = await ingestFile(site, dealer, {
    ...input,
    file,
    ...(options.source !== undefined && { name: options.source }),
    ...rowOptionsOf(options, beside, rowFileEnding(input.profile)),
    caps: { maxFeePerGas: options.maxFee, maxTipPerGas: options.maxTip },
    onProgress: ({ rows, read, confirmed, rejected, pendingBatches, gasUsed, fees }) => {
      const rate = Math.round((1000 * rows) / (performance.now() - started));
      const pending = `${counted(pendingBatches, 'batch', 'batches')} pending`;
      const cost = costInWords({ gas: gasUsed, fees });
      bar.update(
        read,
        `${counted(rows, 'row')}, ${rate}/s, ${confirmed} confirmed, ${rejected} rejected, ${pending}, ${cost}`,
      );
    },
  });
  bar.done();
  return stored;
}

/** What becomes of rows that are not stored. `beside`: path to which the names of their files are added; `ending`: theirs. */
function rowOptionsOf(
  { rejected, skipped, force = false, maxRejected, allowRejected = false, allowRepeats = false }: IngestFlags,
  beside: string,
  ending: string,
): Pick<FileInput, 'rejectedFile' | 'skippedFile' | 'force' | 'maxRejected' | 'allowRejected' | 'allowRepeats'> {
  return {
    rejectedFile: rejected ?? `${beside}.rejected${ending}`,
    skippedFile: skipped ?? `${beside}.skipped${ending}`,
    force,
    allowRejected,
    allowRepeats,
    ...(maxRejected !== undefined && { maxRejected }),
  };
}
