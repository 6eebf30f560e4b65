// What a stranger can put on chain for the price of gas: it must not stop anyone.
import { Interface } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import artifact from '../../build/contracts/MIStore.json' with { type: 'json' };
import { fromHex, toHex } from '../../src/bytes.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { type Cast, openCast } from '../support/parties.ts';

let chain: TestChain;
let cast: Cast;

beforeAll(async () => {
  chain = await startChain();
  cast = await openCast(chain, 'poison', 2, 3);
});
afterAll(() => chain?.stop());

describe('a ledger whose texts are not UTF-8', () => {
  it('does not keep a server from its ledgers', async () => {
    const contract = new Interface(artifact.abi);
    const servers = cast.servers.map(({ address }) => toHex(address));
    const marker = 'ZZZZ';
    const data = contract
      .encodeFunctionData('openLedger', [2, servers, 1, [marker], 2, marker, 1])
      .replaceAll('5a5a5a5a', 'ff80c0fe');
    const sender = await chain.sender('poisoner');
    await sender.send({ to: chain.address, data: fromHex(data) });
    expect(await cast.servers[0]!.ledgers()).toEqual([cast.ledgerId, cast.ledgerId + 1n]);
    const { opening } = await LedgerView.load(await chain.reader(), cast.ledgerId + 1n);
    expect([opening.lanes, opening.currency]).toEqual([['0xff80c0fe'], '0xff80c0fe']);
  });
});
