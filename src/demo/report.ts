// What the demonstration found, as `mistore demo --json` prints it.
import type { Engine } from '../engine/engine.ts';
import type { FileIngest } from '../ingest/file.ts';
import type { QuerySent, QuerySum } from '../parties/insurer.ts';
import type { ReceiptVerdict } from '../records/receipts/receipt.ts';
import { formatLanes } from '../records/terms.ts';

export interface Answers {
  /** Gas of each accepted answer. */
  gas: bigint[];
  refused: number;
}

/** One query from consent to sum. */
export interface QueryOutcome {
  asked: QuerySent;
  answers: Answers;
  sum: QuerySum;
  /** The plain sums of the patient's amounts, by lane. */
  expected: bigint[];
}

/** What came of each step. */
export interface Outcome {
  stored: FileIngest;
  patientId: string;
  verdicts: ReceiptVerdict[];
  /** All records of the patient; those of one category and year; twenty single ones. */
  queries: [QueryOutcome, QueryOutcome, QueryOutcome];
  seconds: Record<string, number>;
}

/** `servers`: their number. */
export function reportOf(
  { threshold, servers, engine }: { threshold: number; servers: number; engine: Engine },
  { stored, patientId, verdicts, queries, seconds }: Outcome,
) {
  const [all, year, single] = queries;
  return {
    rows: stored.rows,
    stored: stored.stored,
    rejected: stored.rejected,
    batches: stored.batches,
    threshold,
    servers,
    ledgerSums: stored.sums,
    query: queryReport(patientId, all),
    query2: queryReport(patientId, year),
    query3: queryReport(patientId, single),
    receipts: { checked: verdicts.length, valid: countValid(verdicts) },
    gas: {
      perRecord: Math.round(gasOf(stored.transactions) / Math.max(1, stored.sent)),
      query: gasOf(all.asked.transactions),
      query2: gasOf(year.asked.transactions),
      query3: gasOf(single.asked.transactions),
      answer: Math.max(...queries.flatMap(({ answers }) => answers.gas.map(Number))),
    },
    seconds,
    engine: engine.name,
  };
}

function queryReport(patient: string, { asked, answers, sum, expected }: QueryOutcome) {
  return {
    patient,
    records: sum.records,
    edges: asked.edges,
    sums: formatLanes(sum, sum.amounts),
    expected: formatLanes(sum, expected),
    exact: expected.length === sum.amounts.length && expected.every((amount, lane) => amount === sum.amounts[lane]),
    answers: answers.gas.length,
    refusedAnswers: answers.refused,
  };
}

const gasOf = (transactions: readonly { gasUsed: bigint }[]) =>
  Number(transactions.reduce((gas, { gasUsed }) => gas + gasUsed, 0n));

export const countValid = (verdicts: readonly ReceiptVerdict[]): number =>
  verdicts.filter(({ fault }) => fault === null).length;
