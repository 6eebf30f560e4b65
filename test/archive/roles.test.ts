// Every role at a node that has pruned its logs, with an archive: receipts, their check, consent, query, shares, answers,
// the sum. Three such nodes: one that says so, one that just answers nothing, one that keeps what is newer than the archive.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportArchive } from '../../src/archive/export.ts';
import { verifyArchive } from '../../src/archive/verify.ts';
import { toHex } from '../../src/bytes.ts';
import { consentDigest } from '../../src/contract/signing.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import { deploymentOf, type Site } from '../../src/ledger/site.ts';
import { audit } from '../../src/parties/audit.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { checkReceipts, Patient } from '../../src/parties/patient.ts';
import { Server } from '../../src/parties/server/server.ts';
import type { SignedConsent } from '../../src/records/consent-file.ts';
import type { Receipts } from '../../src/records/receipts/receipt.ts';
import { sendAnswers } from '../support/answers.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint/proxy.ts';
import { type Cast, openCast, storeRows } from '../support/parties.ts';
import { plainTotals, rowsOf, sampleCsv } from '../support/sample.ts';

const THRESHOLD = 2;
const rows = rowsOf(sampleCsv(330, 'archive', 1));
const { patient: patientId } = rows[0]!;
/** Every second record of each series: each is a run of its own, so that the query takes two transactions. */
const chosen = (receipts: Receipts) => receipts.records.filter(({ position }) => position % 2 === 0);
const seconds = [...new Set(rows.map(({ category }) => category))].flatMap((category) =>
  rows.filter((row) => row.category === category).filter((_, k) => k % 2 === 1),
);
const expected = plainTotals(seconds);

let chain: TestChain;
let cast: Cast;
let folder: string;
let endpoint: Endpoint;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-archive-'));
  chain = await startChain();
  cast = await openCast(chain, 'pruned', THRESHOLD, 3);
  await storeRows(cast, rows);
  endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
});
afterAll(async () => {
  await endpoint?.stop();
  await chain?.stop();
  await rm(folder, { recursive: true });
});

const refused = { error: { code: 4444, message: 'pruned history unavailable' } };
const NODES: [string, (since: number) => Endpoint['answer'], later: boolean][] = [
  ['refuses all logs', () => (call, forward) => (call.method === 'eth_getLogs' ? refused : forward()), false],
  ['answers nothing', () => (call, forward) => (call.method === 'eth_getLogs' ? { result: [] } : forward()), false],
  [
    'keeps only what is newer than the archive',
    (since) => (call, forward) =>
      call.method === 'eth_getLogs' && Number(call.params[0].fromBlock) <= since ? refused : forward(),
    true,
  ],
];

describe.each(NODES)('at a node that %s', (name, pruning, later) => {
  let archive: string;
  let insurer: Insurer;
  let receipts: Receipts;
  let consent: SignedConsent;

  /** Brings the archive up to date from a node that has everything, where this one does not keep even what is new. */
  const update = async () => {
    const { block } = await exportArchive({
      contract: cast.hospitalSite.contract,
      ledgerId: cast.ledgerId,
      file: archive,
    });
    return block;
  };
  const site = (seed?: Uint8Array, from: string | undefined = archive): Promise<Site> => {
    const way = { rpc: endpoint.url, ...(from && { archive: from }) };
    return seed ? chain.site(seed, way) : chain.reader(way);
  };
  const insurerSeed = seedOf(`${name}: insurer`);

  beforeAll(async () => {
    archive = join(folder, name.replaceAll(' ', '-'));
    await chain.site(insurerSeed); // Funds it.
    endpoint.answer = pruning(await update());
  });

  it('nobody gets anywhere without an archive', async () => {
    const bare = await chain.reader({ rpc: endpoint.url });
    await expect(new Hospital(bare, cast.hospitalSeed).receipts(cast.ledgerId, patientId)).rejects.toMatchObject({
      code: 'INCOMPLETE_LOGS',
    });
    await expect(audit(bare, cast.ledgerId)).rejects.toMatchObject({ code: 'INCOMPLETE_LOGS' });
  });

  it('the archive itself can be verified, and the ledger audited', async () => {
    const { contract } = await site();
    const verdict = await verifyArchive({ contract, engine: chain.engine, file: archive });
    expect(verdict).toMatchObject({ fault: null, whole: true, records: rows.length });
    expect(await audit(await site(), cast.ledgerId)).toMatchObject({ records: rows.length, faults: [] });
  });

  it('the hospital writes receipts, and the patient checks them', async () => {
    const hospital = new Hospital(await site(cast.hospitalSeed), cast.hospitalSeed);
    receipts = await hospital.receipts(cast.ledgerId, patientId);
    expect(receipts.records.length).toBe(rows.length);
    const { verdicts, missing } = await checkReceipts(await site(), receipts);
    expect(verdicts.filter(({ fault }) => fault !== null)).toEqual([]);
    expect(missing).toEqual([]);
    const forged = structuredClone(receipts);
    forged.records[7]!.amounts[0] = '0.01';
    const [found] = (await checkReceipts(await site(), forged)).verdicts.filter(({ fault }) => fault !== null);
    expect(found).toEqual({ recordId: forged.records[7]!.recordId, fault: 'amounts do not open the commitment' });
  });

  it('the patient consents, and the insurer asks, in two transactions', async () => {
    const patient = new Patient(await site(), custodialSeed(cast.hospitalSeed, patientId));
    const recordIds = chosen(receipts).map(({ recordId }) => recordId);
    insurer = new Insurer(await site(insurerSeed), insurerSeed);
    consent = patient.consent(insurer.address, receipts, recordIds, await chain.deadline());
    const { transactions, records } = await insurer.query(consent);
    expect({ records, transactions: transactions.length }).toEqual({ records: expected.records, transactions: 2 });
  });

  it('the servers check their shares and answer', async () => {
    if (!later) await update();
    for (const seed of cast.serverSeeds.slice(0, THRESHOLD)) {
      const server = new Server(await site(seed), seed);
      expect(await server.ledgers()).toEqual([cast.ledgerId]);
      await server.join(cast.ledgerId);
      let checked = 0;
      for await (const { records, bad } of server.check(cast.ledgerId)) {
        expect(bad).toEqual([]);
        checked += records;
      }
      expect(checked).toBe(rows.length);
      const queryId = consentDigest(deploymentOf(cast.hospitalSite), consent.consent);
      expect((await server.pending(cast.ledgerId)).map(toHex)).toContain(toHex(queryId));
      const answer = await server.prepare(cast.ledgerId, queryId);
      if (typeof answer === 'string') throw new Error(answer);
      await sendAnswers(server, cast.ledgerId, [answer]);
    }
  });

  it('the insurer opens the exact sum', async () => {
    if (!later) await update();
    const fresh = new Insurer(await site(insurerSeed), insurerSeed);
    const queryId = toHex(consentDigest(deploymentOf(cast.hospitalSite), consent.consent));
    const { amounts, records, seats } = await fresh.sum(queryId);
    expect(amounts).toEqual(expected.sums);
    expect({ records, seats }).toEqual({ records: expected.records, seats: [1, 2] });
  });

  it('all of which the archive then has, and is right about', async () => {
    await update();
    const contract = cast.hospitalSite.contract;
    const verdict = await verifyArchive({ contract, engine: chain.engine, file: archive });
    expect(verdict).toMatchObject({ fault: null, whole: true, behind: 0 });
    expect(verdict.queries).toBeGreaterThan(0);
    const { answeredSeats } = await contract.queryState(
      consentDigest(deploymentOf(cast.hospitalSite), consent.consent),
    );
    expect(answeredSeats).toEqual([1, 2]);
  });
});
