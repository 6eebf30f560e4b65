// Complaints between a server and a hospital, both of which may lie: what stands, what a justification makes public and who can
// use it. The record is committed to f + 5 (x − 1), so seat 1 has the right share and the seats 2 and 3 have wrong ones.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, fromHex, toBigInt, toHex } from '../../src/bytes.ts';
import type { AnswerCall } from '../../src/contract/types.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import { positionOf } from '../../src/parties/complaints.ts';
import { Server } from '../../src/parties/server/server.ts';
import type { Receipts } from '../../src/records/receipts/receipt.ts';
import { shares } from '../../src/vss/dealing.ts';
import { keysOf } from '../../src/vss/subset-keys.ts';
import { encode, r } from '../engine/oracle.ts';
import { sendAnswers } from '../support/answers.ts';
import { lyingSite } from '../support/endpoint/liar.ts';
import { type Cast, fault, openAnother, storeRows } from '../support/parties.ts';
import { plainTotals } from '../support/sample.ts';
import { openScene, rows, type Scene } from '../support/scene.ts';
import { wronglyDealing } from './server/wrong-shares.ts';

/** The record that is dealt wrongly to two seats. */
const WRONG = 6;

let scene: Scene;
let cast: Cast;
let receipts: Receipts;
beforeAll(async () => {
  scene = await openScene('complaints');
  cast = await openAnother(scene.cast);
  const hospitalSite = wronglyDealing(cast.hospitalSite, [WRONG]);
  await storeRows({ ...cast, hospitalSite }, rows);
  receipts = await cast.hospital.receipts(cast.ledgerId, rows[0]!.patient);
});
afterAll(() => scene?.chain.stop());

const standing = (recordId = WRONG) => cast.hospitalSite.contract.complaintsOf(cast.ledgerId, recordId);
/** A query of the run from the beginning of the record's series up to it. */
async function askUpTo(recordId: number): Promise<Uint8Array> {
  const { category, position } = receipts.records.find((one) => one.recordId === recordId)!;
  const run = receipts.records.filter((one) => one.category === category && one.position <= position);
  const deadline = await scene.chain.deadline();
  const ids = run.map((one) => one.recordId);
  const { queryId } = await scene.insurer.query(scene.patient.consent(scene.insurer.address, receipts, ids, deadline));
  return fromHex(queryId);
}

describe('a complaint', () => {
  it('of a server that a liar shows another batch is not filed', async () => {
    const { serverSites, serverSeeds, ledgerId } = cast;
    const events = {
      BatchAppended: ({ records }: { records: Uint8Array }) => ({
        records: records.map((byte, i) => (i === 92 ? byte ^ 1 : byte)),
      }),
    };
    const deceived = new Server(lyingSite(serverSites[1]!, { events }), serverSeeds[1]!);
    expect(await fault(deceived.complain(ledgerId, 0, [0]))).toMatchObject({ code: 'INCONSISTENT_BATCH' });
    expect(await standing(0)).toMatchObject({ standing: [], justified: [] });
  });

  it('stands against its own seat only, and is filed once', async () => {
    const { servers, ledgerId } = cast;
    const queryId = await askUpTo(WRONG);
    await servers[1]!.complain(ledgerId, 0, [WRONG]);
    await servers[1]!.complain(ledgerId, 0, [WRONG]);
    expect(await standing()).toMatchObject({ standing: [2], justified: [], isVoid: false });
    expect(await servers[0]!.prepare(ledgerId, queryId)).toMatchObject({ queryId });
    expect(await servers[1]!.prepare(ledgerId, queryId)).toBe('the hospital dealt wrong shares of these records');
  });

  it('is not ended by a share that does not fit the commitments', async () => {
    expect(await fault(cast.hospital.justify(cast.ledgerId, WRONG, 2))).toMatchObject({ code: 'WRONG_SHARE' });
    expect(await fault(cast.hospital.justify(cast.ledgerId, WRONG, 3))).toMatchObject({ code: 'NO_COMPLAINT' });
    expect(await standing()).toMatchObject({ standing: [2], justified: [] });
  });

  it('of more than n − t seats makes the record void, until one is withdrawn', async () => {
    const { servers, ledgerId } = cast;
    await servers[2]!.complain(ledgerId, 0, [WRONG]);
    expect(await standing()).toMatchObject({ standing: [2, 3], isVoid: true });
    expect(await fault(askUpTo(WRONG))).toMatchObject({ code: 'RECORD_IS_VOID' });
    await servers[2]!.withdrawComplaint(ledgerId, WRONG);
    expect(await standing()).toMatchObject({ standing: [2], isVoid: false });
    expect(await fault(servers[2]!.withdrawComplaint(ledgerId, WRONG))).toMatchObject({ code: 'NO_COMPLAINT' });
    await askUpTo(WRONG);
  });

  it('that is justified gives the server the share that it was not dealt, and the sum is that of the commitments', async () => {
    const { hospitalSite, hospital, ledgerId, servers } = cast;
    const queryId = await askUpTo(WRONG);
    const dealer = await hospital.dealer(ledgerId);
    const batch = await (await LedgerView.load(hospitalSite, ledgerId)).batch(0);
    const keys = keysOf(dealer.ledger.committee, 2, dealer.keys(1));
    const { engine } = hospitalSite;
    const own = shares(engine, dealer.ledger.committee, 2, keys, positionOf(batch), batch.correction(WRONG), WRONG);
    await hospitalSite.contract.justify({
      ledgerId,
      batch: 0,
      recordId: WRONG,
      seat: 2,
      share: encode([(toBigInt(own.subarray(0, 32)) + 5n) % r]),
      blinding: own.subarray(32),
      record: concat(batch.tag(WRONG), batch.key(WRONG), engine.decompress(batch.commitments(WRONG))),
      path: concat(...batch.tree.path(WRONG)),
    });
    expect(await standing()).toMatchObject({ standing: [], justified: [2] });
    for (const server of servers.slice(0, 2)) {
      await sendAnswers(server, ledgerId, [(await server.prepare(ledgerId, queryId)) as AnswerCall]);
    }
    // The total that is committed to is 5 minor units less, in the first lane, than the rows say.
    const answers = await scene.insurer.answers(queryId);
    expect(answers.map(({ seat }) => seat)).toEqual([1, 2]);
    const { category, position } = receipts.records.find((one) => one.recordId === WRONG)!;
    const run = rows.filter((row) => row.category === category).slice(0, position);
    const [first, second] = plainTotals(run).sums as [bigint, bigint];
    expect((await scene.insurer.sum(toHex(queryId))).amounts).toEqual([first - 5n, second]);
    // Another share of the liar is not used, nor another's.
    const lies = { events: { ComplaintJustified: () => ({ share: encode([7n]) }) } };
    const deceived = new Server(lyingSite(cast.serverSites[1]!, lies), cast.serverSeeds[1]!);
    expect(await deceived.prepare(ledgerId, queryId)).toBe('the hospital dealt wrong shares of these records');
  });

  it('that has no ground is ended by the hospital, at most t − 1 times a record', async () => {
    const { servers, hospital, ledgerId } = cast;
    for (const server of servers.slice(0, 2)) await server.complain(ledgerId, 0, [1]);
    await hospital.justify(ledgerId, 1, 1);
    expect(await standing(1)).toMatchObject({ standing: [2], justified: [1], isVoid: false });
    expect(await fault(hospital.justify(ledgerId, 1, 2))).toMatchObject({ code: 'TOO_MANY_JUSTIFIED' });
    await servers[0]!.complain(ledgerId, 0, [1]); // Does nothing: it was justified.
    expect(await standing(1)).toMatchObject({ standing: [2], justified: [1] });
  });
});
