// A change of a seat that stops half way, or is dealt wrongly: nobody joins without all keys, right ones, and the same command
// goes on where it stopped. And a liar between hospital and chain.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { committeeAfter } from '../../../src/contract/ledger-id.ts';
import type { KeysCall } from '../../../src/contract/types.ts';
import { sendingSecrets } from '../../../src/ledger/channels.ts';
import { deploymentOf, type Site } from '../../../src/ledger/site.ts';
import { sealKeys } from '../../../src/vss/subset-keys.ts';
import { deviating } from '../../support/adversary.ts';
import { lyingSite } from '../../support/endpoint/liar.ts';
import { fault, openAnother } from '../../support/parties.ts';
import { openSeatScene, type SeatScene } from './seat-scene.ts';

let scene: SeatScene;
beforeAll(async () => {
  scene = await openSeatScene('dealing on');
});
afterAll(() => scene?.chain.stop());

/** A site whose machine goes down before the call of dealKeys with this number, from 0. */
const downAt = (number: number) => (site: Site) => {
  let calls = 0;
  return deviating(site, {
    dealKeys: (honest) => async (call) => {
      if (calls++ === number) throw new Error('the machine is down');
      return honest.dealKeys(call);
    },
  });
};
/** A site that sends other keys than it is told to, or none (null). */
const dealing = (other: (call: KeysCall) => Uint8Array | null | Promise<Uint8Array | null>) => (site: Site) =>
  deviating(site, {
    dealKeys: (honest) => async (call) => {
      const ciphertext = await other(call);
      return ciphertext === null ? (undefined as never) : honest.dealKeys({ ...call, ciphertext });
    },
  });
const events = async (name: 'SeatChanged' | 'KeysDealt', ledgerId: Uint8Array) => {
  let count = 0;
  for await (const _ of (await scene.chain.reader()).events.read(name, { ledgerId })) count++;
  return count;
};

describe('a change of a seat', () => {
  it('that is interrupted before any of its transactions is finished by the same command', async () => {
    const { cast } = scene;
    const { ledgerId, servers } = await openAnother(cast);
    const { server } = await scene.newcomer('after interruptions');
    const dealt = await events('KeysDealt', ledgerId);
    // The list and three packets of epoch 2, and the newcomer's packet of epoch 1.
    for (const calls of [0, 1, 1, 1, 1]) {
      const hospital = await scene.hospital(downAt(calls));
      expect((await fault(hospital.changeSeat(ledgerId, 3, server.address))).message).toBe('the machine is down');
      expect(await fault(server.join(ledgerId))).toMatchObject({ message: expect.stringMatching(/keys|channel/) });
    }
    expect(await (await scene.hospital(downAt(1))).changeSeat(ledgerId, 3, server.address)).toBe(2);
    expect(await events('SeatChanged', ledgerId)).toBe(1);
    expect((await events('KeysDealt', ledgerId)) - dealt).toBe(5);
    for (const one of [servers[0]!, servers[1]!, server]) await one.join(ledgerId);
    expect(await cast.hospitalSite.contract.getLedger(ledgerId)).toMatchObject({ epoch: 2, joined: 3 });
  });

  it('whose newcomer is dealt no earlier keys, or wrong ones, is not joined until it is dealt the right ones', async () => {
    const { cast } = scene;
    const { ledgerId } = await openAnother(cast);
    const { server } = await scene.newcomer('without earlier keys');
    const change = async (how?: Parameters<typeof dealing>[0]) =>
      (await scene.hospital(how && dealing(how))).changeSeat(ledgerId, 1, server.address);
    await change(({ epoch, ciphertext }) => (epoch === 1 ? null : ciphertext));
    expect((await fault(server.join(ledgerId))).message).toBe(
      'keys of epoch 1: packet of keys: part 0 does not open with this channel',
    );
    await change(async ({ epoch, ciphertext }) => {
      if (epoch === 2) return ciphertext;
      const [channel] = await sendingSecrets(cast.hospitalSite, cast.hospitalSeed, cast.hospital.address, [
        server.address,
      ]);
      const place = { ...deploymentOf(cast.hospitalSite), committeeHash: ledgerId };
      return sealKeys(channel!, place, 1, new Uint8Array(64).fill(9))[0]!;
    });
    expect((await fault(server.join(ledgerId))).message).toMatch(
      /^keys of epoch 1: packet of keys: holds another key for subset 1 than the list names$/,
    );
    expect(await cast.hospitalSite.contract.seatOf(ledgerId, server.address)).toMatchObject({
      seat: 1,
      joinedEpoch: 0,
    });
    await change();
    await server.join(ledgerId);
    expect(await cast.hospitalSite.contract.seatOf(ledgerId, server.address)).toMatchObject({ joinedEpoch: 2 });
  });

  it('twice in a row leaves nobody without the keys of the epoch between', async () => {
    const { cast } = scene;
    const { ledgerId, servers } = await openAnother(cast);
    const [absent, present] = [await scene.newcomer('absent'), await scene.newcomer('present')];
    // Of the second epoch nothing is dealt: its newcomer is gone again before.
    await (await scene.hospital(dealing(() => null))).changeSeat(ledgerId, 2, absent.server.address);
    expect(await (await scene.hospital()).changeSeat(ledgerId, 2, present.server.address)).toBe(3);
    for (const server of [servers[0]!, present.server, servers[2]!]) await server.join(ledgerId);
    expect(await fault(absent.server.join(ledgerId))).toMatchObject({ code: 'NOT_THE_HOLDER' });
    expect(await cast.hospitalSite.contract.getLedger(ledgerId)).toMatchObject({ epoch: 3, joined: 3 });
  });
});

describe('a liar between the hospital and the chain', () => {
  it('who tells of another change of a seat, or an epoch that there was not, gets no keys', async () => {
    const { cast } = scene;
    const { ledgerId } = await openAnother(cast);
    const { server } = await scene.newcomer('honest newcomer');
    const liar = await scene.newcomer('liar');
    await (await scene.hospital()).changeSeat(ledgerId, 1, server.address);
    const dealt = await events('KeysDealt', ledgerId);
    const second = await scene.newcomer('second newcomer');
    const deceived = async (lies: Parameters<typeof lyingSite>[1]) =>
      fault((await scene.hospital((site) => lyingSite(site, lies))).changeSeat(ledgerId, 2, second.server.address));
    expect(await deceived({ events: { SeatChanged: () => ({ to: liar.server.address }) } })).toMatchObject({
      code: 'FORGED_TERMS',
    });
    // The committee hash fits, but the digest cannot.
    const committee = committeeAfter(ledgerId, { seat: 1, server: liar.server.address });
    const EpochBegun = (event: { epoch: number }) => (event.epoch === 2 ? { committee } : {});
    expect(await deceived({ events: { SeatChanged: () => ({ to: liar.server.address }), EpochBegun } })).toMatchObject({
      code: 'NOT_OUR_KEYS',
      details: { epoch: 2 },
    });
    expect(await events('SeatChanged', ledgerId)).toBe(1);
    expect(await events('KeysDealt', ledgerId)).toBe(dealt);
  });
});
