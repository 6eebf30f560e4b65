// The keys of an epoch on chain, as servers read them: of each part the first that was published, and no part that there
// should not be, so that a hospital cannot take keys away from servers later.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Server } from '../../src/parties/server/server.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { type Cast, openCast, storeRows } from '../support/parties.ts';
import { rowsOf, sampleCsv } from '../support/sample.ts';

let chain: TestChain;
let cast: Cast;

beforeAll(async () => {
  chain = await startChain();
  cast = await openCast(chain, 'surplus keys', 2, 3);
  await storeRows(cast, rowsOf(sampleCsv(5, 'surplus keys', 1)));
});
afterAll(() => chain?.stop());

describe('keys that are published once more', () => {
  it.each([
    ['the list', 0],
    ["the seat's packet", 1],
  ])('in %s do not change those that a server has', async (_, seat) => {
    const { contract } = cast.hospitalSite;
    for (const part of [0, 1]) {
      const ciphertext = new Uint8Array(48).fill(part);
      await contract.dealKeys({ ledgerId: cast.ledgerId, epoch: 1, seat, part, ciphertext });
    }
    const server = new Server(await chain.site(cast.serverSeeds[0]!), cast.serverSeeds[0]!);
    for await (const { records, bad } of server.check(cast.ledgerId)) {
      expect({ records, bad }).toEqual({ records: 5, bad: [] });
    }
  });
});
