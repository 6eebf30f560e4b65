// What the demonstration found, as `mistore demo --json` prints it.
import type { Engine } from '../engine/engine.ts';
import type { CsvIngest } from '../ingest/csv.ts';
import type { QuerySent, QuerySum } from '../parties/insurer.ts';
import type { ReceiptVerdict } from '../records/receipt.ts';
import { formatLanes } from '../records/terms.ts';

export interface Answers {
  /** Gas of each accepted answer. */
  gas: bigint[];
  refused: number;
}

/** What came of each step. */
export interface Outcome {
  stored: CsvIngest;
  verdicts: ReceiptVerdict[];
  /** `expected`: the plain sums of the patient's amounts, by lane. */
  query: { patientId: string; asked: QuerySent; sum: QuerySum; expected: bigint[] };
  answers: Answers;
  seconds: Record<string, number>;
}

/** `servers`: their number. */
export function reportOf(
  { threshold, servers, engine }: { threshold: number; servers: number; engine: Engine },
  { stored, verdicts, query: { patientId, asked, sum, expected }, answers, seconds }: Outcome,
) {
  const gasOf = (transactions: readonly { gasUsed: bigint }[]) =>
    Number(transactions.reduce((gas, { gasUsed }) => gas + gasUsed, 0n));
  return {
    rows: stored.rows,
    stored: stored.stored,
    rejected: stored.rejected,
    batches: stored.batches,
    threshold,
    servers,
    ledgerSums: stored.sums,
    query: {
      patient: patientId,
      records: sum.records,
      sums: formatLanes(sum, sum.amounts),
      expected: formatLanes(sum, expected),
      exact: expected.length === sum.amounts.length && expected.every((amount, lane) => amount === sum.amounts[lane]),
      answers: answers.gas.length,
      refusedAnswers: answers.refused,
    },
    receipts: { checked: verdicts.length, valid: countValid(verdicts) },
    gas: {
      perRecord: Math.round(gasOf(stored.transactions) / Math.max(1, stored.sent)),
      query: gasOf(asked.transactions),
      answer: Math.max(...answers.gas.map(Number)),
    },
    seconds,
    engine: engine.name,
  };
}

export const countValid = (verdicts: readonly ReceiptVerdict[]): number =>
  verdicts.filter(({ fault }) => fault === null).length;
