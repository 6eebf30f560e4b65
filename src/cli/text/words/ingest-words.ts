// What an ingest says at its end: what became of the rows, why some were rejected, and what it took.
import { counted } from '../../../counted.ts';
import type { FileIngest } from '../../../ingest/file.ts';
import type { LimitError } from '../../../ingest/limits.ts';
import { FEW_PATIENTS } from '../../../ingest/limits.ts';
import type { Profile } from '../../../records/profile.ts';
import type { Output } from '../../output.ts';
import { costInWords, costOf } from '../cost.ts';
import { planInWords } from '../spending.ts';

/** Before rows without ids are read. */
export const WITHOUT_IDS = [
  "Warning: the rows have no id (no --id-column, no id in the profile), so each is known by its file's name and its number in it.",
  'The same file again, or with rows added at its end, is recognised. A row that stands in another file too is stored twice; a file in which rows were put in or taken out is refused.',
];

/** What became of the rows of one input. */
export function showAccount(output: Output, stored: FileIngest, dryRun: boolean, currency: string): void {
  const { transactions, rows, rejected, skipped, sent, unsent, sums, decimalMark, counts, leftOut, plan } = stored;
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
  showRejections(output, stored);
  if (skipped > 0) output.print(`Skipped rows, with what they repeat: ${stored.skippedFile}`);
  if (stored.batchesOfFewPatients > 0) {
    output.note(
      `${counted(stored.batchesOfFewPatients, 'batch holds', 'batches hold')} records of fewer than ${FEW_PATIENTS} patients: the chain shows that these belong together.`,
    );
  }
  if (transactions.length > 0) {
    output.print(`Sent ${counted(transactions.length, 'batch', 'batches')}: ${costInWords(costOf(transactions))}.`);
  }
  if (plan) output.print(planInWords(plan));
  showVoids(output, stored.voids, dryRun);
}

/** Of several inputs: one line each way, and the object for programs. */
export function showAll(
  output: Output,
  files: readonly string[],
  done: readonly FileIngest[],
  { amounts }: Profile,
): object {
  const sum = (of: (one: FileIngest) => number) => done.reduce((total, one) => total + of(one), 0);
  const total = {
    rows: sum(({ rows }) => rows),
    stored: sum(({ stored }) => stored),
    sent: sum(({ sent }) => sent),
    unsent: sum(({ unsent }) => unsent.records),
    rejected: sum(({ rejected }) => rejected),
    skipped: sum(({ skipped }) => skipped),
    ...costOf(done.flatMap(({ transactions }) => transactions)),
  };
  output.table(
    ['file', ...['rows', 'stored', 'rejected', 'skipped'].map((head) => ({ head, amount: true }))],
    [
      ...done.map(({ rows, stored, rejected, skipped }, f) => [files[f]!, rows, stored, rejected, skipped]),
      ['all', total.rows, total.stored, total.rejected, total.skipped],
    ],
  );
  if (total.gas > 0n)
    output.print(`In all: ${costInWords(total)}. Sums are in ${amounts.currency}, for each file above.`);
  return { files: done.map((one, f) => ({ file: files[f], ...inJson(one) })), total };
}

/** One input's result for programs. */
export const inJson = (stored: FileIngest): object => ({
  ...stored,
  transactions: undefined,
  ...costOf(stored.transactions),
});

/** The run ended at a limit. The result says how far it came, and why it ended; `left`: files that were not begun. */
export function showLimit(output: Output, { code, message, details }: LimitError, left: readonly string[]): object {
  output.stopProgress();
  output.note(`error: ${message}`);
  showRejections(output, details as unknown as FileIngest);
  if (Number(details.skipped) > 0) output.print(`Skipped rows, with what they repeat: ${details.skippedFile}`);
  if (left.length > 0) output.print(`Not begun: ${left.join(', ')}`);
  return { ...details, error: { code, message } };
}

/** How many rows were rejected for each reason, with the line of one of them. */
function showRejections(
  output: Output,
  {
    rejected,
    rejections,
    examples,
    rejectedFile,
    counts = 'line',
  }: Partial<Pick<FileIngest, 'counts'>> & Pick<FileIngest, 'rejected' | 'rejections' | 'examples' | 'rejectedFile'>,
): void {
  if (rejected === 0) return;
  const reasons = Object.entries(rejections).sort(([, a], [, b]) => b - a);
  output.table(
    ['rejected because', { head: 'rows', amount: true }, { head: `for example ${counts}`, amount: true }],
    reasons.map(([reason, rows]) => [
      reason.replaceAll('-', ' '),
      rows,
      examples[reason as keyof typeof examples] ?? '',
    ]),
  );
  output.print(`Rejected rows, with reasons: ${rejectedFile}`);
}

/** What became of void records. Which record carries on which is for the hospital alone. */
function showVoids(output: Output, { carried, waiting, unknown }: FileIngest['voids'], dryRun: boolean): void {
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
