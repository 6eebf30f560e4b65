// A bystander who front-runs each call of the contract with the same bytes, throughout the life of a ledger. They gain nothing:
// no seat, no ether, no answer. Every honest call still works, or finds that what it was to do has been done.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { concat, fromBigInt, fromHex, toHex } from '../../../src/bytes.ts';
import { consentDigest } from '../../../src/contract/signing.ts';
import type { AnswerCall } from '../../../src/contract/types.ts';
import { curveRight, FIELD_PRIME } from '../../../src/engine/bn254.ts';
import { squareRoot } from '../../../src/engine/modular.ts';
import { custodialSeed } from '../../../src/identity/keys.ts';
import { receiveChannel } from '../../../src/ledger/channels.ts';
import { deploymentOf, type Site } from '../../../src/ledger/site.ts';
import { LedgerView } from '../../../src/ledger/view.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import { Patient } from '../../../src/parties/patient.ts';
import { Server } from '../../../src/parties/server/server.ts';
import { encodeEdges, encodeProofs } from '../../../src/records/query-bytes.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { sourceName } from '../../../src/records/source.ts';
import { deviating } from '../../support/adversary.ts';
import { sendAnswers } from '../../support/answers.ts';
import { ETHER, seedOf, startChain, type TestChain } from '../../support/chain.ts';
import { type Cast, fault, openCast, storeRows } from '../../support/parties.ts';
import { plainTotals, rowsOf, sampleCsv } from '../../support/sample.ts';
import { Bystander, SENDING_METHODS } from './bystander.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const rows = rowsOf(sampleCsv(20, 'bystander', 1));
const patientId = rows[0]!.patient;
const FEE = ETHER / 100n;
/** Bytes of a record at t = 2, and of what stands before its commitments. */
const [RECORD, HEAD] = [124, 28];

let real: TestChain;
let bystander: Bystander;
let cast: Cast;
let receipts: Receipts;
let insurer: Insurer;
let insurerSite: Site;
let patient: Patient;

beforeAll(async () => {
  real = await startChain();
  bystander = await Bystander.beside(real);
  cast = await openCast(bystander.chain, 'bystander', 2, 3);
  await storeRows(cast, rows);
  receipts = await cast.hospital.receipts(cast.ledgerId, patientId);
  insurerSite = await bystander.chain.site(seedOf('bystander: insurer'));
  insurer = new Insurer(insurerSite, seedOf('bystander: insurer'));
  const patientSite = await bystander.chain.site(seedOf('bystander: who sends for the patient'));
  patient = new Patient(patientSite, custodialSeed(cast.hospitalSeed, patientId));
});
afterAll(() => real?.stop());

/** One with records enough for two runs. */
const category = () => {
  const { category } = receipts.records.find(({ position }) => position === 3)!;
  return category;
};
const own = () => rows.filter((row) => row.category === category());
/** The patient's consent to two runs: a series without its second record. */
async function signed() {
  const series = receipts.records.filter((one) => one.category === category() && one.position !== 2);
  const ids = series.map(({ recordId }) => recordId);
  return patient.consent(insurer.address, receipts, ids, await real.deadline());
}
/** A query, with a fee, of which only the first edge is on chain. */
async function halfOpen() {
  const consent = await signed();
  const first = consent.edges.slice(0, 1);
  const part = { edges: encodeEdges(first), proofs: encodeProofs(insurerSite.engine, first) };
  const halting = deviating(insurerSite, {
    openQuery: (honest) => (call) => honest.openQuery({ ...call, ...part }),
  });
  await new Insurer(halting, seedOf('bystander: insurer')).query(consent, { fee: FEE });
  const queryId = consentDigest(deploymentOf(insurerSite), consent.consent);
  expect((await insurerSite.contract.queryState(queryId)).status).toBe('open');
  return { consent, queryId };
}

describe('each honest call, front-run by its own bytes', () => {
  it('opens an active ledger and stores its records', async () => {
    const state = await cast.hospitalSite.contract.getLedger(cast.ledgerId);
    expect(state).toMatchObject({ joined: 3, seats: 3, nextRecordId: rows.length, hospital: cast.hospital.address });
  });

  it('has a query opened, continued, answered and paid, with the exact sum', async () => {
    await cast.servers[0]!.stateMinimumFee(1n);
    const { consent, queryId } = await halfOpen();
    await insurer.query(consent);
    for (const server of cast.servers.slice(1)) {
      const answer = (await server.prepare(cast.ledgerId, queryId)) as AnswerCall;
      await sendAnswers(server, cast.ledgerId, [answer]);
    }
    const asked = own().filter((_, k) => k !== 1);
    expect((await insurer.sum(toHex(queryId))).amounts).toEqual(plainTotals(asked).sums);
    for (const server of cast.servers.slice(1)) expect(await server.withdraw()).toBe(FEE);
  });

  it('cancels a query, and takes its fee back', async () => {
    const { consent } = await halfOpen();
    expect(await insurer.cancel(consent)).toBe(2n * FEE);
    expect(await insurer.withdraw()).toBe(2n * FEE);
  });

  it('finds a refund and a revocation done, by whoever sends them', async () => {
    const consent = await signed();
    const payUntil = Number(await real.deadline(100));
    await insurer.query(consent, { fee: FEE, payUntil });
    await real.rpc.call('evm_increaseTime', [200]);
    await real.mine();
    expect((await fault(insurer.refund(consent))).code).toBe('NOTHING_TO_REFUND');
    expect(await insurer.owed()).toBe(2n * FEE);
    expect(await insurer.withdraw()).toBe(2n * FEE);
    const revoked = await signed();
    expect((await fault(patient.revoke(revoked.consent))).code).toBe('CONSENT_IS_REVOKED');
    expect((await fault(insurer.query(revoked))).code).toBe('CONSENT_IS_REVOKED');
  });

  it('complains, withdraws, justifies', async () => {
    const { servers, ledgerId, hospital } = cast;
    const standing = () => insurerSite.contract.complaintsOf(ledgerId, 0);
    await servers[0]!.complain(ledgerId, 0, [0]);
    expect((await standing()).standing).toEqual([1]);
    await servers[0]!.withdrawComplaint(ledgerId, 0);
    expect((await standing()).standing).toEqual([]);
    await servers[0]!.complain(ledgerId, 0, [0]);
    await hospital.justify(ledgerId, 0, 1);
    expect(await standing()).toEqual({ standing: [], justified: [1], isVoid: false });
  });

  it('finds a point refuted', async () => {
    const { hospital, hospitalSite, ledgerId } = cast;
    // The first x ≥ 1 of no point: −(x³ + 3) is a square then.
    const witnessOf = (at: bigint) => squareRoot(FIELD_PRIME - curveRight(at), FIELD_PRIME);
    let x = 1n;
    while (witnessOf(x) === undefined) x++;
    const site = deviating(hospitalSite, {
      submitBatch: (honest) => (call) => {
        const records = call.records.slice();
        records.set(fromBigInt(x, 32), HEAD + 32);
        return honest.submitBatch({ ...call, records });
      },
    });
    const more = rowsOf(sampleCsv(2, 'bystander 2', 1)).map((row) => ({ ...row, patient: patientId }));
    await storeRows({ ...cast, hospital, hospitalSite: site }, more, sourceName('b.csv', new Uint8Array(32)));
    const batch = await (await LedgerView.load(hospitalSite, ledgerId)).batch(1);
    const refutation = {
      ledgerId,
      batch: 1,
      recordId: rows.length,
      position: 1,
      witness: fromBigInt(witnessOf(x)!, 32),
      record: batch.event.records.slice(0, RECORD - 32),
      path: concat(...batch.tree.path(0)),
    };
    expect((await fault(insurerSite.contract.refutePoint(refutation))).code).toBe('RECORD_IS_VOID');
    expect(await insurerSite.contract.complaintsOf(ledgerId, rows.length)).toMatchObject({ isVoid: true });
  });

  it('resigns, changes a seat, and begins an epoch', async () => {
    const { servers, ledgerId, hospital, hospitalSite } = cast;
    await servers[2]!.resign(ledgerId);
    const seed = seedOf('bystander: newcomer');
    const newcomer = new Server(await bystander.chain.site(seed), seed);
    await newcomer.register();
    expect(await hospital.changeSeat(ledgerId, 3, newcomer.address)).toBe(2);
    expect(await hospital.refresh(ledgerId)).toBe(3);
    for (const server of [servers[0]!, servers[1]!, newcomer]) await server.join(ledgerId);
    expect(await hospitalSite.contract.getLedger(ledgerId)).toMatchObject({ epoch: 3, joined: 3 });
  });
});

describe('the bystander', () => {
  it('was before every call that the contract has, and did what anyone may do, for themselves or for the caller', () => {
    const results = Object.fromEntries([...bystander.results].map(([name, of]) => [name, [...of].sort()]));
    expect(Object.keys(results).sort()).toEqual([...SENDING_METHODS].sort());
    const all = (code: string, ...names: string[]) => Object.fromEntries(names.map((name) => [name, [code]]));
    expect(results).toEqual({
      // Of the bystander's own account, and nobody else's. The second time it has one.
      ...all('taken', 'openLedger', 'stateMinimumFee'),
      register: ['ALREADY_REGISTERED', 'taken'],
      openChannel: ['CHANNEL_EXISTS', 'taken'],
      // Anyone may send these: what is signed, proven or due decides.
      ...all('taken', 'revokeConsent', 'refund', 'refutePoint'),
      ...all('NOT_THE_HOSPITAL', 'appendBatch', 'beginEpoch', 'changeSeat', 'dealKeys', 'justify'),
      ...all('NOT_A_MEMBER', 'join', 'resign', 'answer', 'complain', 'withdrawComplaint'),
      ...all('NOT_THE_INSURER', 'openQuery', 'continueQuery', 'cancelQuery'),
      ...all('NOTHING_OWED', 'withdraw'),
    });
  });

  it('has no ether from it, no seat, no channel, and no key that anybody would use', async () => {
    const { hospital, hospitalSite, ledgerId, serverSites, serverSeeds } = cast;
    const { contract } = hospitalSite;
    const balance = BigInt(await real.rpc.call<string>('eth_getBalance', [toHex(bystander.address), 'latest']));
    expect(balance).toBeLessThan(1000n * ETHER);
    expect(await contract.owed(bystander.address)).toBe(0n);
    expect(await contract.seatOf(ledgerId, bystander.address)).toMatchObject({ seat: 0 });
    const { terms } = (await hospital.dealer(ledgerId)).ledger;
    const named = { ...terms, servers: [...terms.servers.slice(0, 2), bystander.address] };
    expect((await fault(hospital.openLedger(named, fromHex(`0x${'77'.repeat(32)}`)))).code).toBe('NOT_REGISTERED');
    const [site, seed] = [serverSites[0]!, serverSeeds[0]!];
    const channel = receiveChannel(site, seed, cast.servers[0]!.address, bystander.address);
    expect((await fault(channel)).code).toBe('CHANNEL_MISSING');
  });
});
