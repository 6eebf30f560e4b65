// A scene for seats that change hands: a (2, 3) ledger with a batch and an unanswered query of the first epoch, and a server that
// has registered and has no seat yet.
import { fromHex } from '../../../src/bytes.ts';
import type { AnswerCall } from '../../../src/contract/types.ts';
import { custodialSeed } from '../../../src/identity/keys.ts';
import type { Site } from '../../../src/ledger/site.ts';
import { Hospital } from '../../../src/parties/hospital.ts';
import { Patient } from '../../../src/parties/patient.ts';
import { Server } from '../../../src/parties/server/server.ts';
import { sourceName } from '../../../src/records/source.ts';
import { sendAnswers } from '../../support/answers.ts';
import { seedOf } from '../../support/chain.ts';
import { storeRows } from '../../support/parties.ts';
import { rowsOf, sampleCsv } from '../../support/sample.ts';
import { openScene, rows, type Scene } from '../../support/scene.ts';

export interface Newcomer {
  seed: Uint8Array;
  site: Site;
  server: Server;
}

export interface SeatScene extends Scene {
  /** A registered server of this name that has no seat. */
  newcomer(name: string): Promise<Newcomer>;
  /** The hospital in new objects, its site passed through `change`. */
  hospital(change?: (site: Site) => Site): Promise<Hospital>;
  /** Stores so many more records of the patient, in a batch of its own; gives their rows. */
  storeMore(count: number, name: string): Promise<typeof rows>;
  /** Id of a query over the patient's whole series of a category, and the sums that it must give, by `all` rows. */
  askAll(category: string, all: typeof rows): Promise<{ queryId: Uint8Array; sums: bigint[] }>;
  answer(server: Server, queryId: Uint8Array): Promise<void>;
}

export async function openSeatScene(name: string): Promise<SeatScene> {
  const scene = await openScene(name);
  const { chain, cast, insurer } = scene;
  const { hospitalSeed, ledgerId } = cast;
  const patientId = rows[0]!.patient;
  const hospital = async (change = (site: Site) => site) =>
    new Hospital(change(await chain.site(hospitalSeed)), hospitalSeed);
  return {
    ...scene,
    hospital,
    newcomer: async (who) => {
      const seed = seedOf(`${name}: ${who}`);
      const site = await chain.site(seed);
      const server = new Server(site, seed);
      await server.register();
      return { seed, site, server };
    },
    storeMore: async (count, source) => {
      const more = rowsOf(sampleCsv(count, source, 1)).map((row) => ({ ...row, patient: patientId }));
      const hospitalSite = await chain.site(hospitalSeed);
      const again = new Hospital(hospitalSite, hospitalSeed);
      await storeRows({ ...cast, hospitalSite, hospital: again }, more, sourceName(source, new Uint8Array(32)));
      return more;
    },
    askAll: async (category, all) => {
      const receipts = await (await hospital()).receipts(ledgerId, patientId);
      const ids = receipts.records.filter((one) => one.category === category).map(({ recordId }) => recordId);
      const patient = new Patient(await chain.reader(), custodialSeed(hospitalSeed, patientId));
      const sent = await insurer.query(patient.consent(insurer.address, receipts, ids, await chain.deadline()));
      const own = all.filter((row) => row.category === category);
      const sums = [0, 1].map((lane) => own.reduce((sum, { amounts }) => sum + amounts[lane]!, 0n));
      return { queryId: fromHex(sent.queryId), sums };
    },
    answer: async (server, queryId) => {
      const call = (await server.prepare(ledgerId, queryId)) as AnswerCall;
      await sendAnswers(server, ledgerId, [call]);
    },
  };
}
