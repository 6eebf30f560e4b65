// Seats that change hands, by the typed client against the real contract and as a ledger's view shows them: who held which seat
// in which epoch, and who may answer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressText } from '../../src/address.ts';
import { equalBytes, toHex } from '../../src/bytes.ts';
import type { MIStoreContract } from '../../src/contract/client.ts';
import { committeeAfter } from '../../src/contract/ledger-id.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import type { TestChain } from '../support/chain.ts';
import { type Lies, lyingSite } from '../support/endpoint/liar.ts';
import { openNoChannels, registerNoKey, type TestLedger } from '../support/ledger.ts';
import { fault } from '../support/parties.ts';
import { makeQuery } from '../support/query.ts';
import { openClientScene, refusal } from './client-scene.ts';

let chain: TestChain;
let ledger: TestLedger;
let insurer: MIStoreContract;
let former: MIStoreContract;
let newcomer: MIStoreContract;

beforeAll(async () => {
  ({ chain, ledger, insurer } = await openClientScene());
  former = ledger.servers[1]!;
  newcomer = await chain.contract('newcomer');
});
afterAll(() => chain?.stop());

/** By seat, of the ledger's three epochs: its seat 2 is given away in the second, and keys alone change in the third. */
const holders = () => {
  const [first, second, third] = ledger.servers.map(({ account }) => account);
  const changed = [first, newcomer.account, third];
  return [[first, second, third], changed, changed];
};

describe('a seat', () => {
  it('is given away by the hospital, to an account that is registered and has had none', async () => {
    const { ledgerId, hospital, digest, servers } = ledger;
    const change = { ledgerId, epoch: 2, seat: 2, server: newcomer.account, digest };
    await refusal(hospital.changeSeat(change), 'NotRegistered');
    await registerNoKey(newcomer, 'newcomer');
    await refusal(insurer.changeSeat(change), 'NotTheHospital');
    await refusal(hospital.changeSeat({ ...change, epoch: 3 }), 'WrongEpoch');
    await refusal(hospital.changeSeat({ ...change, seat: 4 }), 'InvalidSeat');
    const twice = await refusal(hospital.changeSeat({ ...change, server: servers[0]!.account }), 'DuplicateServer');
    expect(twice.message).toContain('is named twice, or has or had a seat in the ledger');

    const resigned = await former.resign(ledgerId);
    expect(resigned.events).toMatchObject([{ event: 'ServerResigned', ledgerId, seat: 2, server: former.account }]);
    const { events } = await hospital.changeSeat(change);
    const committee = committeeAfter(ledgerId, { seat: 2, server: newcomer.account });
    expect(events).toMatchObject([
      { event: 'SeatChanged', ledgerId, seat: 2, epoch: 2, from: former.account, to: newcomer.account },
      { event: 'EpochBegun', ledgerId, epoch: 2, committee, digest },
    ]);
    expect(await hospital.getServers(ledgerId)).toEqual(holders()[1]);
    const both = [former, newcomer].map(({ account }) => hospital.seatOf(ledgerId, account));
    expect(await Promise.all(both)).toEqual([
      { seat: 2, joinedEpoch: 1, fromEpoch: 1, untilEpoch: 2 },
      { seat: 2, joinedEpoch: 0, fromEpoch: 2, untilEpoch: 0 },
    ]);
  });

  it('is accepted by joining, and its former holder cannot join, complain or resign any more', async () => {
    const { ledgerId, hospital, digest, servers } = ledger;
    const join = { ledgerId, epoch: 2, digest };
    const refused = await refusal(former.join(join), 'NotTheHolder');
    expect(refused.message).toBe(
      `account ${addressText(former.account)} does not hold its seat in ledger ${toHex(ledgerId)} in epoch 2`,
    );
    const root = ledger.made[0]!.tree.root;
    await refusal(former.complain({ ledgerId, batch: 0, root, recordId: 0 }), 'NotTheHolder');
    await refusal(former.resign(ledgerId), 'NotTheHolder');
    await refusal(newcomer.join(join), 'ChannelMissing');
    await openNoChannels(hospital, 'story hospital', [newcomer]);
    for (const server of [servers[0]!, newcomer, servers[2]!]) await server.join(join);
    expect(await hospital.getLedger(ledgerId)).toMatchObject({ epoch: 2, joined: 3 });
    expect(await hospital.seatOf(ledgerId, newcomer.account)).toMatchObject({ joinedEpoch: 2 });
  });

  it('answers a query by its holder of that epoch, whoever holds it now', async () => {
    const { ledgerId, hospital, digest } = ledger;
    const old = makeQuery(ledger, insurer, 'Ann', [1, 2, 3]);
    const stale = await refusal(insurer.openQuery({ ...old, ...old.part() }), 'WrongEpoch');
    expect(stale.args).toEqual({ ledgerId: toHex(ledgerId), epoch: 1n, expected: 2n });
    const query = makeQuery(ledger, insurer, 'Ann', [1, 2, 3], {}, 2);
    await insurer.openQuery({ ...query, ...query.part() });
    await hospital.beginEpoch({ ledgerId, epoch: 3, digest });
    const refused = await refusal(former.answer(ledgerId, [query.answerOf(2)]), 'NotTheHolder');
    expect(refused.args).toMatchObject({ epoch: 2n });
    const { events } = await newcomer.answer(ledgerId, [query.answerOf(2)]);
    expect(events).toMatchObject([{ event: 'AnswerAccepted', seat: 2 }]);
  });
});

describe("a ledger's view", () => {
  const load = async (events: Lies['events'] = {}) =>
    LedgerView.load(lyingSite(await chain.reader(), { events }), ledger.ledgerId);

  it('has the holders of the seats in each epoch, and says who has which now and had then', async () => {
    const view = await load();
    expect(view.epochs.map(({ servers }) => servers)).toEqual(holders());
    expect([former, newcomer, insurer].map(({ account }) => view.seatOf(account))).toEqual([0, 2, 0]);
    const seats = [1, 2, 3].map((epoch) => [former, newcomer].map(({ account }) => view.seatIn(epoch, account)));
    expect(seats).toEqual([
      [2, 0],
      [0, 2],
      [0, 2],
    ]);
    expect(() => view.seatIn(4, former.account)).toThrow(/no epoch 4; it has 3/);
    expect(equalBytes(view.currentEpoch.committeeHash, (await view.state()).committee)).toBe(true);
  });

  it.each<[string, Lies['events']]>([
    ['a change left out', { SeatChanged: () => [] }],
    ['another newcomer', { SeatChanged: () => ({ to: insurer.account }) }],
    ['another seat', { SeatChanged: () => ({ seat: 1 }) }],
    ['another former holder', { SeatChanged: () => ({ from: insurer.account }) }],
    ['a seat that there is not', { SeatChanged: () => ({ seat: 9 }) }],
  ])('is not loaded from events with %s', async (_, events) => {
    expect(await fault(load(events))).toMatchObject({ code: 'FORGED_TERMS' });
  });

  it.each<[string, Lies['events']]>([
    ['a change of another epoch', { SeatChanged: () => ({ epoch: 3 }) }],
    ['a change whose epoch does not begin', { EpochBegun: (event) => (event.epoch === 1 ? {} : []) }],
  ])('takes %s for logs that are missing', async (_, events) => {
    expect(await fault(load(events))).toMatchObject({ code: 'INCOMPLETE_LOGS' });
  });
});
