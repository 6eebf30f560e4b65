// Sending on a chain that mines when told: order, window, waiting for blocks, nonces, closing. The chain's own
// transactions are the oracle: each request executed exactly once, in order.
import { describe, expect, it } from 'vitest';
import { addressText } from '../../../../src/address.ts';
import { toHex } from '../../../../src/bytes.ts';
import { createSender } from '../../../../src/chain/sending/sender.ts';
import { readBalance } from '../../../../src/chain/state.ts';
import { keyOf } from '../../../support/chain.ts';
import { drawBytes } from '../../../support/ledger.ts';
import { manualChain, note } from '../manual-chain.ts';

const chain = manualChain();

describe('a sender', () => {
  it('puts transactions on chain in order, and no more in flight than its window', async () => {
    const sender = await chain.open({ window: 3 });
    const submitted: Promise<unknown>[] = [];
    let broadcast = 0;
    for (let i = 0; i < 8; i++) {
      const settled = sender.submit(note(i)).then(({ settled }) => {
        broadcast++;
        return settled;
      });
      submitted.push(settled);
    }
    for (const expected of [3, 6, 8]) {
      await expect.poll(() => broadcast).toBe(expected);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(broadcast).toBe(expected);
      expect(sender.stats().unsettled).toBe(expected === 8 ? 2 : 3);
      await chain.mine();
    }
    await Promise.all(submitted);
    await sender.idle();
    expect(await chain.executed(sender)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(String));
    expect(sender.stats()).toMatchObject({ unsettled: 0, settled: 8, replaced: 0, reorganised: 0 });
  });

  it('accounts for the gas and the fees that the chain took', async () => {
    const sender = await chain.open();
    const before = await readBalance(chain.rpc, sender.address);
    const first = sender.send(note('a'));
    const second = sender.send({ ...note('b'), value: 5n });
    await expect.poll(() => sender.stats().unsettled).toBe(2);
    await chain.mine();
    const receipts = await Promise.all([first, second]);
    const { gasUsed, fees } = sender.stats();
    expect(gasUsed).toBe(receipts[0]!.gasUsed + receipts[1]!.gasUsed);
    expect(before - (await readBalance(chain.rpc, sender.address))).toBe(fees + 5n);
  });

  it('waits for as many blocks as it is told', async () => {
    const sender = await chain.open({ confirmations: 4 });
    let settled = false;
    const sent = sender.send(note('deep')).then(() => {
      settled = true;
    });
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    for (let block = 1; block <= 3; block++) {
      await chain.mine();
      await new Promise((resolve) => setTimeout(resolve, 80));
      expect(settled).toBe(false);
    }
    await chain.mine();
    await sent;
  });

  it('waits for finality, if told, and then for nothing else', async () => {
    const sender = await chain.open({ confirmations: 'finalized', maxUnsettled: 2 });
    const sent = [sender.send(note(1)), sender.send(note(2)), sender.send(note(3))];
    await expect.poll(() => sender.stats().unsettled).toBe(2);
    await chain.mine(40);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(sender.stats()).toMatchObject({ unsettled: 2, settled: 0 }); // The third has no room while these are unsettled.
    await chain.mine(40);
    await Promise.all(sent.slice(0, 2));
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    await chain.mine(80);
    await Promise.all(sent);
  });

  it('goes on where the account stands, waiting for what it sent earlier', async () => {
    const privateKey = await chain.freshKey();
    const first = await chain.open({ privateKey });
    await first.submit(note('earlier'));
    let opened = false;
    const opening = chain.open({ privateKey }).then((sender) => {
      opened = true;
      return sender;
    });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(opened).toBe(false);
    await chain.mine();
    const second = await opening;
    const sent = second.send(note('later'));
    await expect.poll(() => second.stats().unsettled).toBe(1);
    await chain.mine();
    await sent;
    expect(await chain.executed(second)).toEqual(['earlier', 'later']);
  });

  it('outbids what it sent earlier, if that is never mined', async () => {
    const privateKey = await chain.freshKey();
    const first = await chain.open({ privateKey });
    await first.submit(note('stuck'));
    first.close();
    const second = await chain.open({ privateKey, replaceAfter: 10 });
    const sent = second.send(note('instead'));
    await expect.poll(() => second.stats().unsettled).toBe(1);
    await chain.mine();
    await sent;
    expect(await chain.executed(second)).toEqual(['instead']);
  });
});

describe('nonces', () => {
  it('that another transaction of the account used are passed over, when it is mined', async () => {
    const privateKey = await chain.freshKey();
    const sender = await chain.open({ privateKey });
    const foreign = await chain.open({ privateKey });
    const first = foreign.send(note('foreign'));
    await expect.poll(() => foreign.stats().unsettled).toBe(1);
    await chain.mine();
    await first;
    const sent = sender.send(note('own'));
    await expect.poll(() => sender.stats().unsettled, { timeout: 15_000 }).toBe(1);
    await chain.mine();
    await sent;
    const next = await sender.submit(note('next'));
    expect(next.nonce).toBe(2);
    await chain.mine();
    await next.settled;
    expect(await chain.executed(sender)).toEqual(['foreign', 'own', 'next']);
  });

  it('are not used up by a refusal', async () => {
    const sender = await chain.open();
    const contract = drawBytes('no contract', 20);
    await chain.rpc.call('anvil_setCode', [toHex(contract), '0x60006000fd']); // revert(0, 0)
    await expect(sender.send({ to: contract, data: new Uint8Array(0) })).rejects.toMatchObject({ code: 'RPC_ERROR' });
    const sent = sender.send(note('fine'));
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    await chain.mine();
    await sent;
    expect(await chain.executed(sender)).toEqual(['fine']);
  });

  it('of a transaction that fails on chain are used up, and it alone is rejected', async () => {
    const sender = await chain.open();
    const contract = drawBytes('reverts', 20);
    await chain.rpc.call('anvil_setCode', [toHex(contract), '0x60006000fd']);
    const burner = drawBytes('burns', 20);
    await chain.rpc.call('anvil_setCode', [toHex(burner), '0x5b600056']); // An endless loop.
    const results = [
      sender.send(note('before')),
      sender.send({ to: contract, data: new Uint8Array(0), gas: 50_000n }),
      sender.send({ to: burner, data: new Uint8Array(0), gas: 50_000n }),
      sender.send(note('after')),
    ];
    const outcomes = Promise.allSettled(results);
    await expect.poll(() => sender.stats().unsettled).toBe(4);
    await chain.mine();
    const [, reverted, burnt] = await outcomes;
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect((reverted as PromiseRejectedResult).reason).toMatchObject({
      code: 'TRANSACTION_FAILED',
      message: expect.stringMatching(/it reverted$/),
    });
    expect((burnt as PromiseRejectedResult).reason.message).toMatch(/ran out of its 50000 gas$/);
    expect(sender.stats().settled).toBe(4);
  });
});

describe('closing', () => {
  it('rejects unsettled transactions and later ones, and idle then resolves', async () => {
    const sender = await chain.open({ window: 1 });
    const sent = sender.send(note('sent'));
    const waiting = sender.send(note('waiting'));
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    sender.close();
    await expect(sent).rejects.toMatchObject({ code: 'SENDER_CLOSED' });
    await expect(waiting).rejects.toMatchObject({ code: 'SENDER_CLOSED' });
    await expect(sender.send(note('late'))).rejects.toThrow(addressText(sender.address));
    await sender.idle();
    await chain.mine();
  });

  it('arguments out of range are refused', async () => {
    const privateKey = keyOf('x');
    await expect(createSender({ rpc: chain.rpc, privateKey, window: 0 })).rejects.toThrow(/window is 0/);
    await expect(createSender({ rpc: chain.rpc, privateKey, confirmations: 0 })).rejects.toThrow(/confirmations is 0/);
    await expect(createSender({ rpc: chain.rpc, privateKey, chainId: 1n })).rejects.toThrow(
      /serves chain 31337; it must be chain 1$/,
    );
    await expect(createSender({ rpc: chain.rpc, privateKey: new Uint8Array(32) })).rejects.toThrow(/private key/);
  });
});
