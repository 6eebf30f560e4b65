// What the tests of consents share: a (2, 3) ledger with a minimum of three records, a patient with some hundred records in
// one series, whose consents can be re-signed after any change, and an insurer who has opened its channels.
import { fromHex, toHex } from '../../src/bytes.ts';
import type { TransactionOutcome } from '../../src/contract/outcome.ts';
import { signConsent } from '../../src/contract/signing.ts';
import { accountKey, custodialSeed } from '../../src/identity/keys.ts';
import { deploymentOf, type Site } from '../../src/ledger/site.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { Patient } from '../../src/parties/patient.ts';
import { edgesHash, type SignedConsent } from '../../src/records/consent-file.ts';
import { encodeEdges, encodeProofs } from '../../src/records/query-bytes.ts';
import type { Receipts } from '../../src/records/receipts/receipt.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { type Cast, openCast, storeRows } from '../support/parties.ts';
import { busiestPatient, rowsOf, sampleCsv } from '../support/sample.ts';

// One category, so that the series are long.
const rows = rowsOf(sampleCsv(1200, 'consents', 3)).map((row) => ({ ...row, category: '' }));
const patientId = busiestPatient(rows);
/** The patient's rows. */
export const own = rows.filter((row) => row.patient === patientId);
/** Another patient. */
export const otherId = rows.find((row) => row.patient !== patientId)!.patient;

export interface ConsentScene {
  chain: TestChain;
  cast: Cast;
  patient: Patient;
  receipts: Receipts;
  /** Record ids by position − 1. */
  ids: number[];
  insurer: Insurer;
  insurerSeed: Uint8Array;
  insurerSite: Site;
  /** The patient's consent for the insurer, to the first five records unless others are given. */
  signed(records?: readonly number[], seconds?: number): Promise<SignedConsent>;
  /** The consent with these changes, signed by the patient as it is then. */
  resigned(
    given: SignedConsent,
    changed: Partial<SignedConsent['consent']>,
    edges?: SignedConsent['edges'],
  ): SignedConsent;
  /** Opens its query by the contract's call alone. Without masks to speak of: the contract does not look into them. */
  sentBare(given: SignedConsent): Promise<TransactionOutcome>;
}

export async function openConsentScene(name: string): Promise<ConsentScene> {
  const chain = await startChain();
  const cast = await openCast(chain, name, 2, 3, { minRecords: 3, categories: [''] });
  await storeRows(cast, rows);
  const seed = custodialSeed(cast.hospitalSeed, patientId);
  const patient = new Patient(await chain.site(seedOf(`${name}: postman`)), seed);
  const receipts = await cast.hospital.receipts(cast.ledgerId, patientId);
  const ids = receipts.records.toSorted((a, b) => a.position - b.position).map(({ recordId }) => recordId);
  const insurerSeed = seedOf(`${name}: insurer`);
  const insurerSite = await chain.site(insurerSeed);
  const insurer = new Insurer(insurerSite, insurerSeed);
  const signed = async (records: readonly number[] = ids.slice(0, 5), seconds = 3600) =>
    patient.consent(insurer.address, receipts, records, await chain.deadline(seconds));
  // The channels to the servers are open before the tests count transactions.
  await insurer.query(await signed());
  return {
    chain,
    cast,
    patient,
    receipts,
    ids,
    insurer,
    insurerSeed,
    insurerSite,
    signed,
    resigned: (given, changed, edges = given.edges) => {
      const runsHash = toHex(edgesHash(patient.address, edges));
      const consent = { ...given.consent, runsHash, ...changed };
      const signature = toHex(signConsent(accountKey(seed), deploymentOf(insurerSite), consent));
      return { ...given, consent, edges, signature };
    },
    sentBare: ({ consent, signature, edges }) =>
      insurerSite.contract.openQuery({
        consent,
        signature: fromHex(signature),
        masks: new Uint8Array(192),
        edges: encodeEdges(edges),
        proofs: encodeProofs(insurerSite.engine, edges),
        epoch: 1,
      }),
  };
}
