// Two ledgers on one chain whose events stand mixed, as an archive of one of them must sort them out: batches, a query
// over several transactions, an unfinished one, answers, a revocation, an insurer with channels; and noise at full size.
import { toHex } from '../../src/bytes.ts';
import type { MIStoreContract } from '../../src/contract/client.ts';
import { consentDigest, signRevocation } from '../../src/contract/signing.ts';
import type { ContractEvent } from '../../src/contract/types.ts';
import { recordBytes } from '../../src/records/record.ts';
import { keyOf, type TestChain } from '../support/chain.ts';
import {
  drawBytes,
  makeBatch,
  makeQuery,
  openLedger,
  partOf,
  type TestBatch,
  type TestLedger,
} from '../support/ledger.ts';

export interface Story {
  ledger: TestLedger;
  other: TestLedger;
  batches: TestBatch[];
  insurer: MIStoreContract;
  /** Ids of the queries of `ledger`: sealed with answers of the seats 1 and 3; open. */
  sealed: string;
  open: string;
  /** And of the other ledger's. */
  foreign: string;
  revoked: string;
}

const PATIENTS = [['Ann', 'Bob', 'Ann'], ['Bob', 'Ann'], ['Ann'], ['Bob', 'Bob', 'Ann', 'Ann', 'Ann']];

export async function tellStory(chain: TestChain, name = 'story'): Promise<Story> {
  const ledger = await openLedger(chain, `${name} one`, { threshold: 2, seats: 3 });
  const other = await openLedger(chain, `${name} other`, { threshold: 1, seats: 1 });
  const batches: TestBatch[] = [];
  let records = 0;
  for (const [index, patients] of PATIENTS.entries()) {
    batches.push(makeBatch(ledger, index, records, patients));
    records += patients.length;
    await ledger.hospital.appendBatch(batches[index]!.call);
    await other.hospital.appendBatch(makeBatch(other, index, index, ['Eve']).call);
  }
  const insurer = await chain.contract(`${name} insurer`);
  await insurer.register(drawBytes(`${name} insurer`, 1216));
  for (const { account } of [...ledger.servers, ...other.servers]) {
    await insurer.openChannel(account, drawBytes('channel', 1120));
  }
  const deployment = { chainId: insurer.chainId, contract: insurer.address };
  const query = async (
    of: TestLedger,
    patient: string,
    steps: [TestBatch, number[]][],
    send: number,
    answers: number[],
  ) => {
    const chosen = steps.map(([batch, numbers]) => ({ batch, numbers }));
    const asked = makeQuery(of, insurer, patient, chosen);
    let events: ContractEvent[] = [];
    let progress: ContractEvent<'QueryExtended'>['progress'] | undefined;
    for (const [batch, numbers] of steps.slice(0, send)) {
      const part = [partOf(of, batch, numbers)];
      const sent = progress
        ? await insurer.continueQuery(asked.consent, asked.masks, progress, part)
        : await insurer.query(asked.consent, asked.signature, asked.masks, part);
      events = sent.events;
      progress = events.find((event) => event.event === 'QueryExtended')!.progress;
    }
    const sealed = events.find((event) => event.event === 'QuerySealed');
    for (const seat of answers) await of.servers[seat - 1]!.answer([asked.answerOf(seat, sealed!)]);
    return toHex(consentDigest(deployment, asked.consent));
  };
  const otherBatch = makeBatch(other, 0, 0, ['Eve']);
  const [first, second, , last] = batches as [TestBatch, TestBatch, TestBatch, TestBatch];
  const foreign = await query(other, 'Eve', [[otherBatch, [0]]], 1, [1]);
  const sealed = await query(
    ledger,
    'Ann',
    [
      [first, [0, 2]],
      [second, [1]],
      [last, [2, 3, 4]],
    ],
    3,
    [1, 3],
  );
  const open = await query(
    ledger,
    'Bob',
    [
      [first, [1]],
      [last, [0, 1]],
    ],
    1,
    [],
  );

  const { consent } = makeQuery(ledger, insurer, 'Ann', [{ batch: first, numbers: [0] }]);
  const digest = consentDigest(deployment, consent);
  await insurer.revokeConsent(consent, signRevocation(keyOf('Ann'), deployment, digest));
  return { ledger, other, batches, insurer, sealed, open, foreign, revoked: toHex(digest) };
}

/** Records that the contract takes: canonical coordinates, not points. */
function noise(ledger: TestLedger, index: number, count: number): Uint8Array {
  const size = recordBytes(ledger.committee);
  const records = drawBytes(`noise ${ledger.ledgerId} ${index}`, size * count);
  for (let k = 0; k < count; k++) {
    for (let j = 0; j < ledger.committee.threshold; j++) records[size * k + 28 + 32 * j]! &= 0x8f;
  }
  return records;
}

/** Appends batches of 128 KB of noise from number `from` on. */
export async function appendNoise(ledger: TestLedger, from: number, batches: number): Promise<number> {
  const count = Math.floor((128 * 1024 - 512) / recordBytes(ledger.committee));
  const settled: Promise<unknown>[] = [];
  for (let index = from; index < from + batches; index++) {
    const records = noise(ledger, index, count);
    const call = {
      ledgerId: ledger.ledgerId,
      index,
      nonce: drawBytes(`${index}`, 16),
      source: drawBytes(`${index}`, 32),
    };
    settled.push((await ledger.hospital.submitBatch({ ...call, records })).settled);
  }
  await Promise.all(settled);
  return count;
}

export async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const event of events) list.push(event);
  return list;
}
