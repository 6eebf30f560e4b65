// A small scene for tests of cheats: a (2, 3) ledger with one batch of one patient's forty records, the patient, and an
// insurer who can ask. Each test file has one.
import { fromHex } from '../../src/bytes.ts';
import type { EventArguments } from '../../src/contract/types.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import { ingest } from '../../src/ingest/ingest.ts';
import type { Site } from '../../src/ledger/site.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { Patient } from '../../src/parties/patient.ts';
import type { SignedConsent } from '../../src/query/signed-consent.ts';
import { sourceName } from '../../src/records/source.ts';
import { type Cast, openCast, openStage, rowsOf, type Stage, sampleCsv, seedOf } from './parties.ts';

export const csv = sampleCsv(40, 'scene', 1);
export const rows = rowsOf(csv);

export interface Scene {
  stage: Stage;
  cast: Cast;
  patient: Patient;
  insurer: Insurer;
  insurerSite: Site;
  /** The patient's consent for this scene's insurer. */
  consentTo(records: readonly number[], ledgerId?: bigint): Promise<SignedConsent>;
  sealed(queryId: string): Promise<EventArguments['QuerySealed']>;
}

export async function openScene(name: string): Promise<Scene> {
  const stage = await openStage();
  const cast = await openCast(stage, name, 2, 3);
  await storeRows(cast);
  const patient = new Patient(await stage.reader(), custodialSeed(cast.hospitalSeed, rows[0]!.patient));
  const insurerSeed = seedOf(`${name}: insurer`);
  const insurerSite = await stage.site(insurerSeed);
  const insurer = new Insurer(insurerSite, insurerSeed);
  return {
    stage,
    cast,
    patient,
    insurer,
    insurerSite,
    consentTo: async (records, ledgerId = cast.ledgerId) =>
      patient.consent(insurer.address, ledgerId, records, await stage.deadline()),
    sealed: async (queryId) => {
      for await (const sealed of insurerSite.events.read('QuerySealed', { queryId: fromHex(queryId) })) return sealed;
      throw new Error(`query ${queryId} is not sealed`);
    },
  };
}

/** Stores the rows in the cast's ledger, as one batch. */
export const storeRows = async ({ hospital, hospitalSite, ledgerId }: Cast) =>
  ingest(hospitalSite, await hospital.dealer(ledgerId), rows, {
    source: sourceName('a.csv', new Uint8Array(32)),
    tags: hospital.tags(),
    onConflict: ({ row }) => {
      throw new Error(`row ${row} conflicts`);
    },
  });
