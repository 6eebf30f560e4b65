// A reorganisation after a patient has consented: the blocks with the batch are taken out of the chain, and the hospital stores
// other amounts, under the same record ids, tags and keys. What was signed names contents, so nobody believes the new ones to be meant.
// Where the same contents come back, everything is as it was.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, type Hex } from '../../src/bytes.ts';
import type { EventSource } from '../../src/contract/events.ts';
import type { ContractEvent } from '../../src/contract/types.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import type { IngestRow } from '../../src/ingest/ingest.ts';
import type { Site } from '../../src/ledger/site.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { checkReceipts, Patient } from '../../src/parties/patient.ts';
import { Server } from '../../src/parties/server/server.ts';
import { formatSumProof, type SumProof, verifySumProof } from '../../src/parties/sum-proof.ts';
import type { SignedConsent } from '../../src/records/consent-file.ts';
import type { Receipts } from '../../src/records/receipts/receipt.ts';
import { sendAnswers } from '../support/answers.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { type Cast, fault, hospitalOf, openCast, storeRows } from '../support/parties.ts';
import { busiestPatient, plainTotals, rowsOf, sampleCsv } from '../support/sample.ts';

const rows = rowsOf(sampleCsv(60, 'reorganised records', 3));
const patientId = busiestPatient(rows);
const own = rows.filter(({ patient }) => patient === patientId);
/** A cent more in the patient's second row of its category, which changes all totals from there on. */
const changedRow = own.filter(({ category }) => category === own[0]!.category)[1]!;
const otherRows = rows.map((row) => (row === changedRow ? { ...row, amounts: row.amounts.map((a) => a + 1n) } : row));

let chain: TestChain;
let cast: Cast;
let patient: Patient;
/** Before the batch. */
let snapshot: string;
/** Of the chain that is gone. */
let receipts: Receipts;
let signed: SignedConsent;
let queryId: Hex;
let opened: ContractEvent<'QueryOpened'>;
let proof: SumProof;
/** Servers that have answered on the chain that is gone, and remember what they read there. */
let remembering: Server[];

beforeAll(async () => {
  chain = await startChain();
  cast = await openCast(chain, 'reorganised records', 2, 3);
  patient = new Patient(await chain.reader(), custodialSeed(cast.hospitalSeed, patientId));
  snapshot = await chain.rpc.call('evm_snapshot');
  receipts = await stored(rows);
  const insurer = await insurerNow();
  const ids = receipts.records.filter(({ category }) => category === own[0]!.category).map(({ recordId }) => recordId);
  signed = patient.consent(insurer.address, receipts, ids, await chain.deadline(100_000));
  queryId = (await insurer.query(signed)).queryId;
  remembering = await answered(queryId);
  ({ proof } = await insurer.sum(queryId));
  const events: ContractEvent<'QueryOpened'>[] = [];
  for await (const event of cast.hospitalSite.events.read('QueryOpened', {})) events.push(event);
  [opened] = events as [ContractEvent<'QueryOpened'>];
});
afterAll(() => chain?.stop());

/** Stores the rows by new objects, whose nonces are those of the chain as it is; the patient's receipts of them. */
async function stored(list: readonly IngestRow[]): Promise<Receipts> {
  const { site, hospital } = await hospitalOf(cast);
  await storeRows({ ...cast, hospitalSite: site, hospital }, list);
  return hospital.receipts(cast.ledgerId, patientId);
}

async function insurerNow(): Promise<Insurer> {
  const seed = seedOf('reorganised records: insurer');
  return new Insurer(await chain.site(seed), seed);
}

/** Two servers answer a query. */
async function answered(queryId: Hex): Promise<Server[]> {
  const servers: Server[] = [];
  for (const seed of cast.serverSeeds.slice(0, 2)) {
    const server = new Server(await chain.site(seed), seed);
    const answer = await server.prepare(cast.ledgerId, fromHex(queryId));
    if (typeof answer === 'string') throw new Error(answer);
    await sendAnswers(server, cast.ledgerId, [answer]);
    servers.push(server);
  }
  return servers;
}

async function reorganise(list: readonly IngestRow[]): Promise<Receipts> {
  expect(await chain.rpc.call('evm_revert', [snapshot])).toBe(true);
  snapshot = await chain.rpc.call('evm_snapshot');
  return stored(list);
}

/** An endpoint that still tells the opening of the query, which the chain has no more. */
function withOldQuery(site: Site): Site {
  const events = {
    ...site.events,
    readBatches: site.events.readBatches.bind(site.events),
    readBatch: site.events.readBatch.bind(site.events),
    read: ((names: string, where: never) =>
      names === 'QueryOpened' ? tellOld() : site.events.read(names as never, where)) as EventSource['read'],
  };
  return { ...site, events };
}

async function* tellOld() {
  yield opened;
}

describe('other amounts under the same record ids', () => {
  let now: Receipts;
  beforeAll(async () => {
    now = await reorganise(otherRows);
  });

  it('are other records with the same names', () => {
    const named = ({ records }: Receipts) =>
      records.map(({ recordId, category, position, salt, key }) => ({ recordId, category, position, salt, key }));
    expect(named(now)).toEqual(named(receipts));
    const same = now.records.filter((record, k) => record.blinding === receipts.records[k]!.blinding);
    expect(same).toEqual([]);
  });

  it('are not what the insurer can ask for, or has a sum of', async () => {
    const insurer = await insurerNow();
    expect(await fault(insurer.query(signed))).toMatchObject({ code: 'INVALID_PROOF' });
    expect((await cast.hospitalSite.contract.queryState(fromHex(queryId))).status).toBe('none');
    expect(await fault(insurer.sum(queryId))).toMatchObject({ code: 'QUERY_NOT_SEALED', details: { status: 'none' } });
    expect(await fault(verifySumProof(await chain.reader(), proof))).toMatchObject({
      code: 'INVALID_SUM_PROOF',
      message: expect.stringContaining('sealed no such query'),
    });
  });

  it('get no share out of a server, whether it is new or remembers, or is still told of the query', async () => {
    const before = await chain.rpc.call('eth_blockNumber');
    const seed = cast.serverSeeds[2]!;
    const site = await chain.site(seed);
    for (const server of [...remembering, new Server(site, seed)]) {
      expect(await fault(server.prepare(cast.ledgerId, fromHex(queryId)))).toMatchObject({ code: 'UNKNOWN_QUERY' });
      expect(await server.pending(cast.ledgerId)).toEqual([]);
    }
    const told = new Server(withOldQuery(site), seed);
    expect(await fault(told.prepare(cast.ledgerId, fromHex(queryId)))).toMatchObject({
      code: 'INVALID_QUERY',
      message: expect.stringMatching(/not those that the patient signed/),
    });
    expect(await chain.rpc.call('eth_blockNumber')).toBe(before);
  });

  it('are found out by the receipts, old and new', async () => {
    const site = await chain.reader();
    const { verdicts } = await checkReceipts(site, receipts);
    expect(verdicts).toHaveLength(own.length);
    expect(verdicts.filter((verdict) => verdict.fault === null)).toEqual([]);
    const fresh = await checkReceipts(site, now);
    expect(fresh.missing).toEqual([]);
    expect(fresh.verdicts.every((verdict) => verdict.fault === null)).toBe(true);
  });

  it('have a sum of their own, once the patient has consented to them', async () => {
    const insurer = await insurerNow();
    const ids = now.records.filter(({ category }) => category === own[0]!.category).map(({ recordId }) => recordId);
    const consent = patient.consent(insurer.address, now, ids, await chain.deadline());
    const asked = (await insurer.query(consent)).queryId;
    await answered(asked);
    const expected = plainTotals(
      otherRows.filter((row) => row.patient === patientId && row.category === own[0]!.category),
    );
    expect((await insurer.sum(asked)).amounts).toEqual(expected.sums);
  });
});

describe('the same amounts, stored again', () => {
  it('are the same bytes: the consent is good for them, and the receipts and the sum are what they were', async () => {
    expect(await reorganise(rows)).toEqual(receipts);
    const { verdicts, missing } = await checkReceipts(await chain.reader(), receipts);
    expect(verdicts.every((verdict) => verdict.fault === null)).toBe(true);
    expect(missing).toEqual([]);
    const insurer = await insurerNow();
    expect((await insurer.query(signed)).queryId).toBe(queryId);
    await answered(queryId);
    expect(formatSumProof((await insurer.sum(queryId)).proof)).toBe(formatSumProof(proof));
    await verifySumProof(await chain.reader(), proof);
  });
});
