// The ingest of a file, CSV or JSON: rows in, records on chain, rejected and skipped rows to a file each, and an account in which rows
// read = stored + rejected + skipped. A run that a limit ends says how far it came.
import { basename } from 'node:path';
import type { PatientAccounts } from '../identity/accounts.ts';
import type { Site } from '../ledger/site.ts';
import type { DecimalEvidence } from '../records/input/decimal-mark.ts';
import { InputError } from '../records/input/errors.ts';
import type { Account } from '../records/input/reconciliation.ts';
import { openRows } from '../records/input/rows.ts';
import { profileHash } from '../records/profile.ts';
import { sourceName } from '../records/source.ts';
import { checkSameTerms, profileTerms } from '../records/terms.ts';
import { CountedFile } from './counted-file.ts';
import type { Dealer } from './dealer.ts';
import { FileRun, type FileRunOptions } from './file-run.ts';
import { type IngestOptions, type IngestProgress, type IngestRow, type IngestSummary, ingest } from './ingest.ts';
import { LimitError } from './limits.ts';

/** A row's usual length at least, and a bound on what is set aside because of a file's size. */
const ROW_BYTES = 192;
const MOST_EXPECTED = 2 ** 22;

/** An input, how it is read, and what is done with its rows. */
export interface FileInput extends FileRunOptions {
  /** What the input is called on chain (hashed); the file's name if not given. Must stay the same to resume. */
  name?: string;
  accounts: PatientAccounts;
  /** Ids of further patients: see IngestOptions. */
  patients?: Iterable<string>;
  /** Do everything but send. */
  dryRun?: boolean;
  /** See IngestOptions. */
  caps?: IngestOptions<IngestRow>['caps'];
  /** Called as rows are read and batches are settled. */
  onProgress?: (progress: FileProgress) => void;
}

/** How far an ingest of a file has come. */
export interface FileProgress extends IngestProgress {
  rejected: number;
  /** Bytes of the file read, and its size; null for standard input, pipes and devices. */
  read: number;
  size: number | null;
}

/** What became of the rows of an input: rows = stored + rejected + skipped. */
export interface FileIngest extends Account {
  /** Batches and records sent now; the other stored records were on chain already. */
  batches: number;
  sent: number;
  /** What a dry run did not send. */
  unsent: IngestSummary['unsent'];
  /** What that would take; null where nothing would be sent. */
  plan: IngestSummary['plan'];
  /** Line of the first row that was rejected for each reason. */
  examples: FileRun['examples'];
  /** Batches made now with records of few patients: see FEW_PATIENTS. */
  batchesOfFewPatients: number;
  /** What became of void records. */
  voids: IngestSummary['voids'];
  transactions: IngestSummary['transactions'];
  /** What decided how decimals are written. */
  decimalMark: DecimalEvidence;
  /** What lines of the input count: lines, or the entries of a document. */
  counts: 'line' | 'entry';
  rejectedFile: string;
  skippedFile: string;
}

/**
 * Stores the file's rows in the dealer's ledger. Sends nothing if a column is missing or the lanes are not the ledger's.
 * Throws a LimitError, before the next batch is sent, for an input with too many rejected rows or repeats; its details
 * say how far the run came: rows = stored + unsent + rejected + skipped, rejections by reason, and the two files.
 */
export async function ingestFile(site: Site, dealer: Dealer, input: FileInput): Promise<FileIngest> {
  const { file, profile, accounts } = input;
  checkSameTerms('the file would be read as', profileTerms(profile), dealer.ledger.terms);
  const counted = await CountedFile.open(file);
  const rows = await openRows(counted.bytes(), profile).catch((error: unknown) => {
    throw namingFile(error, file);
  });
  const run = await FileRun.open(input, dealer.ledger.terms.categories, rows.counts).catch(async (error: unknown) => {
    await rows.close();
    throw error;
  });
  let confirmed = 0;
  try {
    const { transactions, sent, unsent, plan, batchesOfFewPatients, voids } = await ingest(
      site,
      dealer,
      run.rows(rows),
      {
        source: sourceName(input.name ?? basename(file), profileHash(profile)),
        accounts,
        ...(input.patients && { patients: input.patients }),
        expectedRows: Math.min((counted.size ?? 0) / ROW_BYTES, MOST_EXPECTED),
        dryRun: input.dryRun ?? false,
        ...(input.caps && { caps: input.caps }),
        beforeBatch: () => run.beforeBatch(),
        onStored: (row) => run.stored(row),
        onConflict: (row, first) => run.conflict(row, first),
        onRepeated: (row, first) => run.repeated(row, first),
        onOutOfRange: (row, { message }) => run.outOfRange(row, message),
        onProgress: (progress) => {
          const { read, size } = counted;
          confirmed = progress.confirmed;
          input.onProgress?.({ ...progress, rejected: run.rejected, read, size });
        },
      },
    );
    const { decimalMark, counts } = rows;
    const { rejectedFile, skippedFile, examples } = run;
    return {
      ...run.account(),
      ...{ batches: transactions.length, sent, unsent, plan, batchesOfFewPatients, voids, transactions },
      ...{ decimalMark, counts, rejectedFile, skippedFile, examples },
    };
  } catch (error) {
    throw error instanceof LimitError ? run.ended(error, confirmed) : namingFile(error, file);
  } finally {
    await run.close();
  }
}

/** The error, whose message says of which file it is: there may be several. */
function namingFile(error: unknown, file: string): unknown {
  if (error instanceof InputError && !error.message.includes(file)) error.message = `${file}: ${error.message}`;
  return error;
}
