// Queries as their insurer looks at them: how far each has come, until when, and what has become of its fee. From the contract's
// views and events as an endpoint tells them; nothing is recomputed (ledger/query-view.ts does that).
import { type Hex, toHex } from '../bytes.ts';
import type { Where } from '../contract/events.ts';
import type { EventArguments, QueryStatus } from '../contract/types.ts';
import type { ReadingSite } from '../ledger/site.ts';
import { countEdges } from '../records/query-bytes.ts';

/** Open: edges are missing. Expired: for ever. Sealed: answers are missing. Complete: there are t answers. */
export type QueryPhase = 'open' | 'expired' | 'sealed' | 'complete' | 'revoked' | 'cancelled';

/** Wei. */
export interface FeeReport {
  /** For each of the first t answers. */
  share: bigint;
  offered: bigint;
  /** By answers. */
  earned: bigint;
  /** Neither earned nor given back yet. */
  left: bigint;
  /** What `refund` would give now: all that is left, or 0 where it is too early. */
  refundable: bigint;
  /** Unix time in seconds up to which what is left cannot be taken back, unless the consent is revoked. */
  payUntil: number;
}

/** A query as its ledger's events and the contract show it. */
export interface QueryReport {
  queryId: Hex;
  ledgerId: Hex;
  insurer: Hex;
  patient: Hex;
  phase: QueryPhase;
  /** As the contract has it. */
  status: QueryStatus;
  /** The ledger's when it was opened: who held a seat then answers it. */
  epoch: number;
  /** Number of edges on chain. */
  edges: number;
  threshold: number;
  /** Seats whose answers were accepted, ascending. */
  answeredSeats: number[];
  /** Unix time in seconds up to which edges can be added. */
  deadline: bigint;
  /** Null for a query without a fee. */
  fee: FeeReport | null;
}

interface Found {
  opened: EventArguments['QueryOpened'];
  edges: number;
  refunded: bigint;
}

/** The queries with these values, in the order in which they were opened. `now`: Unix time in seconds. */
export async function queryReports(
  site: ReadingSite,
  where: Where<'QueryOpened'>,
  now = Math.floor(Date.now() / 1000),
): Promise<QueryReport[]> {
  const found = new Map<Hex, Found>();
  const kinds = ['QueryOpened', 'QueryContinued', 'FeeRefunded'] as const;
  for await (const event of site.events.read(kinds, where)) {
    const name = toHex(event.queryId);
    if (event.event === 'QueryOpened') found.set(name, { opened: event, edges: countEdges(event.edges), refunded: 0n });
    const query = found.get(name);
    if (event.event === 'QueryContinued' && query) query.edges += countEdges(event.edges);
    if (event.event === 'FeeRefunded' && query) query.refunded += event.amount;
  }
  const thresholds = new Map<Hex, Promise<number>>();
  const thresholdOf = (ledgerId: Uint8Array) => {
    const name = toHex(ledgerId);
    const known = thresholds.get(name) ?? site.contract.getLedger(ledgerId).then(({ threshold }) => threshold);
    thresholds.set(name, known);
    return known;
  };
  const reports: QueryReport[] = [];
  for (const query of found.values()) {
    reports.push(await reportOf(site, query, await thresholdOf(query.opened.ledgerId), now));
  }
  return reports;
}

async function reportOf(
  { contract }: ReadingSite,
  { opened, edges, refunded }: Found,
  threshold: number,
  now: number,
): Promise<QueryReport> {
  const { queryId, ledgerId, insurer, patient, deadline, epoch } = opened;
  const [{ status, answeredSeats }, fee] = await Promise.all([contract.queryState(queryId), contract.feeOf(queryId)]);
  return {
    queryId: toHex(queryId),
    ledgerId: toHex(ledgerId),
    insurer: toHex(insurer),
    patient: toHex(patient),
    phase: phaseOf(status, answeredSeats.length >= threshold, deadline < now),
    status,
    epoch,
    edges,
    threshold,
    answeredSeats,
    deadline,
    fee: fee.share === 0n ? null : feeReport(fee, threshold, refunded, fee.payUntil < now || status === 'revoked'),
  };
}

function phaseOf(status: QueryStatus, isComplete: boolean, isLate: boolean): QueryPhase {
  if (status === 'sealed') return isComplete ? 'complete' : 'sealed';
  if (status === 'revoked' || status === 'cancelled') return status;
  return isLate ? 'expired' : 'open';
}

function feeReport(
  { share, payUntil, left: shares }: { share: bigint; payUntil: number; left: number },
  threshold: number,
  refunded: bigint,
  isRefundable: boolean,
): FeeReport {
  const offered = share * BigInt(threshold);
  const left = share * BigInt(shares);
  return { share, offered, earned: offered - left - refunded, left, refundable: isRefundable ? left : 0n, payUntil };
}
