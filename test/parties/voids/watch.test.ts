// A hospital's watch over complaints: what it reports, once each, about whose ledgers; and that it sends nothing.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import { ConnectionError } from '../../../src/chain/errors.ts';
import { readNonce } from '../../../src/chain/state.ts';
import { ComplaintWatch, type WatchEvent } from '../../../src/parties/complaint-watch.ts';
import { lyingSite } from '../../support/endpoint/liar.ts';
import { Intake } from '../../support/ingest-rows.ts';
import { type Cast, fault, hospitalOf, openCast } from '../../support/parties.ts';
import { rowsOf, sampleCsv } from '../../support/sample.ts';

const rows = rowsOf(sampleCsv(30, 'watch', 4));
let intake: Intake;
let here: Cast;
let events: WatchEvent[];
/** Ledgers that were watched from then on. */
let started: WatchEvent[];

beforeAll(async () => {
  intake = await Intake.open('watch');
  here = await intake.ledger();
  await intake.give(here, rows.slice(0, 20));
});
afterAll(() => intake?.chain.stop());

/** A watch of a new process; its events are gathered. */
async function watchOf(cast = here, options: object = {}): Promise<ComplaintWatch> {
  const { site, hospital } = await hospitalOf(cast);
  events = [];
  started = [];
  return new ComplaintWatch(site, hospital, {
    onEvent: (event) => (event.kind === 'watching' ? started : events).push(event),
    ...options,
  });
}

const complain = (recordId: number, ...seats: number[]) =>
  Promise.all(seats.map((seat) => here.servers[seat - 1]!.complain(here.ledgerId, 0, [recordId])));

describe('a watch', () => {
  it('reports what stands, what changes and what ends, each once, and sends nothing', async () => {
    const { address } = here.hospital;
    const sent = await readNonce(intake.chain.rpc, address);
    const watch = await watchOf();
    await watch.round();
    expect([watch.records, events]).toEqual([[], []]);
    expect(watch.ledgers).toEqual([toHex(intake.cast.ledgerId), toHex(here.ledgerId)]);

    await complain(3, 2);
    await watch.round();
    await watch.round();
    const one = {
      ledgerId: toHex(here.ledgerId),
      recordId: 3,
      standing: [2],
      justified: [],
      isVoid: false,
      isVoidForGood: false,
      toVoid: 1,
      justifiable: 1,
      carriedBy: null,
    };
    expect(events).toEqual([{ kind: 'record', record: one }]);

    await complain(3, 1);
    await watch.round();
    expect(watch.records).toEqual([{ ...one, standing: [1, 2], isVoid: true, toVoid: 0 }]);
    expect(events).toHaveLength(2);
    expect(started).toEqual([
      { kind: 'watching', ledgerId: toHex(intake.cast.ledgerId), batches: expect.any(Number), records: 0 },
      { kind: 'watching', ledgerId: toHex(here.ledgerId), batches: 1, records: 0 },
    ]);

    for (const seat of [1, 2]) await here.servers[seat - 1]!.withdrawComplaint(here.ledgerId, 3);
    await watch.round();
    expect(events.at(-1)).toEqual({ kind: 'cleared', ledgerId: toHex(here.ledgerId), recordId: 3 });
    expect(watch.records).toEqual([]);
    expect(await readNonce(intake.chain.rpc, address)).toBe(sent);
  });

  it('shows which record carries a void one on, and what has been justified', async () => {
    const last = rows.slice(0, 20).at(-1)!;
    const carried = rows
      .slice(20)
      .filter(({ patient, category }) => patient !== last.patient || category !== last.category);
    const records = (await here.hospital.receipts(here.ledgerId, last.patient)).records;
    const series = records.filter(({ category }) => category === last.category).sort((a, b) => a.position - b.position);
    const recordId = series.at(-1)!.recordId;
    await complain(recordId, 1, 2, 3);
    const watch = await watchOf(here, { ledgerId: here.ledgerId });
    await watch.round();
    expect(watch.ledgers).toEqual([toHex(here.ledgerId)]);
    expect(watch.records).toMatchObject([{ recordId, isVoid: true, carriedBy: null }]);
    const given = await intake.give(here, [...rows.slice(0, 20), ...carried]);
    expect(given.voids.carried).toEqual([recordId]);
    await watch.round();
    const { carriedBy } = watch.records[0]!;
    const after = (await here.hospital.receipts(here.ledgerId, last.patient)).records;
    expect(after.find((one) => one.recordId === carriedBy)).toMatchObject({ carries: recordId });
    const afresh = await watchOf(here, { ledgerId: here.ledgerId });
    await afresh.round();
    expect(afresh.records).toEqual(watch.records);

    const { hospital } = await hospitalOf(here);
    expect(await hospital.planJustification(here.ledgerId, recordId, 3)).toEqual({
      recordId,
      seat: 3,
      threshold: 2,
      justified: [],
      left: 1,
      standing: [1, 2, 3],
      toVoid: 2,
    });
    await hospital.justify(here.ledgerId, recordId, 3);
    await afresh.round();
    expect(afresh.records).toMatchObject([{ standing: [1, 2], justified: [3], justifiable: 0, isVoid: true }]);
    const refused = await fault(hospital.planJustification(here.ledgerId, recordId, 1));
    expect(refused.code).toBe('TOO_MANY_JUSTIFIED');
    expect(await fault(hospital.planJustification(here.ledgerId, recordId, 3))).toMatchObject({ code: 'NO_COMPLAINT' });
  });

  it('leaves out a ledger that is not its own, and watches on when the chain can be read again', async () => {
    const stranger = await openCast(intake.chain, 'watch: stranger', 1, 1);
    const watch = await watchOf(here, { ledgerId: stranger.ledgerId });
    await watch.round();
    await watch.round();
    expect(watch.leftOut).toMatchObject([{ ledgerId: toHex(stranger.ledgerId), error: { code: 'NOT_THE_HOSPITAL' } }]);
    expect(events).toMatchObject([{ kind: 'left-out' }]);

    let down = true;
    const { site, hospital } = await hospitalOf(here);
    const LedgerOpened = () => {
      if (down) throw new ConnectionError('http://node', 'gone');
      return {};
    };
    const stop = new AbortController();
    const seen: string[] = [];
    const failing = new ComplaintWatch(lyingSite(site, { events: { LedgerOpened } }), hospital, {
      onEvent: ({ kind }) => kind !== 'watching' && seen.push(kind),
      signal: stop.signal,
    });
    expect(await fault(failing.round())).toMatchObject({ code: 'CONNECTION_FAILED' });
    const running = failing.run(5);
    await vi.waitFor(() => expect(seen).toEqual(['away']));
    down = false;
    await vi.waitFor(() => expect(seen).toEqual(['away', 'record', 'back']), { timeout: 20_000 });
    stop.abort();
    await running;
  });
});
