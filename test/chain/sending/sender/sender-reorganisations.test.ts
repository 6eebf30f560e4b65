// Blocks that are taken out of the chain again: each transaction is settled once, and the batches of an ingest too.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toBigInt, uint256 } from '../../../../src/bytes.ts';
import { Rpc } from '../../../../src/chain/rpc.ts';
import { createSender } from '../../../../src/chain/sending/sender.ts';
import { MIStoreContract } from '../../../../src/contract/client.ts';
import { EventReader } from '../../../../src/contract/events.ts';
import { keyOf, startChain } from '../../../support/chain.ts';
import { type Endpoint, startEndpoint } from '../../../support/endpoint/proxy.ts';
import { makeBatch, openLedger } from '../../../support/ledger.ts';
import { manualChain, note } from '../manual-chain.ts';

const chain = manualChain();

describe('reorganisations', () => {
  let endpoint: Endpoint;
  /** Transactions whose receipt the endpoint has given: the sender knows that they are mined. */
  const found = new Set<string>();
  beforeAll(async () => {
    endpoint = await startEndpoint(async (call, forward) => {
      const answer = await forward();
      const isReceipt = call.method === 'eth_getTransactionReceipt' && typeof answer === 'object' && 'result' in answer;
      if (isReceipt && answer.result !== null) found.add(call.params[0]);
      return answer;
    }, chain.node.url);
  });
  afterAll(() => endpoint?.stop());
  beforeEach(() => found.clear());

  /** Takes the last `depth` blocks out of the chain; anvil forgets their transactions. */
  const reorganise = (depth: number) => chain.rpc.call('anvil_reorg', [depth, []]);

  it('are followed until every transaction is settled, each once', async () => {
    const sender = await chain.open({ rpc: new Rpc(endpoint.url), confirmations: 3, rebroadcastAfter: 50 });
    const sent = [0, 1, 2, 3].map((i) => sender.send(note(i)));
    await expect.poll(() => sender.stats().unsettled).toBe(4);
    await chain.mine();
    await expect.poll(() => found.size).toBe(4);
    await reorganise(1);
    expect(await chain.nonceOf(sender)).toBe(0);
    await expect.poll(async () => (await chain.pooled(sender)).length).toBe(4);
    expect(sender.stats()).toMatchObject({ settled: 0, reorganised: 4 });
    await chain.mine(3);
    await Promise.all(sent);
    expect(await chain.executed(sender)).toEqual(['0', '1', '2', '3']);
  });

  it('into another block with the same transactions are seen by its hash', async () => {
    const sender = await chain.open({ rpc: new Rpc(endpoint.url), confirmations: 2 });
    const sent = sender.send(note('moved'));
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    const [transaction] = await chain.pooled(sender);
    expect(toBigInt(uint256(BigInt(transaction!.nonce)))).toBe(0n);
    await chain.mine();
    await expect.poll(() => found.size).toBe(1);
    const old = await chain.rpc.call<{ hash: string; transactions: string[] }>('eth_getBlockByNumber', [
      'latest',
      false,
    ]);
    const raw = await chain.rpc.call<string>('eth_getRawTransactionByHash', [old.transactions[0]]);
    await chain.rpc.call('anvil_reorg', [1, [[raw, 0]]]);
    const now = await chain.rpc.call<{ hash: string; transactions: string[] }>('eth_getBlockByNumber', [
      'latest',
      false,
    ]);
    expect(now.hash).not.toBe(old.hash);
    expect(now.transactions).toEqual(old.transactions);
    await chain.mine();
    expect((await sent).blockHash).toBe(now.hash);
    expect(sender.stats().reorganised).toBe(1);
  });
});

describe('a chain that reorganises under an ingest', () => {
  it('ends with every batch once', async () => {
    const blocks = await startChain({ blockTime: 1 });
    const ledger = await openLedger(blocks, 'reorganised', { threshold: 1, seats: 1 });
    await blocks.mine(5); // So deep that the reorganisations below do not reach the ledger itself.
    const sender = await createSender({
      rpc: blocks.rpc,
      privateKey: keyOf('reorganised hospital'),
      pollInterval: 50,
      rebroadcastAfter: 150,
      confirmations: 4,
      window: 4,
    });
    const hospital = await MIStoreContract.connect({ rpc: blocks.rpc, address: blocks.address, sender });
    const settled = [];
    for (let index = 0; index < 10; index++) {
      settled.push((await hospital.submitBatch(makeBatch(ledger, index, index, ['Ann']).call)).settled);
      if (index === 4 || index === 8) await blocks.rpc.call('anvil_reorg', [2, []]);
    }
    await Promise.all(settled);
    const indexes = [];
    for await (const { index } of new EventReader({ rpc: blocks.rpc, address: blocks.address }).readBatches(
      ledger.ledgerId,
    ))
      indexes.push(index);
    expect(indexes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(sender.stats().settled).toBe(10);
    expect(sender.stats().reorganised).toBeGreaterThan(0);
    sender.close();
    await blocks.stop();
  });
});
