// What a stranger can put on chain for the price of gas: it must not stop anyone.
import { Interface } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import artifact from '../../build/contracts/MIStore.json' with { type: 'json' };
import { fromHex, toHex } from '../../src/bytes.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import { ServerDaemon } from '../../src/parties/server/daemon/daemon.ts';
import type { DaemonEvent } from '../../src/parties/server/daemon/daemon-events.ts';
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
    const events: DaemonEvent[] = [];
    const daemon = new ServerDaemon(cast.serverSites[0]!, cast.servers[0]!, {
      accept: 'anyone',
      onEvent: (event) => events.push(event),
    });
    await daemon.once();
    const why = 'its terms are not those that its id is the hash of';
    const told = events.filter(({ kind }) => kind !== 'round');
    expect(told).toMatchObject([
      { kind: 'invited', ledgerId: toHex(ledgers[1]!), why },
      { kind: 'serving', ledgerId: toHex(cast.ledgerId) },
    ]);
    expect(daemon.summary).toMatchObject({ notJoined: [toHex(ledgers[1]!)], leftOut: [] });
  });
});
