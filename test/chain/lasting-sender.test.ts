// A sender that outlives its own failures: it begins anew where another has given up for good, and keeps count and budget.
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLastingSender } from '../../src/chain/lasting-sender.ts';
import type { SenderOptions } from '../../src/chain/sending/sender.ts';
import { fault } from '../support/parties.ts';
import { GWEI, manualChain, note } from './sending/manual-chain.ts';

const chain = manualChain();

async function open(options: Partial<SenderOptions> = {}) {
  const privateKey = await chain.freshKey();
  const sender = await createLastingSender({
    rpc: chain.rpc,
    privateKey,
    pollInterval: 20,
    rebroadcastAfter: 50,
    replaceAfter: 100,
    ...options,
  });
  onTestFinished(() => sender.close());
  return sender;
}

/** Mines until the promise is settled. */
const mined = <T>(work: Promise<T>): Promise<T> => chain.mineWhile(work, 60);

describe('a lasting sender', () => {
  it('sends again after no block took a transaction, and counts all that it sent', async () => {
    const sender = await open({ patience: 300 });
    await mined(sender.send(note('first')));
    expect(await fault(sender.send(note('lost')))).toMatchObject({ code: 'NOT_MINED' });
    expect(sender.failed).toBe(false);
    await mined(sender.send(note('second')));
    const texts = await chain.executed(sender);
    expect(texts[0]).toBe('first');
    expect(texts).toContain('second');
    expect(sender.stats()).toMatchObject({ settled: 2, unsettled: 0 });
  });

  it('sends again after a reorganisation has cut it off', async () => {
    const sender = await open({ patience: 60_000 });
    await chain.mine(); // so that the account keeps its ether
    const { blockNumber } = await mined(sender.send(note('a')));
    const head = Number(await chain.rpc.call('eth_blockNumber'));
    await chain.rpc.call('anvil_reorg', [head - blockNumber + 1, []]);
    expect(await chain.nonceOf(sender)).toBe(0);
    expect(await fault(mined(sender.send(note('b'))))).toMatchObject({ code: 'SETTLED_LOST' });
    await mined(sender.send(note('c')));
    expect(await chain.executed(sender)).toContain('c');
  });

  it('keeps its budget over all of them', async () => {
    const maxTotal = 220_000n * GWEI;
    const sender = await open({ patience: 300, maxTotal, tipPerGas: GWEI, maxFeePerGas: 10n * GWEI });
    await chain.setBaseFee(GWEI);
    for (const text of [1, 2, 3]) await mined(sender.send(note(text)));
    expect(await fault(sender.send(note('lost')))).toMatchObject({ code: 'NOT_MINED' });
    // Each takes some 35,000 gwei: a budget that began anew would allow for five more.
    let refused: { code: string } | undefined;
    for (let more = 0; more < 9 && refused === undefined; more++) {
      await mined(sender.send(note(more))).catch((error) => {
        refused = error;
      });
    }
    expect(refused).toMatchObject({ code: 'BUDGET' });
    const { fees } = sender.stats();
    expect(fees).toBeGreaterThan(130_000n * GWEI);
    expect(fees).toBeLessThanOrEqual(maxTotal);
    sender.close();
    expect(await fault(sender.send(note(3)))).toMatchObject({ code: 'SENDER_CLOSED' });
    expect(sender.failed).toBe(true);
    expect(sender.stats().fees).toBe(fees);
  });
});
