// A hospital that stores what belongs to no honest series: gaps in positions, two records at one position, salts and totals of
// its own. The patient's receipts catch each, whatever it writes into them, and the viewing key finds what it leaves out.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { custodialSeed } from '../../src/identity/keys.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { checkReceipts, consentEdges, Patient } from '../../src/parties/patient.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { OddHospital } from '../support/odd-batches.ts';
import { type Cast, fault, openCast } from '../support/parties.ts';

let chain: TestChain;
let cast: Cast;
beforeAll(async () => {
  chain = await startChain();
  cast = await openCast(chain, 'odd series', 1, 2);
});
afterAll(() => chain?.stop());

async function odd(): Promise<OddHospital> {
  const hospital = await OddHospital.open(cast, 'P');
  cast = hospital.cast;
  return hospital;
}
async function check(hospital: OddHospital, keep: (position: number) => boolean = () => true) {
  const receipts = await hospital.receipts();
  const records = receipts.records.filter(({ position }) => keep(position));
  const { verdicts, missing } = await checkReceipts(await chain.reader(), { ...receipts, records });
  return { faults: verdicts.map((verdict) => verdict.fault), missing: missing.map(({ position }) => position) };
}
const BEFORE = 'the records before it in its series are not in this file';
const TWICE = 'another record of this file has the same place in its series';
const SALT = 'the salt is not that of the viewing key';
const PATH = 'not under the root';
const AMOUNTS = 'amounts do not open the commitment';

describe('receipts of a hospital', () => {
  it('that is honest are valid, and whole', async () => {
    const hospital = await odd();
    await hospital.append({ position: 1, total: 100n, amount: '1.00' });
    await hospital.append({ position: 2, total: 350n, amount: '2.50' });
    expect(await check(hospital)).toEqual({ faults: [null, null], missing: [] });
  });

  it('that left records out say which are missing, also where none is given', async () => {
    const hospital = await odd();
    for (const k of [1, 2, 3]) await hospital.append({ position: k, total: BigInt(100 * k), amount: '1.00' });
    expect(await check(hospital, (position) => position < 3)).toEqual({ faults: [null, null], missing: [3] });
    expect(await check(hospital, () => false)).toEqual({ faults: [], missing: [1, 2, 3] });
    // One in the middle: those after it cannot be right.
    expect(await check(hospital, (position) => position !== 2)).toEqual({ faults: [null, BEFORE], missing: [2] });
  });

  it('with a gap in the positions are not valid from there on', async () => {
    const hospital = await odd();
    await hospital.append({ position: 1, total: 100n, amount: '1.00' });
    await hospital.append({ position: 3, total: 250n, amount: '1.50' });
    await hospital.append({ position: 4, total: 300n, amount: '0.50' });
    expect(await check(hospital)).toEqual({ faults: [null, BEFORE, BEFORE], missing: [] });
    // No run of the patient ends at such a record: it needs the one before it, or the whole series.
    const receipts = await hospital.receipts();
    const ids = receipts.records.filter(({ position }) => position === 3).map(({ recordId }) => recordId);
    expect(await fault((async () => consentEdges(receipts, ids))())).toMatchObject({ code: 'NOT_YOUR_RECORD' });
  });

  it('with two records at one position are not valid, whichever is the one that counts', async () => {
    const hospital = await odd();
    await hospital.append({ position: 1, total: 100n, amount: '1.00' });
    await hospital.append({ position: 1, total: 900n, amount: '9.00' });
    await hospital.append({ position: 2, total: 300n, amount: '2.00' });
    expect(await check(hospital)).toEqual({ faults: [null, TWICE, null], missing: [] });
    // Two of one tag in one batch are refused by the contract.
    const another = await odd();
    const twice = another.append(
      { position: 1, total: 1n, amount: '0.01' },
      { position: 1, total: 2n, amount: '0.02' },
    );
    expect((await fault(twice)).code).toMatch(/TAG/);
  });

  it('with salts that are not those of the viewing key are not valid: they would hide records', async () => {
    const hospital = await odd();
    await hospital.append({ position: 1, total: 100n, amount: '1.00' });
    await hospital.append({ position: 2, total: 200n, amount: '1.00', salt: new Uint8Array(16).fill(7) });
    await hospital.append({ position: 3, total: 300n, amount: '1.00' });
    expect((await check(hospital)).faults).toEqual([null, SALT, null]);
  });

  it('with a tag that is not that of the place are not valid, nor is a query over such a record', async () => {
    const hospital = await odd();
    await hospital.append({ position: 1, total: 100n, amount: '1.00' });
    await hospital.append({ position: 2, total: 200n, amount: '1.00', tag: new Uint8Array(20).fill(7) });
    await hospital.append({ position: 3, total: 300n, amount: '1.00' });
    expect((await check(hospital)).faults).toEqual([null, PATH, null]);
    // Left out, it is not found: but then what follows is not valid.
    expect(await check(hospital, (position) => position !== 2)).toEqual({ faults: [null, BEFORE], missing: [] });
    const receipts = await hospital.receipts();
    const seed = custodialSeed(cast.hospitalSeed, 'P');
    const insurerSeed = seedOf('odd series: insurer');
    const insurer = new Insurer(await chain.site(insurerSeed), insurerSeed);
    const patient = new Patient(await chain.reader(), seed);
    const over = async (ids: number[]) =>
      insurer.query(patient.consent(insurer.address, receipts, ids, await chain.deadline()));
    expect(await fault(over([0, 1]))).toMatchObject({ code: 'INVALID_PROOF', details: { recordId: 1n } });
    expect((await over([0])).records).toBe(1);
  });

  it('with a total that does not follow from the amounts are not valid from there on', async () => {
    const hospital = await odd();
    await hospital.append({ position: 1, total: 100n, amount: '1.00' });
    await hospital.append({ position: 2, total: 250n, amount: '1.00' });
    await hospital.append({ position: 3, total: 350n, amount: '1.00' });
    expect((await check(hospital)).faults).toEqual([null, AMOUNTS, AMOUNTS]);
  });
});
