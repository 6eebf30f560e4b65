// Fees: a replacement always pays an eighth more, nothing passes the cap, and what is known is not asked for again.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quantity, Rpc } from '../../../src/chain/rpc.ts';
import { FeePolicy } from '../../../src/chain/sending/fees.ts';
import { type Endpoint, startEndpoint } from '../../support/proxy.ts';

let endpoint: Endpoint;
let baseFee = 0n;
let tip = 0n;
beforeAll(async () => {
  endpoint = await startEndpoint(({ method }) =>
    method === 'eth_maxPriorityFeePerGas'
      ? { result: quantity(tip) }
      : { result: { number: '0x1', hash: '0x', baseFeePerGas: quantity(baseFee) } },
  );
});
afterAll(() => endpoint?.stop());
const policy = (cap: bigint, own?: bigint) => new FeePolicy(new Rpc(endpoint.url, { retries: 0 }), cap, own);
const wei = fc.bigInt({ min: 0n, max: 10n ** 13n });

describe('a suggestion', () => {
  it('is twice the base fee and the tip, the whole and the tip under the cap', async () => {
    const check = async (base: bigint, suggested: bigint, cap: bigint) => {
      baseFee = base;
      tip = suggested;
      const { maxFeePerGas, maxPriorityFeePerGas } = await policy(cap).suggest();
      const wanted = 2n * base + suggested;
      expect(maxFeePerGas).toBe(wanted < cap ? wanted : cap);
      expect(maxPriorityFeePerGas).toBe(suggested < maxFeePerGas ? suggested : maxFeePerGas);
    };
    await fc.assert(fc.asyncProperty(wei, wei, wei, check), { numRuns: 40 });
  });

  it('is asked for once in a while only, and the tip not at all if it is given', async () => {
    baseFee = 7n;
    const before = endpoint.calls.length;
    const known = policy(10n ** 12n, 5n);
    expect((await known.suggest()).maxPriorityFeePerGas).toBe(5n);
    await known.suggest();
    expect(endpoint.calls.slice(before).map(({ method }) => method)).toEqual(['eth_getBlockByNumber']);
    baseFee += 10n;
    expect((await known.suggest(0)).maxFeePerGas).toBe(2n * baseFee + 5n);
  });
});

describe('a replacement', () => {
  it('pays at least an eighth more than before and than is suggested now, or there is none under the cap', async () => {
    const check = async (base: bigint, maxFeePerGas: bigint, share: bigint, cap: bigint) => {
      baseFee = base;
      tip = 1n;
      const before = { maxFeePerGas, maxPriorityFeePerGas: maxFeePerGas / (share + 1n) };
      const raised = await policy(cap).raise(before);
      if (raised === null) {
        const eighth = (9n * maxFeePerGas + 7n) / 8n;
        const suggested = (await policy(cap).suggest()).maxFeePerGas;
        expect(eighth > cap || suggested > cap).toBe(true);
        return;
      }
      expect(raised.maxFeePerGas).toBeLessThanOrEqual(cap);
      expect(8n * raised.maxFeePerGas).toBeGreaterThanOrEqual(9n * maxFeePerGas);
      expect(raised.maxFeePerGas).toBeGreaterThanOrEqual(2n * base + 1n < cap ? 2n * base + 1n : cap);
      expect(8n * raised.maxPriorityFeePerGas).toBeGreaterThanOrEqual(9n * before.maxPriorityFeePerGas);
      expect(raised.maxPriorityFeePerGas).toBeLessThanOrEqual(raised.maxFeePerGas);
    };
    await fc.assert(fc.asyncProperty(wei, wei, fc.bigInt({ min: 0n, max: 9n }), wei, check), { numRuns: 80 });
  });
});
