// A small scene for tests of cheats: a (2, 3) ledger with one batch of one patient's forty records, the patient, and an
// insurer who can ask. Each test file has one.
import { fromHex } from '../../src/bytes.ts';
import type { EventArguments } from '../../src/contract/types.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import type { Site } from '../../src/ledger/site.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { Patient } from '../../src/parties/patient.ts';
import type { SignedConsent } from '../../src/query/signed-consent.ts';
import { seedOf, startChain, type TestChain } from './chain.ts';
import { type Cast, openCast, storeRows } from './parties.ts';
import { rowsOf, sampleCsv } from './sample.ts';

export const csv = sampleCsv(40, 'scene', 1);
export const rows = rowsOf(csv);

export interface Scene {
  chain: TestChain;
  cast: Cast;
  patient: Patient;
  insurer: Insurer;
  insurerSite: Site;
  /** The patient's consent for this scene's insurer. */
  consentTo(records: readonly number[], ledgerId?: bigint): Promise<SignedConsent>;
  sealed(queryId: string): Promise<EventArguments['QuerySealed']>;
}

export async function openScene(name: string): Promise<Scene> {
  const chain = await startChain();
  const cast = await openCast(chain, name, 2, 3);
  await storeRows(cast, rows);
  const patient = new Patient(await chain.reader(), custodialSeed(cast.hospitalSeed, rows[0]!.patient));
  const insurerSeed = seedOf(`${name}: insurer`);
  const insurerSite = await chain.site(insurerSeed);
  const insurer = new Insurer(insurerSite, insurerSeed);
  return {
    chain,
    cast,
    patient,
    insurer,
    insurerSite,
    consentTo: async (records, ledgerId = cast.ledgerId) =>
      patient.consent(insurer.address, ledgerId, records, await chain.deadline()),
    sealed: async (queryId) => {
      for await (const sealed of insurerSite.events.read('QuerySealed', { queryId: fromHex(queryId) })) return sealed;
      throw new Error(`query ${queryId} is not sealed`);
    },
  };
}
