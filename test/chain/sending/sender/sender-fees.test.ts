// What a sender offers, raises and never passes, as the chain's pool and blocks show it.
import { describe, expect, it } from 'vitest';
import { quantity } from '../../../../src/chain/rpc.ts';
import { readHead } from '../../../../src/chain/state.ts';
import { startEndpoint } from '../../../support/endpoint/proxy.ts';
import { GWEI, manualChain, note } from '../manual-chain.ts';

const chain = manualChain();

describe('fees', () => {
  it('are twice the base fee and the tip, under the cap', async () => {
    await chain.setBaseFee(10n * GWEI);
    const sender = await chain.open({ tipPerGas: 3n * GWEI });
    await sender.submit(note('fees'));
    const [transaction] = await chain.pooled(sender);
    const { baseFee } = await readHead(chain.rpc);
    expect(BigInt(transaction!.maxFeePerGas)).toBe(2n * baseFee + 3n * GWEI);
    expect(BigInt(transaction!.maxPriorityFeePerGas)).toBe(3n * GWEI);
    const capped = await chain.open({ maxFeePerGas: 11n * GWEI, tipPerGas: 20n * GWEI, maxTipPerGas: 20n * GWEI });
    await capped.submit(note('capped'));
    const [offered] = await chain.pooled(capped);
    expect([BigInt(offered!.maxFeePerGas), BigInt(offered!.maxPriorityFeePerGas)]).toEqual([11n * GWEI, 11n * GWEI]);
    await chain.mine();
  });

  it('rise by an eighth or more when blocks pass the transaction by, and the same request is executed once', async () => {
    const sender = await chain.open({ replaceAfter: 100 });
    const sent = [sender.send(note('one')), sender.send(note('two'))];
    await expect.poll(() => sender.stats().unsettled).toBe(2);
    const before = (await chain.pooled(sender)).map(({ maxFeePerGas }) => BigInt(maxFeePerGas));
    // A block that these fees do not reach.
    await chain.setBaseFee(3n * before[0]!);
    await expect.poll(() => sender.stats().replaced, { timeout: 5000 }).toBeGreaterThanOrEqual(1);
    await expect
      .poll(async () => BigInt((await chain.pooled(sender))[0]!.maxFeePerGas))
      .toBeGreaterThanOrEqual((before[0]! * 9n) / 8n);
    await chain.mineUntilIdle(sender);
    await Promise.all(sent);
    expect(await chain.executed(sender)).toEqual(['one', 'two']);
  });

  it('do not rise while no block passes', async () => {
    const sender = await chain.open({ replaceAfter: 20 });
    await sender.submit(note('quiet'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sender.stats().replaced).toBe(0);
    await chain.mine();
    await sender.idle();
  });

  it('never pass the cap: the transaction waits, and in the end is given up by name', async () => {
    await chain.setBaseFee(GWEI);
    const sender = await chain.open({
      maxFeePerGas: 4n * GWEI,
      tipPerGas: 1n,
      replaceAfter: 50,
      patience: 1500,
    });
    const sent = sender.send(note('cheap'));
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    await chain.setBaseFee(100n * GWEI);
    const given = await sent.catch((error: unknown) => error);
    expect(given).toMatchObject({ code: 'NOT_MINED', details: { nonce: 0, cap: 4n * GWEI } });
    await expect(sender.send(note('after'))).rejects.toBe(given);
    expect(await chain.executed(sender)).toEqual([]);
  });

  it('that are out of date when they are offered are asked for again', async () => {
    await chain.setBaseFee(GWEI);
    const sender = await chain.open({ tipPerGas: 1n });
    const first = sender.send(note('then'));
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    await chain.mine();
    await first;
    const { baseFee } = await readHead(chain.rpc);
    await chain.setBaseFee(20n * baseFee);
    const second = sender.send({ ...note('now'), gas: 40_000n });
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    expect(BigInt((await chain.pooled(sender))[0]!.maxFeePerGas)).toBeGreaterThan(20n * baseFee);
    await chain.mine();
    await second;
  });

  it('below what nodes take are refused by name when the cap is below it', async () => {
    await chain.setBaseFee(50n * GWEI);
    const sender = await chain.open({ maxFeePerGas: 2n, tipPerGas: 1n, patience: 600 });
    await expect(sender.send({ ...note('x'), gas: 50_000n })).rejects.toMatchObject({
      code: expect.stringMatching(/FEE_CAP|NOT_MINED/),
    });
  });

  it("are not the endpoint's to set: a tip that it suggests is offered up to the cap, and no more is paid", async () => {
    await chain.setBaseFee(GWEI);
    const greedy = await startEndpoint(
      ({ method }, forward) => (method === 'eth_maxPriorityFeePerGas' ? { result: quantity(500n * GWEI) } : forward()),
      chain.node.url,
    );
    for (const [options, tip] of [
      [{}, 3n * GWEI],
      [{ maxTipPerGas: 5n }, 5n],
    ] as const) {
      const sender = await chain.open({ rpc: greedy.url, ...options });
      const sent = sender.send(note('greedy'));
      await expect.poll(() => sender.stats().unsettled).toBe(1);
      const { baseFee } = await readHead(chain.rpc);
      const [offered] = await chain.pooled(sender);
      expect(BigInt(offered!.maxPriorityFeePerGas)).toBe(tip);
      expect(BigInt(offered!.maxFeePerGas)).toBe(2n * baseFee + tip);
      await chain.mine();
      expect((await sent).gasPrice).toBeLessThanOrEqual(2n * baseFee + tip);
    }
    await greedy.stop();
  });
});
