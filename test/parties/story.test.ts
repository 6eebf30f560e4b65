// The whole story once, through the library on an embedded chain: a CSV in, receipts checked, a consented and verified
// sum out of three of five servers, while one lies and one is silent. Then everything again from seeds and chain alone.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBigInt, type Hex, toBigInt, toHex } from '../../src/bytes.ts';
import { ContractError } from '../../src/contract/errors.ts';
import type { AnswerCall } from '../../src/contract/types.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import { type CsvIngest, ingestCsv } from '../../src/ingest/csv.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Insurer, type QuerySum } from '../../src/parties/insurer.ts';
import { checkReceipts, Patient } from '../../src/parties/patient.ts';
import { Server } from '../../src/parties/server.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import type { Receipts } from '../../src/records/receipt.ts';
import { commitment, compressed, hex, r } from '../engine/oracle.ts';
import { sendAnswers } from '../support/answers.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { type Cast, fault, linesOf, openCast, storedLines } from '../support/parties.ts';
import { busiestPatient, cents, plainTotals, rowsOf, sampleCsv } from '../support/sample.ts';

const ROWS = 1000;
const csv = sampleCsv(ROWS, 'story');
const rows = rowsOf(csv);
const patientId = busiestPatient(rows);
const expected = plainTotals(rows, patientId);
const insurerSeed = seedOf('story: insurer');

let chain: TestChain;
let cast: Cast;
let folder: string;
let stored: CsvIngest;
let receipts: Receipts;
let insurer: Insurer;
let queryId: Hex;
let patient: Patient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-story-'));
  await writeFile(join(folder, 'encounters.csv'), csv);
  chain = await startChain();
  cast = await openCast(chain, 'story', 3, 5);
  insurer = new Insurer(await chain.site(insurerSeed), insurerSeed);
  patient = new Patient(await chain.reader(), custodialSeed(cast.hospitalSeed, patientId));
});
afterAll(async () => {
  await chain?.stop();
  await rm(folder, { recursive: true });
});

/** The answer of the server at this seat to the story's query. */
async function answerOf(seat: number): Promise<AnswerCall> {
  const server = cast.servers[seat - 1]!;
  const pending = await server.pending(cast.ledgerId);
  const sealed = pending.find((one) => toHex(one.queryId) === queryId);
  return (await server.prepare(sealed!)) as AnswerCall;
}

describe('the story', () => {
  it('stores every row of the CSV, and accounts for each', async () => {
    stored = await ingestCsv(cast.hospitalSite, await cast.hospital.dealer(cast.ledgerId), {
      file: join(folder, 'encounters.csv'),
      profile: presetProfile('synthea-encounters'),
      rejectedFile: join(folder, 'rejected.csv'),
      tags: cast.hospital.tags(),
    });
    const { sums } = plainTotals(rows);
    expect(stored).toMatchObject({ rows: ROWS, stored: ROWS, rejected: 0, sent: ROWS, batches: 3 });
    expect(Object.values(stored.sums).map(cents)).toEqual(sums);
    expect((await cast.hospitalSite.contract.getLedger(cast.ledgerId)).nextRecordId).toBe(ROWS);
    expect(await storedLines(cast)).toEqual(linesOf(cast, rows));
    expect((await readFile(join(folder, 'rejected.csv'), 'utf8')).trim().split('\n').length).toBeLessThanOrEqual(1);
  });

  it('has shares that every server finds right', async () => {
    for (const server of cast.servers) {
      const seen: number[] = [];
      for await (const { records, bad } of server.check(cast.ledgerId)) {
        expect(bad).toEqual([]);
        seen.push(records);
      }
      expect(seen.reduce((a, b) => a + b)).toBe(ROWS);
    }
  });

  it('gives the patient receipts that they can check without help', async () => {
    receipts = await cast.hospital.receipts(cast.ledgerId, patient.address);
    expect(receipts.records.length).toBe(expected.records);
    const verdicts = await checkReceipts(await chain.reader(), receipts);
    expect(verdicts.filter(({ fault }) => fault !== null)).toEqual([]);
    const own = rows.filter((row) => row.patient === patientId);
    expect(receipts.records.map(({ amounts }) => amounts.map(cents))).toEqual(own.map(({ amounts }) => amounts));
    expect(await patient.records(cast.ledgerId)).toEqual(receipts.records.map(({ recordId }) => recordId));
  });

  it('takes the query that the patient consented to', async () => {
    const ids = receipts.records.map(({ recordId }) => recordId);
    const consent = patient.consent(insurer.address, cast.ledgerId, ids, await chain.deadline());
    const sent = await insurer.query(consent);
    queryId = sent.queryId;
    expect(sent.records).toBe(expected.records);
  });

  it('refuses a lie, gets no sum below the threshold and the exact one from it on', async () => {
    const attempts: (QuerySum | Awaited<ReturnType<typeof fault>>)[] = [];
    const attempt = async () => attempts.push(await insurer.sum(queryId).catch((error) => error));
    await attempt();

    const honest = await answerOf(2);
    const lie = { ...honest, y: fromBigInt((toBigInt(honest.y) + 1n) % r, 32) };
    const refused = await sendAnswers(cast.servers[1]!, [lie]).catch((error) => error);
    expect(refused).toBeInstanceOf(ContractError);
    expect(refused).toMatchObject({ errorName: 'WrongAnswer', code: 'WRONG_ANSWER' });
    expect(refused.message).toContain('seat 2');

    // Seat 2 lied and seat 4 stays silent for now: 5, 1 and 3 answer.
    for (const seat of [5, 1, 3]) {
      await sendAnswers(cast.servers[seat - 1]!, [await answerOf(seat)]);
      await attempt();
    }
    for (const [answers, failed] of attempts.slice(0, 3).entries()) {
      expect(failed).toMatchObject({ code: 'TOO_FEW_ANSWERS', details: { answers, threshold: 3 } });
    }
    expect(attempts[3]).toMatchObject({ amounts: expected.sums, records: expected.records, seats: [5, 1, 3] });

    // The liar and the silent one answer honestly at last: so every number of answers has been tried.
    for (const seat of [2, 4]) {
      await sendAnswers(cast.servers[seat - 1]!, [await answerOf(seat)]);
      await attempt();
    }
    expect(attempts.slice(4)).toMatchObject([{ amounts: expected.sums }, { amounts: expected.sums }]);
    expect(await cast.servers[0]!.pending(cast.ledgerId)).toEqual([]);
  });

  it('ends with a proof of the sum that anyone can check', async () => {
    const { opening, amounts } = await insurer.sum(queryId);
    const M = ((amounts[0]! + (amounts[1]! << 62n)) % r) + (amounts[0]! + (amounts[1]! << 62n) < 0n ? r : 0n);
    expect(BigInt(opening.sum)).toBe(M);
    expect(opening.commitment).toBe(`0x${hex(compressed([commitment(M, BigInt(opening.blinding))]))}`);
    for await (const { sums } of (await chain.reader()).events.read('QuerySealed', {})) {
      expect(toHex(chain.engine.compress(sums.subarray(0, 64)))).toBe(opening.commitment);
    }
  });
});

describe('from seed and chain alone, in new objects', () => {
  it('the hospital reads every amount back as the CSV has it, and makes the same receipts', async () => {
    const hospital = new Hospital(await chain.site(cast.hospitalSeed), cast.hospitalSeed);
    expect(await storedLines({ ...cast, hospital })).toEqual(linesOf(cast, rows));
    expect(await hospital.receipts(cast.ledgerId, patient.address)).toEqual(receipts);
  });

  it('the hospital knows each record by its id', async () => {
    const { recordKey } = await import('../../src/records/record-key.ts');
    const hospital = new Hospital(await chain.reader(), cast.hospitalSeed);
    const { dealingKey } = await hospital.dealer(cast.ledgerId);
    const keys: string[] = [];
    for await (const { key } of hospital.readBack(cast.ledgerId)) keys.push(key);
    expect(keys).toEqual(rows.map(({ id }) => toHex(recordKey(dealingKey, { id: id! }))));
  });

  it('a server answers as it did', async () => {
    const server = new Server(await chain.site(cast.serverSeeds[3]!), cast.serverSeeds[3]!);
    for await (const sealed of (await chain.reader()).events.read('QuerySealed', { ledgerId: cast.ledgerId })) {
      const again = (await server.prepare(sealed)) as AnswerCall;
      for await (const { y, w } of (await chain.reader()).events.read('AnswerAccepted', {
        queryId: sealed.queryId,
        seat: 4,
      })) {
        expect([again.y, again.w]).toEqual([y, w]);
      }
      expect(await fault(sendAnswers(server, [again]))).toMatchObject({ code: 'ALREADY_ANSWERED' });
    }
    expect(await server.ledgers()).toEqual([cast.ledgerId]);
  });

  it('the insurer opens the same sum', async () => {
    const again = new Insurer(await chain.site(insurerSeed), insurerSeed);
    expect(await again.sum(queryId)).toEqual(await insurer.sum(queryId));
  });

  it('another seed has nothing', async () => {
    const otherSeed = seedOf('story: stranger');
    const site = await chain.site(otherSeed);
    expect(await fault(new Insurer(site, otherSeed).sum(queryId))).toMatchObject({ code: 'NOT_YOUR_QUERY' });
    expect(await fault(new Hospital(site, otherSeed).receipts(cast.ledgerId, patient.address))).toMatchObject({
      code: 'NOT_THE_HOSPITAL',
    });
    expect(await fault(new Server(site, otherSeed).pending(cast.ledgerId))).toMatchObject({ code: 'NOT_A_MEMBER' });
    expect(await new Server(site, otherSeed).ledgers()).toEqual([]);
  });
});
