// An insurer that cheats gets no answer: without masks from its own channels a server's share of the sum would be public.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, fromHex } from '../../src/bytes.ts';
import type { TransactionOutcome } from '../../src/contract/outcome.ts';
import { signChannel } from '../../src/contract/signing.ts';
import type { QueryCall } from '../../src/contract/types.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { deploymentOf, type Site } from '../../src/ledger/site.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { Server } from '../../src/parties/server/server.ts';
import { encodeEdges, encodeProofs } from '../../src/records/query-bytes.ts';
import { encode, G, points, r } from '../engine/oracle.ts';
import { deviating } from '../support/adversary.ts';
import { seedOf } from '../support/chain.ts';
import { fault } from '../support/parties.ts';
import { openScene, type Scene } from '../support/scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene('dishonest insurer');
});
afterAll(() => scene?.chain.stop());

const WRONG = 'the mask is not that of the channel';
const NO_CHANNEL = 'the insurer has opened no channel to this server';
const nothing = Promise.resolve({} as TransactionOutcome);
const records = () => scene.recordsOf('ambulatory').slice(0, 3);

/** Seals a query of the cheat, with what it changed of the call, or without opening channels. */
async function sealedWith(site: Site, seed: Uint8Array, change: (call: QueryCall) => QueryCall, channels = true) {
  const dishonest = deviating(site, {
    openQuery: (honest) => (call) => honest.openQuery(change(call)),
    openChannel: (honest) => (to, ciphertext, signature) =>
      channels ? honest.openChannel(to, ciphertext, signature) : nothing,
  });
  const cheat = new Insurer(dishonest, seed);
  return fromHex((await cheat.query(await scene.consentTo(records(), cheat.address))).queryId);
}
/** What each seat says to it; `y` for an answer. */
async function saidTo(queryId: Uint8Array): Promise<string[]> {
  const said: string[] = [];
  for (const server of scene.cast.servers) {
    const prepared = await server.prepare(scene.cast.ledgerId, queryId);
    said.push(typeof prepared === 'string' ? prepared : 'y');
  }
  return said;
}
const withMasks = (change: (z0: Uint8Array, z1: Uint8Array, correction: Uint8Array) => Uint8Array[]) =>
  sealedWith(scene.insurerSite, scene.insurerSeed, (call) => ({
    ...call,
    masks: concat(...change(call.masks.subarray(0, 64), call.masks.subarray(64, 128), call.masks.subarray(128))),
  }));

describe('an insurer that cheats', () => {
  it('with other masks than those of its channels is refused by each server concerned', async () => {
    expect(await saidTo(await withMasks((...masks) => masks))).toEqual(['y', 'y', 'y']);
    // Z_1 + Z_0 x has the value of Z_0 + Z_1 x at 1.
    expect(await saidTo(await withMasks((z0, z1, correction) => [z1, z0, correction]))).toEqual(['y', WRONG, WRONG]);
    const g = points([G]);
    expect(await saidTo(await withMasks((_, z1, correction) => [g, z1, correction]))).toEqual([WRONG, WRONG, WRONG]);
  });

  it('without masks (infinity) is refused: the answers would show the shares', async () => {
    const queryId = await withMasks((z0, z1, correction) => [
      new Uint8Array(z0.length),
      new Uint8Array(z1.length),
      new Uint8Array(correction.length),
    ]);
    expect(await saidTo(queryId)).toEqual([WRONG, WRONG, WRONG]);
  });

  it.each([
    ['of another value', (correction: Uint8Array) => correction.map((byte, i) => (i === 31 ? byte ^ 1 : byte))],
    ['of another blinding', (correction: Uint8Array) => correction.map((byte, i) => (i === 63 ? byte ^ 1 : byte))],
    ['that are no scalars', () => encode([r, 1n])],
    ['that are no scalars either', () => encode([1n, 2n ** 256n - 1n])],
  ])('with mask corrections %s is refused by the server that needs them', async (_, change) => {
    const queryId = await withMasks((z0, z1, correction) => [z0, z1, change(correction)]);
    expect(await saidTo(queryId)).toEqual(['y', 'y', WRONG]);
  });

  it('with corrections of another length, or points on no curve, is refused by the contract', async () => {
    expect((await fault(withMasks((z0, z1, own) => [z0, z1, own, own]))).code).toBe('LENGTH_MISMATCH');
    expect((await fault(withMasks((z0, z1) => [z0, z1]))).code).toBe('LENGTH_MISMATCH');
    const off = encode([1n, 3n]);
    expect((await fault(withMasks((_, z1, own) => [off, z1, own]))).code).toBe('POINT_NOT_ON_CURVE');
  });

  it('without a channel, or one that it has not signed or nobody can open, is refused, and no server fails', async () => {
    const broken = new Uint8Array(1120); // X25519 of zero, which nobody takes
    const sign = (seed: Uint8Array, to: Uint8Array) =>
      signChannel(accountKey(seed), deploymentOf(scene.insurerSite), to, broken);
    const cheats: [string, ((seed: Uint8Array, to: Uint8Array) => Uint8Array) | null][] = [
      ['without channels', null],
      ['with unsigned channels', () => new Uint8Array(65)],
      ['with channels that another signed', (_, to) => sign(seedOf('dishonest insurer: another'), to)],
      ['with broken channels', sign],
    ];
    for (const [name, signature] of cheats) {
      const seed = seedOf(`dishonest insurer: insurer ${name}`);
      const site = await scene.chain.site(seed);
      for (const { address } of signature === null ? [] : scene.cast.servers) {
        await site.contract.openChannel(address, broken, signature!(seed, address));
      }
      const queryId = await sealedWith(site, seed, (call) => call, false);
      expect(await saidTo(queryId), name).toEqual([NO_CHANNEL, NO_CHANNEL, NO_CHANNEL]);
    }
  });

  it("with another query's edges has an open query that is never sealed, and gets no answer", async () => {
    const other = (await scene.consentTo(scene.recordsOf('wellness').slice(0, 2))).edges;
    const queryId = await sealedWith(scene.insurerSite, scene.insurerSeed, (call) => ({
      ...call,
      edges: encodeEdges(other),
      proofs: encodeProofs(scene.chain.engine, other),
    }));
    expect((await scene.insurerSite.contract.queryState(queryId)).status).toBe('open');
    for (const server of scene.cast.servers) {
      expect(await server.pending(scene.cast.ledgerId)).not.toContainEqual(queryId);
      expect(await fault(server.prepare(scene.cast.ledgerId, queryId))).toMatchObject({ code: 'INVALID_QUERY' });
    }
  });
});

describe('a consent that ran out', () => {
  it('is answered as long as the grace lasts, by the clock of the server', async () => {
    const { ledgerId, serverSites, serverSeeds } = scene.cast;
    const signed = await scene.consentTo(records());
    const queryId = fromHex((await scene.insurer.query(signed)).queryId);
    const deadline = Number(signed.consent.deadline);
    const at = (now: number, grace?: number) =>
      new Server(serverSites[0]!, serverSeeds[0]!, { now: () => now, ...(grace !== undefined && { grace }) }).prepare(
        ledgerId,
        queryId,
      );
    const refusal = 'its consent ran out longer ago than this server allows for';
    expect(await at(deadline + 7 * 24 * 3600)).toMatchObject({ queryId });
    expect(await at(deadline + 7 * 24 * 3600 + 1)).toBe(refusal);
    expect(await at(deadline, 0)).toMatchObject({ queryId });
    expect(await at(deadline + 1, 0)).toBe(refusal);
    expect(await at(deadline + 61, 60)).toBe(refusal);
  });
});
