// What a stranger can put on chain for the price of gas: it must not stop anyone.
import { Interface } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import artifact from '../../build/contracts/MIStore.json' with { type: 'json' };
import { fromHex, toHex } from '../../src/bytes.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import { ServerRounds } from '../../src/parties/server-rounds.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { type Cast, fault, openCast } from '../support/parties.ts';

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
    const one = `0x${'01'.repeat(32)}`;
    const data = contract
      .encodeFunctionData('openLedger', [[2, servers, [marker], 2, marker, 1, [marker]], one, one])
      .replaceAll('5a5a5a5a', 'ff80c0fe');
    const sender = await chain.sender('poisoner');
    await sender.send({ to: chain.address, data: fromHex(data) });
    const ledgers = await cast.servers[0]!.ledgers();
    expect([ledgers.length, ledgers[0]]).toEqual([2, cast.ledgerId]);
    // Whoever reads the poisoned ledger itself cannot compute its id from texts that are none.
    expect(await fault(LedgerView.load(await chain.reader(), ledgers[1]!))).toMatchObject({ code: 'FORGED_TERMS' });
    const events: string[] = [];
    const rounds = new ServerRounds(cast.servers[0]!, { onEvent: ({ kind }) => events.push(kind) });
    await rounds.round();
    expect(events).toEqual(['invited']);
    expect(rounds.summary.leftOut).toEqual([]);
  });
});
