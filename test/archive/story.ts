// Two ledgers on one chain whose events stand mixed, as an archive of one of them must sort them out: keys of two epochs,
// batches, a query over two transactions, one that is not complete, answers, complaints, revocations, an insurer with channels;
// and noise at full size.
import { concat, toHex } from '../../src/bytes.ts';
import type { MIStoreContract } from '../../src/contract/client.ts';
import { committeeAfter } from '../../src/contract/ledger-id.ts';
import { consentDigest, signRevocation } from '../../src/contract/signing.ts';
import type { BatchCall } from '../../src/contract/types.ts';
import { batchLeaves } from '../../src/records/batch.ts';
import { BatchTree } from '../../src/records/merkle.ts';
import { recordBytes } from '../../src/records/record.ts';
import { keyList } from '../../src/vss/subset-keys.ts';
import { keyOf, type TestChain } from '../support/chain.ts';
import {
  deploymentOf,
  drawBytes,
  engine,
  makeBatch,
  openLedger,
  openNoChannels,
  registerNoKey,
  type TestBatch,
  type TestLedger,
} from '../support/ledger.ts';
import { makeQuery, type TestQuery } from '../support/query.ts';

export interface Story {
  ledger: TestLedger;
  other: TestLedger;
  batches: TestBatch[];
  insurer: MIStoreContract;
  /** Ids of the queries of `ledger`: sealed with answers of the seats 1 and 3; open; opened and then revoked. */
  sealed: string;
  open: string;
  stopped: string;
  /** And of the other ledger's. */
  foreign: string;
  /** A consent that was revoked before any query used it. */
  revoked: string;
  /** Records of which a complaint stands; was withdrawn; was justified; and one that is void. */
  complaints: { standing: number; withdrawn: number; justified: number; isVoid: number };
}

const PATIENTS = [['Ann', 'Bob', 'Ann'], ['Bob', 'Ann'], ['Ann'], ['Bob', 'Bob', 'Ann', 'Ann', 'Ann']];

export async function tellStory(chain: TestChain, name = 'story'): Promise<Story> {
  const ledger = await openLedger(chain, `${name} one`, { threshold: 2, seats: 3 }, { minRecords: 4 });
  const other = await openLedger(chain, `${name} other`, { threshold: 1, seats: 1 });
  for (const one of [ledger, other]) await dealNoKeys(one, 1);
  const batches: TestBatch[] = [];
  let records = 0;
  for (const [index, patients] of PATIENTS.entries()) {
    batches.push(makeBatch(ledger, index, records, patients));
    records += patients.length;
    await ledger.hospital.appendBatch(batches[index]!.call);
    await other.hospital.appendBatch(makeBatch(other, index, index, ['Eve']).call);
  }
  const insurer = await chain.contract(`${name} insurer`);
  await registerNoKey(insurer, `${name} insurer`);
  await openNoChannels(insurer, `${name} insurer`, [...ledger.servers, ...other.servers]);
  const query = async (asked: TestQuery, parts: number[], of = ledger, seats: number[] = []) => {
    let done = 0;
    for (const count of parts) {
      const part = asked.part(done, done + count);
      if (done === 0) await insurer.openQuery({ ...asked, ...part });
      else await insurer.continueQuery({ consent: asked.consent, progress: asked.progress(done), ...part });
      done += count;
    }
    for (const seat of seats) await of.servers[seat - 1]!.answer(of.ledgerId, [asked.answerOf(seat)]);
    return toHex(consentDigest(deploymentOf(insurer), asked.consent));
  };
  const revoke = async ({ consent }: TestQuery, patient: string) => {
    const digest = consentDigest(deploymentOf(insurer), consent);
    await insurer.revokeConsent(consent, signRevocation(keyOf(patient), deploymentOf(insurer), digest));
    return toHex(digest);
  };
  const foreign = await query(makeQuery(other, insurer, 'Eve', [2, 3]), [2], other, [1]);
  const sealed = await query(makeQuery(ledger, insurer, 'Ann', [2, 3, 5, 6, 7]), [1, 3], ledger, [1, 3]);
  const complaints = await complain(ledger);
  const open = await query(makeQuery(ledger, insurer, 'Bob', [2, 3]), [1]);
  const unfinished = makeQuery(ledger, insurer, 'Ann', [1, 3]);
  const stopped = await query(unfinished, [2]);
  await revoke(unfinished, 'Ann');
  const revoked = await revoke(makeQuery(ledger, insurer, 'Ann', [1]), 'Ann');
  await refresh(ledger);
  return { ledger, other, batches, insurer, sealed, open, stopped, foreign, revoked, complaints };
}

/** Publishes the list of the keys, and packets that nobody can open. */
export async function dealNoKeys({ ledgerId, keys, servers, hospital }: TestLedger, epoch: number): Promise<void> {
  const deal = { ledgerId, epoch, part: 0 };
  await hospital.dealKeys({ ...deal, seat: 0, ciphertext: keyList(keys) });
  for (const [s] of servers.entries()) {
    await hospital.dealKeys({ ...deal, seat: s + 1, ciphertext: drawBytes(`packet ${s + 1}`, 80) });
  }
}

/** Complaints about four records of batch 3. Of its records, Ann's at position 5 and Bob's at 3 and 4 are at no edge. */
async function complain(ledger: TestLedger): Promise<Story['complaints']> {
  const { ledgerId, hospital, servers } = ledger;
  const { firstRecordId, records, shares, keys, commitments, tree } = ledger.made[3]!;
  const recordOf = (patient: string, position: number) =>
    firstRecordId + records.findIndex((record) => record.patient === patient && record.position === position);
  const complaints = {
    standing: recordOf('Ann', 5),
    withdrawn: recordOf('Ann', 7),
    justified: recordOf('Ann', 6),
    isVoid: recordOf('Bob', 4),
  };
  const file = (seat: number, recordId: number) =>
    servers[seat - 1]!.complain({ ledgerId, batch: 3, root: tree.root, recordId });
  await file(1, complaints.standing);
  await file(2, complaints.withdrawn);
  await file(3, complaints.justified);
  await file(1, complaints.isVoid);
  await file(2, complaints.isVoid);
  await servers[1]!.withdrawComplaint(ledgerId, complaints.withdrawn);
  const k = complaints.justified - firstRecordId;
  const points = engine.decompress(commitments.subarray(64 * k, 64 * (k + 1)));
  const opened = shares[2]!.subarray(64 * k, 64 * (k + 1));
  await hospital.justify({
    ledgerId,
    batch: 3,
    recordId: complaints.justified,
    seat: 3,
    share: opened.subarray(0, 32),
    blinding: opened.subarray(32),
    record: concat(records[k]!.tag, keys.subarray(8 * k, 8 * (k + 1)), points),
    path: concat(...tree.path(k)),
  });
  return complaints;
}

/** New keys for the same seats, which are named as those of the first epoch: nobody here can tell. All servers join. */
async function refresh(ledger: TestLedger): Promise<void> {
  const { ledgerId, hospital, servers, digest } = ledger;
  await hospital.beginEpoch({ ledgerId, epoch: 2, digest });
  await dealNoKeys(ledger, 2);
  for (const server of servers) await server.join({ ledgerId, epoch: 2, digest });
  if ((await hospital.getLedger(ledgerId)).committee.some((byte, i) => byte !== committeeAfter(ledgerId)[i])) {
    throw new Error('the contract has another committee hash');
  }
}

/** The next batch of a ledger whose epoch is the second. */
export function nextBatch(
  ledger: TestLedger,
  index: number,
  firstRecordId: number,
  patients: readonly string[],
): BatchCall {
  const batch = makeBatch(ledger, index, firstRecordId, patients);
  const call = { ...batch.call, epoch: 2 };
  const leaves = batchLeaves(engine, ledger.committee.threshold, { ...call, index, firstRecordId });
  batch.tree = new BatchTree(engine, leaves);
  return call;
}

/** Records that the contract takes: canonical coordinates and scalars, not points. */
function noise({ ledgerId, committee }: TestLedger, index: number, count: number): Uint8Array {
  const size = recordBytes(committee.threshold);
  const records = drawBytes(`noise ${toHex(ledgerId)} ${index}`, size * count);
  for (let k = 0; k < count; k++) {
    new DataView(records.buffer).setUint32(size * k, k); // ascending tags
    for (let j = 0; j < committee.threshold; j++) records[size * k + 28 + 32 * j]! &= 0x8f;
    records[size * (k + 1) - 32] = 0;
  }
  return records;
}

/** Appends batches of 128 KB of noise to an empty ledger. */
export async function appendNoise(ledger: TestLedger, batches: number): Promise<number> {
  const { ledgerId, committee } = ledger;
  const count = Math.floor((128 * 1024 - 512) / recordBytes(committee.threshold));
  const settled: Promise<unknown>[] = [];
  let previous = ledgerId;
  for (let index = 0; index < batches; index++) {
    const [nonce, source] = [drawBytes(`${index}`, 16), drawBytes(`${index}`, 32)];
    const call = { ledgerId, previous, epoch: 1, nonce, source, records: noise(ledger, index, count) };
    settled.push((await ledger.hospital.submitBatch(call)).settled);
    const event = { ...call, index, firstRecordId: index * count };
    previous = new BatchTree(engine, batchLeaves(engine, committee.threshold, event)).root;
  }
  await Promise.all(settled);
  return count;
}

export async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const event of events) list.push(event);
  return list;
}
