// What each server has done in all ledgers: answers, complaints, earnings.
import { type Hex, toHex } from '../../../src/bytes.ts';
import type { LedgerSummary, ServerReport } from '../types.ts';
import type { LedgerLog } from './ledger-log.ts';

/** What the report knows of one ledger. */
export interface SummarizedLedger {
  log: LedgerLog;
  summary: LedgerSummary;
}

/** In the order in which the servers first had a seat. `minimumFees`: wei, by server. */
export function serverReports(
  ledgers: readonly SummarizedLedger[],
  minimumFees: ReadonlyMap<Hex, bigint>,
): ServerReport[] {
  const everyone = new Set(ledgers.flatMap(({ log }) => [...log.epochs.flat(), ...log.servers]));
  return [...everyone].map((server) => {
    const { asked, answered, seconds } = answersOf(ledgers, server);
    const complaints = ledgers.map(({ log }) => log.complaintsBy.get(server));
    const count = (name: 'filed' | 'standing' | 'justified') =>
      complaints.reduce((sum, counts) => sum + (counts?.[name] ?? 0), 0);
    return {
      server,
      seats: ledgers
        .filter(({ log }) => log.servers.includes(server))
        .map(({ log, summary: { ledgerId } }) => ({ ledgerId, seat: 1 + log.servers.indexOf(server) })),
      asked,
      answered,
      medianSeconds: median(seconds),
      complaintsFiled: count('filed'),
      complaintsStanding: count('standing'),
      complaintsJustified: count('justified'),
      minimumFee: minimumFees.get(server) ?? null,
      earned: ledgers.reduce((sum, { log }) => sum + (log.earned.get(server) ?? 0n), 0n),
    };
  });
}

/** Of the sealed queries that were opened while the server had a seat. */
function answersOf(ledgers: readonly SummarizedLedger[], server: Hex) {
  let asked = 0;
  let answered = 0;
  const seconds: number[] = [];
  for (const { log, summary } of ledgers) {
    for (const { opened, sealedAt, answers } of log.log.queries.values()) {
      if (sealedAt === null || !log.epochs[opened.epoch - 1]?.includes(server)) continue;
      asked++;
      if (!answers.some((one) => one.server === server)) continue;
      answered++;
      const query = summary.queries.find(({ queryId }) => queryId === toHex(opened.queryId));
      const took = query?.answers.find((one) => one.server === server)?.seconds;
      if (took !== null && took !== undefined) seconds.push(took);
    }
  }
  return { asked, answered, seconds };
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
