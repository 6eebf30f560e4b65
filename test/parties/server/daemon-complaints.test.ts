// A daemon whose hospital deals wrong shares to it: it complains by itself, once, goes on with everything else, and answers again
// when the hospital has made the right share public.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { concat, fromHex, type Hex, toBigInt, toHex } from '../../../src/bytes.ts';
import { LedgerView } from '../../../src/ledger/view.ts';
import { positionOf } from '../../../src/parties/complaints.ts';
import { shares } from '../../../src/vss/dealing.ts';
import { keysOf } from '../../../src/vss/subset-keys.ts';
import { encode, r } from '../../engine/oracle.ts';
import { lyingSite } from '../../support/endpoint/liar.ts';
import { type Cast, openAnother, storeRows } from '../../support/parties.ts';
import { openScene, rows, type Scene } from '../../support/scene.ts';
import { daemonOf, type TestDaemon, until } from './running.ts';
import { wronglyDealing } from './wrong-shares.ts';

vi.setConfig({ testTimeout: 180_000 });
/** Records that are dealt wrongly to the seats 2 and 3. */
const WRONG = [6, 11];

let scene: Scene;
let cast: Cast;
let two: TestDaemon;

beforeAll(async () => {
  scene = await openScene('daemon complaints');
  cast = await openAnother(scene.cast);
  await storeRows({ ...cast, hospitalSite: wronglyDealing(cast.hospitalSite, WRONG) }, rows);
  two = daemonOf(cast.serverSites[1]!, cast.serverSeeds[1]!, { ledgerId: cast.ledgerId });
});
afterAll(async () => {
  await two?.stop();
  await scene?.chain.stop();
});

const complaints = (recordId: number) => cast.hospitalSite.contract.complaintsOf(cast.ledgerId, recordId);

/** A query of the run from the beginning of the record's series up to it. */
async function askUpTo(recordId: number): Promise<Hex> {
  const receipts = await cast.hospital.receipts(cast.ledgerId, rows[0]!.patient);
  const { category, position } = receipts.records.find((one) => one.recordId === recordId)!;
  const run = receipts.records.filter((one) => one.category === category && one.position <= position);
  const ids = run.map((one) => one.recordId);
  const deadline = await scene.chain.deadline();
  return (await scene.insurer.query(scene.patient.consent(scene.insurer.address, receipts, ids, deadline))).queryId;
}

/** Makes seat 2's share of the record public, as the commitments have it. */
async function justify(recordId: number): Promise<void> {
  const { hospital, hospitalSite, ledgerId } = cast;
  const dealer = await hospital.dealer(ledgerId);
  const batch = await (await LedgerView.load(hospitalSite, ledgerId)).batch(0);
  const { committee } = dealer.ledger;
  const keys = keysOf(committee, 2, dealer.keys(1));
  const { engine } = hospitalSite;
  const own = shares(engine, committee, 2, keys, positionOf(batch), batch.correction(recordId), recordId);
  await hospitalSite.contract.justify({
    ledgerId,
    batch: 0,
    recordId,
    seat: 2,
    share: encode([(toBigInt(own.subarray(0, 32)) + 5n) % r]),
    blinding: own.subarray(32),
    record: concat(batch.tag(recordId), batch.key(recordId), engine.decompress(batch.commitments(recordId))),
    path: concat(...batch.tree.path(recordId)),
  });
}

describe('wrong shares', () => {
  it('are not complained about where that is turned off, nor by a daemon that a liar shows another batch', async () => {
    const silent = daemonOf(cast.serverSites[1]!, cast.serverSeeds[1]!, { ledgerId: cast.ledgerId, complain: false });
    await silent.daemon.once();
    expect(silent.daemon.summary).toMatchObject({ badRecords: WRONG, complaints: 0 });
    const lies = {
      BatchAppended: ({ records }: { records: Uint8Array }) => ({
        records: records.map((byte, i) => (i === 92 ? byte ^ 1 : byte)),
      }),
    };
    const site = lyingSite(cast.serverSites[0]!, { events: lies });
    const deceived = daemonOf(site, cast.serverSeeds[0]!, { ledgerId: cast.ledgerId });
    await deceived.daemon.once();
    expect(deceived.reported).toMatchObject([
      { kind: 'left-out', task: 'check', error: { code: 'INCONSISTENT_BATCH' } },
    ]);
    for (const recordId of [0, ...WRONG]) expect((await complaints(recordId)).standing).toEqual([]);
  });

  it('are complained about, once, while all else goes on', async () => {
    void two.start();
    await until(() => two.of('complained').length === WRONG.length);
    expect(two.of('checked')).toMatchObject([{ batch: 0, records: rows.length, bad: WRONG }]);
    expect(two.of('complained')).toMatchObject(WRONG.map((recordId) => ({ batch: 0, recordId })));
    for (const recordId of WRONG) expect(await complaints(recordId)).toMatchObject({ standing: [2], justified: [] });
    const refused = await askUpTo(WRONG[0]!);
    const other = await askUpTo(0);
    await until(() => two.of('answered').some(({ queryIds }) => queryIds.includes(other)));
    await until(() => two.of('refused').length > 0);
    const reason = 'the hospital dealt wrong shares of these records';
    expect(two.of('refused')).toMatchObject([{ queryId: refused, reason }]);
  });

  it('are not complained about again after a restart', async () => {
    const again = daemonOf(await scene.chain.site(cast.serverSeeds[1]!), cast.serverSeeds[1]!, {
      ledgerId: cast.ledgerId,
    });
    await again.daemon.once();
    expect(again.daemon.summary).toMatchObject({ badRecords: WRONG, complaints: 0 });
  });

  it('that were justified are reported, and the query that was refused is answered', async () => {
    const [refused] = two.of('refused');
    await justify(WRONG[0]!);
    await until(() => two.of('answered').some(({ queryIds }) => queryIds.includes(refused!.queryId)));
    expect(two.of('justified')).toEqual([{ kind: 'justified', ledgerId: toHex(cast.ledgerId), recordId: WRONG[0] }]);
    expect((await cast.hospitalSite.contract.queryState(fromHex(refused!.queryId))).answeredSeats).toContain(2);
    expect(two.daemon.summary).toMatchObject({ refused: 0, complaints: WRONG.length, leftOut: [] });
  });
});
