// The whole story once, through the library on an embedded chain: a CSV in, receipts checked, a consented and verified
// sum out of three of five servers, while one lies and one is silent. Then everything again from seeds and chain alone.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBigInt, fromHex, type Hex, toBigInt, toHex } from '../../src/bytes.ts';
import { ContractError } from '../../src/contract/errors.ts';
import type { AnswerCall } from '../../src/contract/types.ts';
import { custodialSeed, dealingKey } from '../../src/identity/keys.ts';
import { type FileIngest, ingestFile } from '../../src/ingest/file.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Insurer, type QuerySum } from '../../src/parties/insurer.ts';
import { checkReceipts, Patient } from '../../src/parties/patient.ts';
import { Server } from '../../src/parties/server/server.ts';
import { formatSumProof, parseSumProof, verifySumProof } from '../../src/parties/sum-proof.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import type { Receipts } from '../../src/records/receipts/receipt.ts';
import { RecordKeys } from '../../src/records/record.ts';
import { commitment, compressed, hex, Point, r } from '../engine/oracle.ts';
import { sendAnswers } from '../support/answers.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { type Cast, fault, linesOf, openCast, storedLines, storedRows } from '../support/parties.ts';
import { busiestPatient, cents, plainTotals, rowsOf, sampleCsv } from '../support/sample.ts';

const ROWS = 900;
const csv = sampleCsv(ROWS, 'story');
const rows = rowsOf(csv);
const patientId = busiestPatient(rows);
const expected = plainTotals(rows, patientId);
const insurerSeed = seedOf('story: insurer');

let chain: TestChain;
let cast: Cast;
let folder: string;
let stored: FileIngest;
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
  expect((await server.pending(cast.ledgerId)).map(toHex)).toContain(queryId);
  return (await server.prepare(cast.ledgerId, fromHex(queryId))) as AnswerCall;
}

/** The point that 32 bytes name: x, and the parity of y above it. */
function pointOf(bytes: Uint8Array) {
  const word = toBigInt(bytes);
  const x = BigInt.asUintN(255, word);
  const y = Point.Fp.sqrt(Point.Fp.create(x ** 3n + 3n));
  return Point.fromAffine({ x, y: (y & 1n) === word >> 255n ? y : Point.Fp.neg(y) });
}

const send = async (seat: number) => sendAnswers(cast.servers[seat - 1]!, cast.ledgerId, [await answerOf(seat)]);

describe('the story', () => {
  it('stores every row of the CSV, and accounts for each', async () => {
    stored = await ingestFile(cast.hospitalSite, await cast.hospital.dealer(cast.ledgerId), {
      file: join(folder, 'encounters.csv'),
      profile: presetProfile('synthea-encounters'),
      rejectedFile: join(folder, 'rejected.csv'),
      accounts: cast.hospital.accounts(),
    });
    const { sums } = plainTotals(rows);
    expect(stored).toMatchObject({ rows: ROWS, stored: ROWS, rejected: 0, sent: ROWS, batches: 2 });
    expect(Object.values(stored.sums).map(cents)).toEqual(sums);
    expect((await cast.hospitalSite.contract.getLedger(cast.ledgerId)).nextRecordId).toBe(ROWS);
    expect(await storedLines(cast, rows)).toEqual(linesOf(rows));
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
    receipts = await cast.hospital.receipts(cast.ledgerId, patientId);
    expect(receipts.records.length).toBe(expected.records);
    const { verdicts, missing } = await checkReceipts(await chain.reader(), receipts);
    expect(verdicts.filter(({ fault }) => fault !== null)).toEqual([]);
    expect(missing).toEqual([]);
    for (const category of receipts.terms.categories) {
      const own = rows.filter((row) => row.patient === patientId && row.category === category);
      const series = receipts.records.filter((receipt) => receipt.category === category);
      expect(series.map(({ position }) => position)).toEqual(own.map((_, k) => k + 1));
      expect(series.map(({ amounts }) => amounts.map(cents))).toEqual(own.map(({ amounts }) => amounts));
    }
  });

  it('takes the query that the patient consented to', async () => {
    const ids = receipts.records.map(({ recordId }) => recordId);
    const consent = patient.consent(insurer.address, receipts, ids, await chain.deadline());
    const sent = await insurer.query(consent);
    queryId = sent.queryId;
    expect(sent.records).toBe(expected.records);
    // Of each series only the last record: all the others stay unseen.
    expect(sent.edges).toBe(new Set(receipts.records.map(({ category }) => category)).size);
    expect(sent.edges).toBeLessThan(sent.records);
  });

  it('refuses a lie, gets no sum below the threshold and the exact one from it on', async () => {
    const attempts: (QuerySum | Awaited<ReturnType<typeof fault>>)[] = [];
    const attempt = async () => attempts.push(await insurer.sum(queryId).catch((error) => error));
    await attempt();

    const honest = await answerOf(2);
    const lie = { ...honest, y: fromBigInt((toBigInt(honest.y) + 1n) % r, 32) };
    const refused = await sendAnswers(cast.servers[1]!, cast.ledgerId, [lie]).catch((error) => error);
    expect(refused).toBeInstanceOf(ContractError);
    expect(refused).toMatchObject({ errorName: 'WrongAnswers', code: 'WRONG_ANSWERS' });
    expect(refused.message).toContain('seat 2');

    // Seat 2 lied and seat 4 stays silent for now: 5, 1 and 3 answer.
    for (const seat of [5, 1, 3]) {
      await send(seat);
      await attempt();
    }
    for (const [answers, failed] of attempts.slice(0, 3).entries()) {
      expect(failed).toMatchObject({ code: 'TOO_FEW_ANSWERS', details: { answers, threshold: 3 } });
    }
    expect(attempts[3]).toMatchObject({ amounts: expected.sums, records: expected.records, seats: [5, 1, 3] });

    // Threshold answers are enough: nobody asks the others any more, but the contract still takes theirs.
    expect(await cast.servers[1]!.pending(cast.ledgerId)).toEqual([]);
    const late = (await cast.servers[3]!.prepare(cast.ledgerId, fromHex(queryId))) as AnswerCall;
    await sendAnswers(cast.servers[3]!, cast.ledgerId, [late]);
    await attempt();
    expect(attempts[4]).toMatchObject({ amounts: expected.sums });
    expect(await cast.servers[0]!.pending(cast.ledgerId)).toEqual([]);
  });

  it('ends with a proof of the sum that anyone can check', async () => {
    const { proof, amounts } = await insurer.sum(queryId);
    const encoded = amounts[0]! + (amounts[1]! << 62n);
    const M = encoded < 0n ? encoded + r : encoded;
    expect(BigInt(proof.sum)).toBe(M);
    // What the proof opens, by independent arithmetic: every edge of this query is added.
    const firsts = proof.signed.edges.map(({ commitments }) => pointOf(commitments.subarray(0, 32)));
    const sum = firsts.reduce((a, b) => a.add(b));
    expect(hex(compressed([commitment(M, BigInt(proof.blinding))]))).toBe(hex(compressed([sum])));
    const read = parseSumProof(formatSumProof(proof));
    expect(await verifySumProof(await chain.reader(), read)).toMatchObject({
      queryId,
      records: expected.records,
      amounts: expected.sums,
    });
  });
});

describe('from seed and chain alone, in new objects', () => {
  it('the hospital reads every amount back as the CSV has it, and makes the same receipts', async () => {
    const hospital = new Hospital(await chain.site(cast.hospitalSeed), cast.hospitalSeed);
    expect(await storedLines({ ...cast, hospital }, rows)).toEqual(linesOf(rows));
    expect(await hospital.receipts(cast.ledgerId, patientId)).toEqual(receipts);
  });

  it('the hospital knows each record by its id', async () => {
    const keys = new RecordKeys(dealingKey(cast.hospitalSeed), cast.ledgerId);
    const stored = await storedRows(cast, rows);
    expect(stored.map(({ key }) => key).sort()).toEqual(rows.map(({ id }) => toHex(keys.key({ id: id! }))).sort());
    expect(new Set(stored.map(({ key }) => key)).size).toBe(ROWS);
  });

  it('a server answers as it did', async () => {
    const server = new Server(await chain.site(cast.serverSeeds[3]!), cast.serverSeeds[3]!);
    const again = (await server.prepare(cast.ledgerId, fromHex(queryId))) as AnswerCall;
    const answers = await insurer.answers(fromHex(queryId));
    expect({ y: again.y, w: again.w, seat: 4 }).toEqual(answers.find(({ seat }) => seat === 4));
    expect(await fault(sendAnswers(server, cast.ledgerId, [again]))).toMatchObject({ code: 'ALREADY_ANSWERED' });
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
    expect(await fault(new Hospital(site, otherSeed).receipts(cast.ledgerId, patientId))).toMatchObject({
      code: 'NOT_THE_HOSPITAL',
    });
    expect(await fault(new Server(site, otherSeed).pending(cast.ledgerId))).toMatchObject({ code: 'NOT_A_MEMBER' });
    expect(await new Server(site, otherSeed).ledgers()).toEqual([]);
  });
});
