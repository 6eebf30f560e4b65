// A small scene for tests of cheats: a (2, 3) ledger with one batch of one patient's forty records, the patient, and an
// insurer who can ask. Each test file has one.
import { fromHex, type Hex } from '../../src/bytes.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import { QueryView } from '../../src/ledger/query-view.ts';
import type { Site } from '../../src/ledger/site.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { Patient } from '../../src/parties/patient.ts';
import type { SignedConsent } from '../../src/records/consent-file.ts';
import type { Receipts } from '../../src/records/receipts/receipt.ts';
import { seedOf, startChain, type TestChain } from './chain.ts';
import { type Cast, openCast, storeRows } from './parties.ts';
import { plainTotals, rowsOf, sampleCsv } from './sample.ts';

export const csv = sampleCsv(40, 'scene', 1);
export const rows = rowsOf(csv);

export interface Scene {
  chain: TestChain;
  cast: Cast;
  patient: Patient;
  /** Of all the patient's records. */
  receipts: Receipts;
  insurer: Insurer;
  insurerSeed: Uint8Array;
  insurerSite: Site;
  /** Ids of the patient's records of a category, in the order of its series. */
  recordsOf(category: string): number[];
  /** The patient's consent for this scene's insurer, or another one (20 bytes). */
  consentTo(records: readonly number[], insurer?: Uint8Array): Promise<SignedConsent>;
  /** The sum of these records' rows, by lane, by plain arithmetic. */
  sumOf(records: readonly number[]): bigint[];
  query(queryId: Hex): Promise<QueryView>;
}

export async function openScene(name: string): Promise<Scene> {
  const chain = await startChain();
  const cast = await openCast(chain, name, 2, 3);
  await storeRows(cast, rows);
  const patientId = rows[0]!.patient;
  const patient = new Patient(await chain.reader(), custodialSeed(cast.hospitalSeed, patientId));
  const receipts = await cast.hospital.receipts(cast.ledgerId, patientId);
  const insurerSeed = seedOf(`${name}: insurer`);
  const insurerSite = await chain.site(insurerSeed);
  const insurer = new Insurer(insurerSite, insurerSeed);
  return {
    chain,
    cast,
    patient,
    receipts,
    insurer,
    insurerSeed,
    insurerSite,
    recordsOf: (category) =>
      receipts.records
        .filter((receipt) => receipt.category === category)
        .sort((a, b) => a.position - b.position)
        .map(({ recordId }) => recordId),
    consentTo: async (records, to = insurer.address) => patient.consent(to, receipts, records, await chain.deadline()),
    sumOf: (records) => plainTotals(records.map((recordId) => rowOf(receipts, recordId))).sums,
    query: (queryId) => QueryView.load(insurerSite, fromHex(queryId)),
  };
}

/** The row that a record was made of: of its category, the one at its position. */
function rowOf({ records }: Receipts, recordId: number) {
  const { category, position } = records.find((receipt) => receipt.recordId === recordId)!;
  return rows.filter((row) => row.category === category)[position - 1]!;
}
