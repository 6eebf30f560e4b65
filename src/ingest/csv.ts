// The ingest of a CSV: rows in, records on chain, rejected rows to a file, and an account in which rows read = stored +
// rejected + skipped.
import { basename } from 'node:path';
import type { Tags } from '../identity/tags.ts';
import type { Site } from '../ledger/site.ts';
import { type Account, Reconciliation } from '../records/csv/reconciliation.ts';
import { RejectedRows } from '../records/csv/rejected-rows.ts';
import type { Row } from '../records/csv/row.ts';
import { openRows } from '../records/csv/rows.ts';
import { idColumns, type Profile, profileHash } from '../records/profile.ts';
import { sourceName } from '../records/source.ts';
import { checkSameTerms, profileTerms } from '../records/terms.ts';
import { CountedFile } from './counted-file.ts';
import type { Dealer } from './dealer.ts';
import { type IngestProgress, type IngestSummary, ingest } from './ingest.ts';

/** A row's usual length at least, and a bound on what is set aside because of a file's size. */
const ROW_BYTES = 192;
const MOST_EXPECTED = 2 ** 22;

export interface CsvInput {
  /** Path, or - for standard input. */
  file: string;
  /** What the input is called on chain (hashed); the file's name if not given. Must stay the same to resume. */
  name?: string;
  profile: Profile;
  /** Where rejected rows are written. */
  rejectedFile: string;
  tags: Tags;
  /** Do everything but send. */
  dryRun?: boolean;
  onProgress?: (progress: CsvProgress) => void;
}

export interface CsvProgress extends IngestProgress {
  rejected: number;
  /** Bytes of the file read, and its size; null for standard input. */
  read: number;
  size: number | null;
}

export interface CsvIngest extends Account {
  /** Batches and records sent now; the other stored records were on chain already. */
  batches: number;
  sent: number;
  /** What a dry run did not send. */
  unsent: IngestSummary['unsent'];
  transactions: IngestSummary['transactions'];
}

/** Stores the CSV's rows in the dealer's ledger. Sends nothing if a column is missing or the lanes are not the ledger's. */
export async function ingestCsv(site: Site, dealer: Dealer, input: CsvInput): Promise<CsvIngest> {
  const { file, profile, tags } = input;
  checkSameTerms('the CSV would be read as', profileTerms(profile), dealer.ledger.opening);
  const counted = await CountedFile.open(file);
  const rows = await openRows(counted.bytes(), profile);
  const rejected = await RejectedRows.create(input.rejectedFile);
  const account = new Reconciliation(profile);
  try {
    const readable = async function* (): AsyncGenerator<Row> {
      for await (const entry of rows) {
        account.read(entry);
        if (entry.kind === 'rejection') await rejected.write(entry);
        if (entry.kind === 'row') yield entry;
      }
    };
    const summary = await ingest(site, dealer, readable(), {
      source: sourceName(input.name ?? basename(file), profileHash(profile)),
      tags,
      expectedRows: Math.min((counted.size ?? 0) / ROW_BYTES, MOST_EXPECTED),
      dryRun: input.dryRun ?? false,
      onStored: (row) => account.stored(row),
      onConflict: async ({ line, row, raw }) => {
        const message = 'is that of another record, with another patient or other amounts';
        const rejection = {
          kind: 'rejection',
          line,
          row,
          column: idColumns(profile).join('+'),
          reason: 'conflicting-duplicate',
          message,
          raw,
        } as const;
        account.rejected(rejection.reason);
        await rejected.write(rejection);
      },
      onRepeated: () => account.skipped(),
      onProgress: (progress) => {
        const { read, size } = counted;
        input.onProgress?.({ ...progress, rejected: rejected.count, read, size });
      },
    });
    return {
      ...account.close(),
      batches: summary.transactions.length,
      sent: summary.sent,
      unsent: summary.unsent,
      transactions: summary.transactions,
    };
  } finally {
    await rejected.close();
  }
}
