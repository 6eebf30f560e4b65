// What a sender refuses before anything is sent: too many bytes, too much gas, more than the account has.
import { describe, expect, it } from 'vitest';
import { addressText } from '../../../../src/address.ts';
import { fund } from '../../../../src/chain/embedded-node.ts';
import { ETHER } from '../../../support/chain.ts';
import { drawBytes } from '../../../support/ledger.ts';
import { manualChain, note, target } from '../manual-chain.ts';

const chain = manualChain();

describe('limits are checked before anything is sent', () => {
  it('on bytes: 131,072 of the signed transaction', async () => {
    const sender = await chain.open();
    // All but the calldata takes some 117 bytes, a few less where an integer is short.
    const fits = { to: target, data: drawBytes('fits', 131_072 - 120), gas: 6_000_000n };
    const sent = sender.send(fits);
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    await chain.mine();
    const { transactionHash } = await sent;
    const raw = await chain.rpc.call<string>('eth_getRawTransactionByHash', [transactionHash]);
    expect((raw.length - 2) / 2).toBeLessThanOrEqual(131_072);
    expect((raw.length - 2) / 2).toBeGreaterThan(131_050);
    const larger = { ...fits, data: drawBytes('fits', fits.data.length + 20) };
    await expect(sender.send(larger)).rejects.toMatchObject({
      code: 'TRANSACTION_TOO_LARGE',
      details: { maximum: 131_072 },
    });
    await expect(sender.send({ ...fits, data: new Uint8Array(200_000) })).rejects.toThrow(
      /takes 200000 bytes; at most 131072/,
    );
    expect(await chain.nonceOf(sender)).toBe(1);
    expect(await chain.pooled(sender)).toEqual([]);
  });

  it('on gas: 16,777,216 of one transaction, and never below the floor', async () => {
    const sender = await chain.open();
    await expect(sender.send({ ...note('x'), gas: 16_777_217n })).rejects.toThrow(
      /takes 16777217 gas; at most 16777216/,
    );
    await expect(sender.send({ ...note('x'), execution: 20_000_000n })).rejects.toMatchObject({
      code: 'TRANSACTION_GAS_CAP',
    });
    const sent = sender.send({ to: target, data: drawBytes('floor', 1000), gas: 30_000n });
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    await chain.mine();
    expect((await sent).gasUsed).toBeGreaterThan(30_000n);
    const dear = await chain.open({ prices: 'eip-7976' });
    const priced = dear.submit({ ...note('abcd'), execution: 0n });
    await expect.poll(() => dear.stats().unsettled).toBe(1);
    expect((await chain.pooled(dear)).map(({ gas }) => Number(gas))).toEqual([21_000 + 4 * 64]);
    await chain.mine();
    await (await priced).settled;
  });

  it('on what the account has', async () => {
    const privateKey = await chain.freshKey(1000n);
    const sender = await chain.open({ privateKey });
    const refused = sender.send({ ...note('poor'), gas: 30_000n });
    await expect(refused).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS', details: { balance: 1000n } });
    await expect(refused).rejects.toThrow(
      `account ${addressText(sender.address)} has 0.000000000000001 ether; this transaction may take up to 0.`,
    );
    // The nonce was not used up.
    await fund(chain.node.url, sender.address, ETHER);
    const sent = sender.send(note('rich'));
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    await chain.mine();
    await sent;
    expect(await chain.nonceOf(sender)).toBe(1);
  });
});
