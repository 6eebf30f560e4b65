// An insurer that cheats gets no answer: without masks from its own channels a server's share of the sum would be public.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat } from '../../src/bytes.ts';
import type { TransactionOutcome } from '../../src/contract/outcome.ts';
import type { Site } from '../../src/ledger/site.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { deviating } from '../support/adversary.ts';
import { seedOf } from '../support/chain.ts';
import { openScene, type Scene } from '../support/scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene('dishonest insurer');
});
afterAll(() => scene?.chain.stop());

describe('an insurer that cheats', () => {
  /** Seals a query of the cheat with masks that it made up, or without opening channels. */
  async function sealedWith(site: Site, seed: Uint8Array, masks: (honest: Uint8Array) => Uint8Array, channels = true) {
    const dishonest = deviating(site, {
      query: (honest) => (consent, signature, given, parts) => honest.query(consent, signature, masks(given), parts),
      openChannel: (honest) => (to, ciphertext) => (channels ? honest.openChannel(to, ciphertext) : nothing),
    });
    const cheat = new Insurer(dishonest, seed);
    const { cast, patient, chain } = scene;
    const consent = patient.consent(cheat.address, cast.ledgerId, [0, 1], await chain.deadline());
    return scene.sealed((await cheat.query(consent)).queryId);
  }
  const nothing = Promise.resolve({} as TransactionOutcome);

  it('with masks of other channels is refused by each server concerned', async () => {
    const sealed = await sealedWith(scene.insurerSite, seedOf('dishonest insurer: insurer'), (masks) =>
      concat(masks.subarray(64, 128), masks.subarray(0, 64), masks.subarray(128)),
    );
    const refusal = 'the mask commitment is not that of the channel';
    expect(await scene.cast.servers[0]!.prepare(sealed)).toBe(refusal);
    expect(await scene.cast.servers[1]!.prepare(sealed)).toBe(refusal);
    expect(await scene.cast.servers[2]!.prepare(sealed)).toHaveProperty('y');
  });

  it('without masks (infinity) is refused: the answers would show the shares', async () => {
    const sealed = await sealedWith(
      scene.insurerSite,
      seedOf('dishonest insurer: insurer'),
      (masks) => new Uint8Array(masks.length),
    );
    for (const server of scene.cast.servers)
      expect(await server.prepare(sealed)).toBe('the mask commitment is not that of the channel');
  });

  it('without a channel is refused, and the server does not fail', async () => {
    const seed = seedOf('dishonest insurer: insurer without channels');
    const sealed = await sealedWith(await scene.chain.site(seed), seed, (masks) => masks, false);
    expect(await scene.cast.servers[0]!.prepare(sealed)).toBe('the insurer has opened no channel to this server');
  });

  it('with a channel that nobody can open is refused likewise', async () => {
    const seed = seedOf('dishonest insurer: insurer with broken channels');
    const site = await scene.chain.site(seed);
    for (const server of scene.cast.servers) await site.contract.openChannel(server.address, new Uint8Array(1120));
    const sealed = await sealedWith(site, seed, (masks) => masks);
    expect(await scene.cast.servers[0]!.prepare(sealed)).toBe('the insurer has opened no channel to this server');
  });
});
