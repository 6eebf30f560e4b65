// Gas limits on a rollup and on a chain without the floor of calldata: what the sender finds out, what a batch then offers,
// and that the chain takes it. On the embedded chain as it is by default: test/chain/sending/gas.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountOf } from '../../src/chain/account.ts';
import type { NodeOptions } from '../../src/chain/embedded-node.ts';
import { floorGas, gasLimit, generous, SCHEDULES } from '../../src/chain/sending/gas.ts';
import { appendBatchExecution, encodeAppendBatch } from '../../src/contract/batch-abi.ts';
import { eventOf } from '../../src/contract/outcome.ts';
import { batchCapacity } from '../../src/records/batch.ts';
import { keyOf, startChain, type TestChain } from '../support/chain.ts';
import { drawBytes, noiseRecords, openLedger } from '../support/ledger.ts';

const GWEI = 10n ** 9n;
const target = accountOf(keyOf('nobody'));
const exact = (gas: bigint) => gas;

describe.each([
  ['of the OP stack', { network: 'optimism' } as NodeOptions, SCHEDULES['eip-7623'], exact],
  ['without a floor', { hardfork: 'cancun' } as NodeOptions, SCHEDULES['eip-2028'], generous],
])('a chain %s', (name, options, prices, spare) => {
  let chain: TestChain;
  beforeAll(async () => {
    chain = await startChain(options);
  });
  afterAll(() => chain?.stop());
  const limitOf = async (hash: string) =>
    BigInt((await chain.rpc.call<{ gas: string }>('eth_getTransactionByHash', [hash])).gas);

  it(`charges for calldata by ${prices.source}`, async () => {
    const sender = await chain.sender('calldata');
    for (const length of [0, 1, 5000, 100_000]) {
      const data = drawBytes(`calldata ${length}`, length).fill(0, 0, length / 3);
      const { gasUsed, transactionHash } = await sender.send({ to: target, data, execution: 0n });
      expect(gasUsed).toBe(floorGas(data, prices));
      expect(await limitOf(transactionHash)).toBe(spare(gasUsed));
    }
  });

  it('needs a budget for what calldata takes there, and no more', async () => {
    const data = drawBytes('budget', 100_000);
    // One gwei is what the node suggests as a tip, so it is offered.
    const most = spare(floorGas(data, prices)) * GWEI;
    const send = async (budget: string, maxTotal: bigint) =>
      (await chain.sender(budget, { maxTotal, maxFeePerGas: GWEI })).send({ to: target, data, execution: 0n });
    await expect(send('too little', most - 1n)).rejects.toMatchObject({ code: 'BUDGET', details: { needed: most } });
    expect((await send('enough', most)).gasUsed).toBe(floorGas(data, prices));
  });

  it.each([
    [1, 1],
    [3, 5],
    [7, 13],
  ])('takes batches of one record and full ones at (%i,%i)', async (threshold, seats) => {
    const label = `${name} ${threshold}`;
    const { ledgerId, hospital } = await openLedger(chain, label, { threshold, seats });
    let previous = ledgerId;
    for (const count of [1, batchCapacity(threshold)]) {
      const named = { nonce: drawBytes(`nonce ${count}`, 16), source: drawBytes('source', 32) };
      const records = noiseRecords(label, threshold, count);
      const call = { ledgerId, previous, epoch: 1, ...named, records };
      const outcome = await hospital.appendBatch(call);
      const { gasUsed, transactionHash } = outcome.receipt;
      previous = eventOf(outcome, 'BatchAppended').root;
      const execution = appendBatchExecution(records.length);
      const limit = await limitOf(transactionHash);
      expect(limit).toBe(spare(gasLimit(encodeAppendBatch(call), execution, prices)));
      expect(gasUsed).toBeLessThanOrEqual(limit);
    }
  });
});
