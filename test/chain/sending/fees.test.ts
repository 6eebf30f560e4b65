// Fees: a replacement always pays an eighth more, nothing passes the cap, and what is known is not asked for again.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quantity, Rpc } from '../../../src/chain/rpc.ts';
import { DEFAULT_MAX_FEE, DEFAULT_MAX_TIP, FeePolicy, GWEI } from '../../../src/chain/sending/fees.ts';
import { type Endpoint, startEndpoint } from '../../support/endpoint/proxy.ts';

let endpoint: Endpoint;
let baseFee = 0n;
let tip = 0n;
beforeAll(async () => {
  endpoint = await startEndpoint(({ method }) =>
    method === 'eth_maxPriorityFeePerGas'
      ? { result: quantity(tip) }
      : { result: { number: '0x1', hash: `0x${'1'.repeat(64)}`, timestamp: '0x1', baseFeePerGas: quantity(baseFee) } },
  );
});
afterAll(() => endpoint?.stop());
const policy = (cap: bigint, own?: bigint) =>
  new FeePolicy(new Rpc(endpoint.url, { retries: 0 }), { fee: cap, tip: cap }, own);
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

describe('the caps', () => {
  const capped = (fee: bigint, tip: bigint) => new FeePolicy(new Rpc(endpoint.url, { retries: 0 }), { fee, tip });

  it('hold whatever the node suggests, for the first offer, a replacement and an answer to a refusal', async () => {
    const check = async (
      base: bigint,
      suggested: bigint,
      fee: bigint,
      tipCap: bigint,
      once: boolean,
      outbid: boolean,
    ) => {
      baseFee = base;
      tip = suggested;
      const known = capped(fee, tipCap);
      const first = await known.suggest();
      const offers = [first, await known.raise(first), await known.raiseRefused(first, { once, outbid })];
      for (const offer of offers) {
        if (offer === null) continue;
        expect(offer.maxFeePerGas).toBeLessThanOrEqual(fee);
        expect(offer.maxPriorityFeePerGas).toBeLessThanOrEqual(tipCap);
        expect(offer.maxPriorityFeePerGas).toBeLessThanOrEqual(offer.maxFeePerGas);
        expect(offer.maxPriorityFeePerGas).toBeGreaterThanOrEqual(first.maxPriorityFeePerGas);
        expect(offer.maxFeePerGas).toBeGreaterThanOrEqual(first.maxFeePerGas);
      }
    };
    await fc.assert(fc.asyncProperty(wei, wei, wei, wei, fc.boolean(), fc.boolean(), check), { numRuns: 80 });
  });

  it('are reached by answers to refusals, and then there is none', async () => {
    [baseFee, tip] = [7n, 1000n];
    const known = capped(DEFAULT_MAX_FEE, DEFAULT_MAX_TIP);
    const first = await known.suggest();
    expect(first).toEqual({ maxFeePerGas: 1014n, maxPriorityFeePerGas: 1000n });
    const second = (await known.raiseRefused(first))!;
    expect(second.maxPriorityFeePerGas).toBe(2001n);
    const highest = (await known.raiseRefused(second, { once: true }))!;
    expect(highest.maxPriorityFeePerGas).toBe(3n * GWEI);
    expect(await known.raiseRefused(highest)).toBeNull();
  });

  it('are 100 and 3 gwei if no others are given', () => {
    expect([DEFAULT_MAX_FEE, DEFAULT_MAX_TIP]).toEqual([100_000_000_000n, 3_000_000_000n]);
  });
});
