// The ledger view's report: all ledgers of a contract, or the one of an archive, from one pass over the events. By the word of
// the endpoint or archive; only the terms prove themselves, by the ledger's id.
import { fromHex, type Hex, toHex } from '../../../src/bytes.ts';
import { readHead } from '../../../src/chain/state.ts';
import { checkTerms } from '../../../src/ledger/view.ts';
import { type OpenedChain, opened } from '../chain.ts';
import type { Cancelable, Chain, Cost, LedgerReport, LedgerSummary, Moment, QueryPoint } from '../types.ts';
import { EVENTS, type LedgerEvent, LedgerLog } from './ledger-log.ts';
import { costsOf, timesOf } from './lookups.ts';
import { extentOf, type LoggedQuery, phaseOf } from './query-log.ts';
import { serverReports } from './servers.ts';

/** As Model.ledgerReport. */
export async function ledgerReport(chain: Chain, cancelable: Cancelable = {}): Promise<LedgerReport> {
  const place = opened(chain);
  const readTo = await lastBlock(place);
  const logs = await readLogs(place, readTo.block, cancelable);
  const times = await timesOf(place, logs.flatMap(blocksOf), cancelable);
  const costs = await costsOf(
    place,
    logs.flatMap(({ batches }) => batches.map(({ transaction }) => transaction)),
    cancelable,
  );
  const at = (block: number): Moment => ({ block, time: times.get(block) ?? null });
  const now = readTo.time ?? Math.floor(Date.now() / 1000);
  const ledgers = logs.map((log) => ({ log, summary: summaryOf(log, at, costs, now) }));
  const paid = [...costs.values()];
  return {
    place: chain.place,
    word: chain.word,
    readTo,
    ledgers: ledgers.map(({ summary }) => summary),
    servers: serverReports(ledgers, await minimumFees(place, logs)),
    totals: {
      batches: sum(logs, ({ batches }) => batches.length),
      records: sum(logs, ({ records }) => records),
      queries: sum(logs, ({ log }) => log.queries.size),
      answers: sum(logs, ({ log }) => sum([...log.queries.values()], ({ answers }) => answers.length)),
      costedBatches: paid.length,
      gas: paid.reduce((total, { gas }) => total + gas, 0n),
      fee: paid.reduce((total, { fee }) => total + fee, 0n),
    },
  };
}

const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((total, one) => total + of(one), 0);

async function lastBlock({ connected, archive }: OpenedChain): Promise<Moment> {
  if (connected === null) return { block: archive!.block, time: null };
  const { number: block, timestamp: time } = await readHead(connected.contract.rpc);
  return { block, time };
}

/** The ledgers in the order in which they were opened. Throws FORGED_TERMS for terms that do not hash to a ledger's id. */
async function readLogs(
  { site }: OpenedChain,
  toBlock: number,
  { onProgress, signal }: Cancelable,
): Promise<LedgerLog[]> {
  const logs = new Map<Hex, LedgerLog>();
  const ofQuery = new Map<Hex, LedgerLog>();
  let first: number | undefined;
  const logOf = (event: LedgerEvent): LedgerLog | undefined => {
    if (event.event === 'ConsentRevoked') return ofQuery.get(toHex(event.queryId));
    return logs.get(toHex(event.ledgerId));
  };
  for await (const event of site.events.read(EVENTS, {}, { toBlock })) {
    signal?.throwIfAborted();
    first ??= event.blockNumber;
    if (event.event === 'LedgerOpened') {
      checkTerms(site, event.ledgerId, event);
      logs.set(toHex(event.ledgerId), new LedgerLog(event));
    }
    const log = logOf(event);
    if (event.event === 'QueryOpened' && log) ofQuery.set(toHex(event.queryId), log);
    log?.add(event);
    onProgress?.({ stage: 'events', done: event.blockNumber - first, total: toBlock - first });
  }
  return [...logs.values()];
}

/** Blocks whose times the report shows. */
function blocksOf({ opened, batches, log }: LedgerLog): number[] {
  const queries = [...log.queries.values()].flatMap(({ opened: { blockNumber }, sealedAt, answers }) => [
    blockNumber,
    ...(sealedAt === null ? [] : [sealedAt]),
    ...answers.map(({ block }) => block),
  ]);
  return [opened.blockNumber, ...batches.map(({ block }) => block), ...queries];
}

function summaryOf(
  log: LedgerLog,
  at: (block: number) => Moment,
  costs: ReadonlyMap<Hex, Cost>,
  now: number,
): LedgerSummary {
  const { ledgerId, hospital, terms, blockNumber } = log.opened;
  const { threshold, lanes, scale, currency, minRecords, categories } = terms;
  return {
    ledgerId: toHex(ledgerId),
    hospital: toHex(hospital),
    threshold,
    seats: log.servers.map((server, s) => ({
      seat: s + 1,
      server,
      hasJoined: log.joined.has(server),
      hasResigned: log.resigned.has(server),
    })),
    lanes: [...lanes],
    scale,
    currency,
    minRecords,
    categories: [...categories],
    epoch: log.epochs.length,
    isActive: log.joined.size === log.servers.length,
    records: log.records,
    opened: at(blockNumber),
    batches: log.batches.map((batch) => ({
      ...batch,
      ...at(batch.block),
      cost: costs.get(batch.transaction) ?? null,
    })),
    queries: [...log.log.queries.values()].map((query) => queryPoint(query, threshold, at, now)),
    voids: log.complaints.voids,
    complaints: log.complaints.records,
  };
}

function queryPoint(query: LoggedQuery, threshold: number, at: (block: number) => Moment, now: number): QueryPoint {
  const { opened, sealedAt, answers, fee } = query;
  const sealed = sealedAt === null ? null : at(sealedAt);
  const offered = fee ? fee.share * BigInt(threshold) : 0n;
  return {
    queryId: toHex(opened.queryId),
    insurer: toHex(opened.insurer),
    patient: toHex(opened.patient),
    phase: phaseOf(query, threshold, now),
    opened: at(opened.blockNumber),
    sealed,
    ...extentOf(query),
    deadline: opened.deadline,
    threshold,
    answers: answers.map(({ seat, server, block }) => {
      const moment = at(block);
      const known = moment.time !== null && sealed !== null && sealed.time !== null;
      return { seat, server, ...moment, seconds: known ? moment.time! - sealed.time! : null };
    }),
    fee: fee && {
      offered,
      earned: fee.earned,
      left: offered - fee.earned - fee.refunded,
      payUntil: fee.payUntil,
    },
  };
}

async function minimumFees({ connected }: OpenedChain, logs: readonly LedgerLog[]): Promise<Map<Hex, bigint>> {
  const fees = new Map<Hex, bigint>();
  if (connected === null) return fees;
  for (const log of logs) {
    for (const server of log.servers) {
      if (!fees.has(server)) fees.set(server, await connected.contract.minimumFee(fromHex(server, 'server', 20)));
    }
  }
  return fees;
}
