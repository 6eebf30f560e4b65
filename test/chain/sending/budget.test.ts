// A sender's budget: what is spent and what unsettled transactions may take never exceed it, whatever is sent and in which
// order; a transaction that does not fit is not signed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import { accountOf } from '../../../src/chain/account.ts';
import { Budget } from '../../../src/chain/sending/budget.ts';
import { readBalance } from '../../../src/chain/state.ts';
import { keyOf } from '../../support/chain.ts';
import { drawBytes } from '../../support/ledger.ts';
import { GWEI, manualChain, note, target } from './manual-chain.ts';

describe('a budget', () => {
  const wei = fc.bigInt({ min: 0n, max: 1000n });
  const step = fc.record({ of: fc.nat(9), amount: wei, settles: fc.boolean() });

  it('is never exceeded by what is spent and what is set aside', () => {
    fc.assert(
      fc.property(wei, fc.array(step, { maxLength: 60 }), (maximum, steps) => {
        const budget = new Budget(maximum);
        const shares = Array.from({ length: 10 }, () => budget.share());
        let spent = 0n;
        const held = () => shares.reduce((sum, { amount }) => sum + amount, 0n);
        for (const { of, amount, settles } of steps) {
          const share = shares[of]!;
          if (settles) {
            const most = share.amount;
            spent += [amount, most].sort((a, b) => Number(a - b))[0]!;
            budget.settle(share, amount);
            shares[of] = budget.share();
          } else {
            const before = share.amount;
            const fits = spent + held() - before + amount <= maximum;
            expect(share.set(amount)).toBe(fits);
            expect(share.amount).toBe(fits ? amount : before);
          }
          expect(spent + held()).toBeLessThanOrEqual(maximum);
        }
      }),
    );
  });

  it('counts a data fee in full, and has room for nothing once that has exceeded it', () => {
    const budget = new Budget(100n);
    const [first, second, third] = [budget.share(), budget.share(), budget.share()];
    expect(first.set(60n)).toBe(true);
    budget.settle(first, 70n, 39n);
    expect([second.set(2n), second.set(1n)]).toEqual([false, true]);
    budget.settle(second, 0n, 2n);
    expect([third.set(1n), third.set(0n)]).toEqual([false, false]);
    expect(budget.error(1n)).toMatchObject({ details: { maximum: 100n, spent: 101n, reserved: 0n, needed: 1n } });
  });

  it('that is not given has room for everything', () => {
    expect(new Budget(undefined).share().set(2n ** 200n)).toBe(true);
  });
});

describe('a sender with a budget', () => {
  const chain = manualChain();
  /** Gas limit, and the most that one transaction takes. */
  const gas = 50_000n;
  const caps = { maxFeePerGas: 10n * GWEI, tipPerGas: GWEI };
  const most = gas * 10n * GWEI;

  it('signs nothing that may exceed it, and says what is missing', async () => {
    await chain.setBaseFee(8n * GWEI);
    const sender = await chain.open({ ...caps, maxTotal: most - 1n });
    const error = await sender.send({ ...note('dear'), gas }).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({
      code: 'BUDGET',
      details: { maximum: most - 1n, spent: 0n, reserved: 0n, needed: most },
    });
    expect((error as Error).message).toBe(
      'the budget of 0.000499999999999999 ether (maxTotal, --max-total) is too small for the next transaction: 0 is spent, unsettled transactions may take up to 0, this one up to 0.0005; it was not sent',
    );
    expect(await chain.pooled(sender)).toEqual([]);
    expect(await chain.nonceOf(sender)).toBe(0);
  });

  it('counts what is sent with a transaction too', async () => {
    const sender = await chain.open({ ...caps, maxTotal: most + 4n });
    await expect(sender.send({ ...note('gift'), gas, value: 5n })).rejects.toMatchObject({ code: 'BUDGET' });
  });

  it('gets back the value of a transaction that reverted', async () => {
    const reverting = accountOf(keyOf('reverting'));
    await chain.rpc.call('anvil_setCode', [toHex(reverting), '0x5f5ffd']);
    const value = 3n * most;
    const sender = await chain.open({ ...caps, maxTotal: value + 2n * most });
    const sent = sender.send({ to: reverting, data: new Uint8Array(0), gas, value });
    const settled = expect(sent).rejects.toMatchObject({ code: 'TRANSACTION_FAILED' });
    await chain.mineUntilIdle(sender);
    await settled;
    // There is room for this one only because the first has spent none of its value.
    const again = sender.send({ to: target, data: new Uint8Array(0), gas, value });
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    await chain.mineUntilIdle(sender);
    await again;
    await expect(sender.send({ ...note('more'), gas, value })).rejects.toMatchObject({ code: 'BUDGET' });
  });

  it('waits for unsettled transactions, goes on with what they leave, and spends no more than it has', async () => {
    const sender = await chain.open({ ...caps, maxTotal: 2n * most });
    const before = await readBalance(chain.rpc, sender.address);
    const results: string[] = [];
    const sent = Array.from({ length: 12 }, (_, i) =>
      sender.send({ ...note(i), gas }).then(
        () => results.push('settled'),
        (error) => results.push(error.code),
      ),
    );
    await expect.poll(() => sender.stats().unsettled).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(sender.stats().unsettled).toBe(2);
    expect(results).toEqual([]);
    await chain.mineWhile(Promise.all(sent), 50);
    const paid = before - (await readBalance(chain.rpc, sender.address));
    expect(paid).toBeLessThanOrEqual(2n * most);
    expect(paid).toBe(sender.stats().fees);
    const settled = results.filter((result) => result === 'settled').length;
    expect(settled).toBeGreaterThan(2);
    expect(results.filter((result) => result === 'BUDGET').length).toBe(12 - settled);
    expect(await chain.executed(sender)).toEqual(Array.from({ length: settled }, (_, i) => `${i}`));
  });

  it.each([
    [gas * 4n * GWEI, 0],
    [undefined, 1],
  ])('of %s wei has room for so many replacements: %i', async (maxTotal, replaced) => {
    await chain.setBaseFee(GWEI);
    const sender = await chain.open({
      tipPerGas: GWEI,
      replaceAfter: 50,
      rebroadcastAfter: 100,
      ...(maxTotal && { maxTotal }),
    });
    const sent = sender.send({ ...note('stuck'), gas });
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    for (let block = 0; block < 6; block++) {
      await chain.setBaseFee(20n * GWEI);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await expect.poll(() => Math.min(sender.stats().replaced, 1)).toBe(replaced);
    await chain.setBaseFee(GWEI);
    await chain.mineUntilIdle(sender);
    await sent;
  });

  it('gives back what a refused transaction would have taken', async () => {
    await chain.setBaseFee(GWEI);
    const limit = 6_000_000n;
    const sender = await chain.open({ ...caps, maxTotal: limit * 10n * GWEI });
    const large = { ...note(''), data: drawBytes('large', 131_072 - 50), gas: limit };
    await expect(sender.send(large)).rejects.toMatchObject({ code: 'TRANSACTION_TOO_LARGE' });
    const sent = sender.send({ ...note('y'), gas: limit });
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    await chain.mine();
    await sent;
  });
});
