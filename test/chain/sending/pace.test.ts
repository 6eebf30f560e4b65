// How often a node is asked while transactions are waited for: counted against a made-up chain on a clock that the test
// turns, so that the bounds are of calls, not of times.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Rpc } from '../../../src/chain/rpc.ts';
import { Pace } from '../../../src/chain/sending/pace.ts';
import { settledNonce } from '../../../src/chain/sending/readiness.ts';
import { BLOCK_HASH, follow, MadeUpChain, START } from './made-up-chain.ts';

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

describe('waiting for confirmations', () => {
  it.each([
    ['30 blocks of 12 s', 12_000, 30],
    ['finality of blocks of 12 s', 12_000, 'finalized'],
    ['30 blocks of 2 s', 2000, 30],
    ['200 blocks of a quarter of a second', 250, 200],
  ] as const)('of %s asks about once a second or less', async (_, blockTime, confirmations) => {
    const { ends, seconds, calls } = await follow(new MadeUpChain(blockTime), { confirmations });
    expect(ends).toMatchObject([{ status: 'fulfilled' }]);
    expect(seconds).toBeGreaterThan(28 * (blockTime / 1000));
    // Two or three questions a look, and some looks in quick succession when the transaction is sent and when it is mined.
    expect(calls).toBeLessThanOrEqual(3 * seconds + 60);
    if (blockTime === 12_000) expect(calls).toBeLessThanOrEqual(1.2 * seconds + 60);
  });

  it('of many transactions asks for each receipt and each block once, beside that', async () => {
    const chain = new MadeUpChain(12_000);
    const { seconds, calls } = await follow(chain, { confirmations: 30 }, 100);
    expect(chain.calls.filter((method) => method === 'eth_getTransactionReceipt').length).toBe(100);
    expect(calls).toBeLessThanOrEqual(100 + 1.2 * seconds + 100);
  });

  it('takes as long as the interval that is given, if one is', async () => {
    const { seconds, calls } = await follow(new MadeUpChain(12_000), { confirmations: 30, pollInterval: 10_000 });
    expect(calls).toBeLessThanOrEqual(0.25 * seconds + 60);
  });
});

describe('the pace', () => {
  const head = (number: number, timestamp: number) => ({ number, timestamp, hash: BLOCK_HASH, baseFee: 0n });

  it('is quick after a find, and then twice as slow each time, up to a quarter of the block time', () => {
    for (const [blockSeconds, longest] of [
      [1, 1000],
      [12, 3000],
      [60, 5000],
    ] as const) {
      const pace = new Pace(undefined);
      pace.see(head(100, 1000));
      pace.see(head(110, 1000 + 10 * blockSeconds));
      const waits = Array.from({ length: 14 }, () => {
        pace.slacken();
        return pace.wait;
      });
      expect(waits.slice(0, 3)).toEqual([10, 20, 40]);
      expect(waits.at(-1)).toBe(longest);
      pace.quicken();
      expect(pace.wait).toBe(5);
    }
  });

  it('is bounded where the chain goes back, or its clock does', () => {
    const pace = new Pace(undefined);
    for (const [number, timestamp] of [
      [100, 1000],
      [90, 900],
      [101, 0],
      [102, 2 ** 50],
    ] as const) {
      pace.see(head(number, timestamp));
      for (let look = 0; look < 20; look++) pace.slacken();
      expect(pace.wait).toBeGreaterThanOrEqual(1000);
      expect(pace.wait).toBeLessThanOrEqual(5000);
    }
  });
});

describe('waiting for an earlier transaction of the account', () => {
  it('asks about once a second', async () => {
    const chain = new MadeUpChain(60_000);
    const { rpc } = chain;
    const stuck = {
      call: (...args: Parameters<Rpc['call']>) => (args[1]?.[1] === 'pending' ? count() : rpc.call(...args)),
    };
    let asked = 0;
    const count = async () => {
      asked++;
      return 5;
    };
    let nonce: number | undefined;
    void settledNonce(stuck as unknown as Rpc, new Uint8Array(20), 60_000).then((found) => {
      nonce = found;
    });
    while (nonce === undefined) await vi.advanceTimersByTimeAsync(250);
    expect(nonce).toBe(0);
    expect(asked).toBeLessThanOrEqual(65);
  });
});
