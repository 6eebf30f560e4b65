// Plans: what a planner reckons is what a sender spends, on a chain with and without a fee for data; it sends nothing; what
// would revert is an error, unless it may rest on a transaction that is not sent yet.
import { afterEach, describe, expect, it } from 'vitest';
import { Planner, type PlannerOptions } from '../../../src/chain/costs/planner.ts';
import { Rpc } from '../../../src/chain/rpc.ts';
import { type Answer, type Endpoint, startEndpoint } from '../../support/endpoint/proxy.ts';

const GWEI = 10n ** 9n;
let endpoint: Endpoint;
afterEach(() => endpoint.stop());

const block = {
  number: '0x9',
  hash: `0x${'b'.repeat(64)}`,
  timestamp: '0x1',
  baseFeePerGas: `0x${(5n * GWEI).toString(16)}`,
};
const reverts: Answer = { error: { code: 3, message: 'execution reverted', data: '0x12345678' } };

/** A planner at an endpoint whose estimates are these, one after the other; `dataFee`: what its oracle says. */
async function planner(estimates: (bigint | 'reverts')[], dataFee?: bigint, more: Partial<PlannerOptions> = {}) {
  const left = [...estimates];
  endpoint = await startEndpoint(({ method, params }) => {
    switch (method) {
      case 'eth_getBlockByNumber':
        return { result: block };
      case 'eth_maxPriorityFeePerGas':
        return { result: `0x${GWEI.toString(16)}` };
      case 'eth_getCode':
        return { result: dataFee === undefined ? '0x' : '0x01' };
      case 'eth_call':
        return { result: `0x${dataFee!.toString(16).padStart(64, '0')}` };
      case 'eth_estimateGas': {
        const next = params[0].to === undefined || left.length > 0 ? left.shift() : 0n;
        return next === 'reverts' || next === undefined ? reverts : { result: `0x${next.toString(16)}` };
      }
      default:
        throw new Error(method);
    }
  });
  return new Planner({ rpc: new Rpc(endpoint.url), address: new Uint8Array(20), chainId: 1n, ...more });
}

const request = (bytes = 4) => ({ to: new Uint8Array(20).fill(7), data: new Uint8Array(bytes).fill(1) });

describe('a plan', () => {
  it('adds up gas, price, value and what there is room for', async () => {
    const plans = await planner([100_000n, 200_000n]);
    await plans.send(request());
    await plans.send({ ...request(), value: 5n });
    expect(await plans.plan()).toEqual({
      transactions: 2,
      gas: 300_000n,
      gasLimit: 337_500n,
      price: 6n * GWEI,
      baseFee: 5n * GWEI,
      maxFee: 100n * GWEI,
      dataFee: 0n,
      value: 5n,
      expected: 300_000n * 6n * GWEI + 5n,
      most: 337_500n * 100n * GWEI + 5n,
    });
    expect(endpoint.calls.filter(({ method }) => method.startsWith('eth_send'))).toEqual([]);
  });

  it('pays no more than the cap', async () => {
    const plans = await planner([100_000n], undefined, { maxFeePerGas: 2n * GWEI });
    await plans.send(request());
    expect(await plans.plan()).toMatchObject({ price: 2n * GWEI, maxFee: 2n * GWEI });
  });

  it("has a rollup's fee for data, once as expected and twice as the most", async () => {
    const plans = await planner([100_000n], 777n);
    await plans.send(request());
    const { dataFee, expected, most } = await plans.plan();
    expect([dataFee, expected - 600_000n * GWEI, most - 11_250_000n * GWEI]).toEqual([777n, 777n, 1554n]);
  });

  it('is an error where the first would revert, and a reckoning where a later one may rest on the first', async () => {
    await expect((await planner(['reverts'])).send(request())).rejects.toThrow('execution reverted');
    await endpoint.stop();
    const plans = await planner([100_000n, 'reverts']);
    await plans.send(request());
    await plans.send(request(1000));
    const { gas } = await plans.plan();
    expect(gas).toBe(100_000n + 21_000n + 40_000n); // base and the floor of mainnet for its calldata
  });
});
