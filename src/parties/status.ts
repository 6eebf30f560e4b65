// What is open for an account, for a person who wants to know what to do next: its ledgers, the queries that it asks, answers or is
// asked about, what it is owed. Reads only, and needs no key.
import { equalBytes, fromHex, toHex } from '../bytes.ts';
import { readBalance } from '../chain/state.ts';
import { LedgerComplaints } from '../ledger/complaints.ts';
import { type ListedLedger, listLedgers } from '../ledger/ledgers.ts';
import type { Site } from '../ledger/site.ts';
import { LedgerView } from '../ledger/view.ts';
import { type QueryReport, queryReports } from './query-report.ts';

/** A ledger of a hospital or a server. */
export interface LedgerStatus extends ListedLedger {
  isActive: boolean;
  /** Present holders of seats who have not joined the current epoch, 20 bytes each. */
  notJoined: Uint8Array[];
  /** Records that are void; records about which complaints stand. */
  voids: number[];
  complained: number[];
  /** Queries over its records. */
  queries: QueryReport[];
}

export interface Money {
  /** Wei of the account. */
  balance: bigint;
  /** Wei that the contract owes it. */
  owed: bigint;
}

/** The ledgers that an account (20 bytes) opened. */
export async function hospitalStatus(site: Site, account: Uint8Array): Promise<LedgerStatus[]> {
  const found = await all(listLedgers(site, account));
  return statusOf(
    site,
    found.filter(({ hospital }) => equalBytes(hospital, account)),
  );
}

/** The ledgers that an account (20 bytes) has a seat in now. */
export async function serverStatus(site: Site, account: Uint8Array): Promise<LedgerStatus[]> {
  const found = await all(listLedgers(site, account));
  return statusOf(
    site,
    found.filter(({ seat }) => seat.seat > 0 && seat.untilEpoch === 0),
  );
}

/** The queries among these that wait for the answer of a seat's holder. */
export const toAnswer = ({ seat: { seat, fromEpoch }, queries }: LedgerStatus): QueryReport[] =>
  queries.filter(({ phase, answeredSeats, epoch }) => {
    return phase === 'sealed' && epoch >= fromEpoch && !answeredSeats.includes(seat);
  });

/** The queries over an account's records (20 bytes); in one ledger (32 bytes), if it is given. */
export async function patientQueries(site: Site, account: Uint8Array, ledgerId?: Uint8Array): Promise<QueryReport[]> {
  const patient = toHex(account);
  return (await queryReports(site, ledgerId ? { ledgerId } : {})).filter((report) => report.patient === patient);
}

export async function moneyOf({ contract }: Site, account: Uint8Array): Promise<Money> {
  const [balance, owed] = await Promise.all([readBalance(contract.rpc, account), contract.owed(account)]);
  return { balance, owed };
}

async function statusOf(site: Site, ledgers: readonly ListedLedger[]): Promise<LedgerStatus[]> {
  const found: LedgerStatus[] = [];
  for (const listed of ledgers) {
    const ledgerId = fromHex(listed.ledgerId);
    const { epoch, joined, seats } = listed.state;
    const isActive = joined === seats;
    const ledger = await LedgerView.load(site, ledgerId);
    const { records } = await LedgerComplaints.read(site, ledger);
    found.push({
      ...listed,
      isActive,
      notJoined: isActive ? [] : await notJoined(site, ledger, epoch),
      voids: records.filter(({ isVoid }) => isVoid).map(({ recordId }) => recordId),
      complained: records.filter(({ standing }) => standing.length > 0).map(({ recordId }) => recordId),
      queries: await queryReports(site, { ledgerId }),
    });
  }
  return found;
}

/** The servers that hold a seat and have not joined this epoch, in the order of their seats. */
export async function notJoined({ contract }: Site, ledger: LedgerView, epoch: number): Promise<Uint8Array[]> {
  const waiting: Uint8Array[] = [];
  for (const server of ledger.epoch(epoch).servers) {
    if ((await contract.seatOf(ledger.ledgerId, server)).joinedEpoch !== epoch) waiting.push(server);
  }
  return waiting;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
