// Gas of named operations: whole transactions as a node of today counts them, calldata and the floor of EIP-7623
// included. Every byte is derived, so the figures repeat exactly.
import type { ContractTransactionReceipt } from 'ethers';
import { startNode } from '../../src/chain/embedded-node.ts';
import type { Edge, Place } from './dealer.ts';
import { MeasuredLedger } from './measured-ledger.ts';

/** Records of a full batch: 128 KiB less 512 bytes for the envelope, records of 28 + 32(t + 1) bytes. */
const capacity = (threshold: number) => Math.floor((128 * 1024 - 512) / (28 + 32 * (threshold + 1)));
/** Records of each of the ten batches of `query.40edges`. */
const TENTH = 100;
const SERIES = 0x0123456789abcdefn;

/** Bytes of a signed transaction beside its calldata, at most: fields, lengths and signature. */
const ENVELOPE = 120;

/** An operation's transaction: its gas, its bytes, and how many records or answers are in it where those are meant. */
export interface Measured {
  gas: number;
  bytes: number;
  per: number;
}
export type Measurements = Record<string, Measured>;
/** Operation → gas: of the transaction; of a record in it (append.T-N) or an answer in it (answer.ten). */
export type GasTable = Record<string, number>;
type Note = (name: string, receipt: ContractTransactionReceipt, per?: number) => void;

export const gasTable = (measured: Measurements): GasTable =>
  Object.fromEntries(Object.entries(measured).map(([name, { gas, per }]) => [name, Math.ceil(gas / per)]));

export async function measureGas(): Promise<Measurements> {
  const measured: Measurements = {};
  let noted: Promise<void>[] = [];
  const note: Note = (name, receipt, per = 1) => {
    const entry = { gas: Number(receipt.gasUsed), bytes: 0, per };
    measured[name] = entry;
    noted.push(
      receipt.getTransaction().then(({ data }) => {
        entry.bytes = (data.length - 2) / 2 + ENVELOPE;
      }),
    );
  };
  for (const [threshold, seats] of [
    [3, 5],
    [2, 3],
    [5, 9],
    [7, 13],
    [1, 1],
  ] as const) {
    const node = await startNode();
    try {
      const ledger = new MeasuredLedger(node.url, threshold, seats);
      await measureLedger(ledger, note);
      if (threshold === 3) {
        await measureQueries(ledger, note);
        await measureFees(ledger, note);
        await measureComplaints(ledger, note);
        await measureSeats(ledger, note);
      }
      await Promise.all(noted);
      noted = [];
    } finally {
      await node.stop();
    }
  }
  return measured;
}

/** From the deployment to a full first batch, and an answer of the last seat. */
async function measureLedger(ledger: MeasuredLedger, note: Note): Promise<void> {
  const { threshold, seats } = ledger;
  const at = `${threshold}-${seats}`;
  await ledger.deploy();
  if (threshold === 3) note('deploy', ledger.deployment);
  for (let seat = 1; seat <= seats; seat++) {
    const registered = await ledger.register(ledger.server(seat));
    const opened = await ledger.openChannel(ledger.hospital, ledger.server(seat));
    if (threshold === 3 && seat === 1) {
      note('register', registered);
      note('openChannel', opened);
    }
  }
  note(`openLedger.${at}`, await ledger.openLedger());
  for (let seat = 1; seat <= seats; seat++) {
    const joined = await ledger.join(seat);
    if (threshold === 3 && seat === 1) note('join', joined);
    if (threshold === 3 && seat === seats) note('join.last', joined);
  }
  const full = capacity(threshold);
  note(`append.${at}`, await ledger.append(full, places(SERIES, 1, 12)), full);
  const { query, receipts } = await ledger.query(ledger.run(SERIES, 0, 7));
  note(threshold === 3 ? 'query.1edge' : `query.1edge.${at}`, receipts[0]!);
  note(threshold === 3 ? 'answer.alone' : `answer.alone.${at}`, await ledger.answer(seats, query));
  if (threshold === 3) note('answer.first', await ledger.answer(1, query));
}

const places = (series: bigint, from: number, to: number): Place[] =>
  Array.from({ length: to - from + 1 }, (_, k) => ({ series, position: from + k }));

/** At (3, 5), after measureLedger. */
async function measureQueries(ledger: MeasuredLedger, note: Note): Promise<void> {
  const ask = async (name: string, edges: Edge[]) => note(name, (await ledger.query(edges)).receipts[0]!);
  note('append.one', await ledger.append(1));
  await ledger.append(capacity(3), places(SERIES, 13, 20));
  await ask('query.2edges', ledger.run(SERIES, 5, 15));
  await ask('query.2edges, one batch', ledger.run(SERIES, 5, 9));
  const ten = [];
  for (let i = 0; i < 10; i++) ten.push((await ledger.query(ledger.run(SERIES, 0, i + 1))).query);
  note('answer.ten', await ledger.answer(ledger.seats, ...ten), 10);
  note('revokeConsent', await ledger.revoke(ledger.run(SERIES, 0, 1)));

  for (const [name, records] of [
    ['query.40edges', TENTH],
    ['query.40edges, full batches', capacity(3)],
  ] as const) {
    // Position 10k + 1 is subtracted, 10k + 6 added, k = 0..19; a batch holds four of them.
    const series = BigInt(records);
    for (let batch = 0; batch < 10; batch++) {
      const held = places(series, 20 * batch + 1, 20 * batch + 20).filter(({ position }) => position % 5 === 1);
      await ledger.append(records, held);
    }
    const runs = Array.from({ length: 20 }, (_, k) => ledger.run(series, 10 * k + 1, 10 * k + 6));
    await ask(name, runs.flat());
    if (records !== TENTH) continue;
    const { receipts } = await ledger.query(runs.slice(0, 10).flat(), runs.slice(10).flat());
    note('openQuery, 20 of 40 edges', receipts[0]!);
    note('continueQuery, the other 20', receipts[1]!);
  }
}

/** At (3, 5): as in measureQueries, for a fee. */
async function measureFees(ledger: MeasuredLedger, note: Note): Promise<void> {
  const edges = ledger.run(SERIES, 0, 7);
  const fee = 3n * 10n ** 15n;
  note('stateMinimumFee', await ledger.stateMinimumFee(1, 10n ** 15n));
  const { query, receipt } = await ledger.openQuery(edges, edges, fee);
  note('query.1edge, paid', receipt);
  note("answer.alone, paid, a server's first", await ledger.answer(1, query));
  const next = (await ledger.openQuery(edges, edges, fee)).query;
  note('answer.alone, paid', await ledger.answer(1, next));
  const ten = [];
  for (let i = 0; i < 10; i++) ten.push((await ledger.openQuery(edges, edges, fee)).query);
  note('answer.ten, paid', await ledger.answer(1, ...ten), 10);
  note('withdraw', await ledger.withdraw(ledger.server(1)));
  const unfinished = ledger.run(SERIES, 5, 15);
  note('cancelQuery', await ledger.cancelQuery((await ledger.openQuery(unfinished, unfinished.slice(0, 1))).query));
  const paid = await ledger.openQuery(unfinished, unfinished.slice(0, 1), fee);
  note('cancelQuery, paid', await ledger.cancelQuery(paid.query));
  note('refund', await ledger.refund(query));
}

/** At (3, 5), after measureFees. */
async function measureComplaints(ledger: MeasuredLedger, note: Note): Promise<void> {
  const [first, second] = ledger.run(SERIES, 5, 9).map(({ record }) => record);
  note('complain', await ledger.complain(1, first!));
  note('withdrawComplaint', await ledger.withdrawComplaint(1, first!));
  for (const seat of [1, 2]) await ledger.complain(seat, second!);
  note('complain, voiding the first record', await ledger.complain(5, second!));
  note('justify', await ledger.justify(5, second!));
  note('query.1edge, after a void', (await ledger.query(ledger.run(SERIES, 0, 7))).receipts[0]!);
  note('dealKeys, 208 bytes', await ledger.dealKeys(1, 208));
  note('beginEpoch', await ledger.beginEpoch(2));
}

/** At (3, 5), at the end: the second epoch has begun. */
async function measureSeats(ledger: MeasuredLedger, note: Note): Promise<void> {
  note('resign', await ledger.resign(2));
  note('changeSeat', await ledger.changeSeat(3, 2));
}
