// What a chain charges, as its endpoint tells: which schedule an estimate shows, what is done where none fits or nothing is
// told, and what is set aside for a data fee. On real nodes: test/layer2/.
import { Interface } from 'ethers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromHex } from '../../../src/bytes.ts';
import { quantity, Rpc } from '../../../src/chain/rpc.ts';
import { Charges } from '../../../src/chain/sending/charges.ts';
import { floorGas, gasLimit, generous, SCHEDULES, type ScheduleName } from '../../../src/chain/sending/gas.ts';
import { type Answer, type Call, type Endpoint, startEndpoint } from '../../support/endpoint/proxy.ts';
import { drawBytes } from '../../support/ledger.ts';

const ORACLE = '0x420000000000000000000000000000000000000f';
const oracle = new Interface(['function getL1Fee(bytes) view returns (uint256)']);
const names = Object.keys(SCHEDULES) as ScheduleName[];
const data = drawBytes('data', 5000).fill(0, 0, 700);

let endpoint: Endpoint;
let estimate: (data: Uint8Array) => Answer;
let code: Answer;
let fee: Answer;
beforeAll(async () => {
  endpoint = await startEndpoint(({ method, params: [call] }) => {
    if (method === 'eth_estimateGas') return estimate(fromHex(call.data));
    return method === 'eth_getCode' ? code : fee;
  });
});
afterAll(() => endpoint?.stop());
beforeEach(() => {
  endpoint.calls.length = 0;
  code = { result: '0x' };
});
const asked = (method: string): Call[] => endpoint.calls.filter((call) => call.method === method);
const charges = (prices?: ScheduleName) => new Charges(new Rpc(endpoint.url, { retries: 0 }), prices);
/** An estimate of a chain with these prices, `above` thousandths too high. */
const by = (name: ScheduleName, above = 0n) => {
  return (call: Uint8Array): Answer => ({
    result: quantity((floorGas(call, SCHEDULES[name]) * (1000n + above)) / 1000n),
  });
};

describe('the schedule', () => {
  const spare = (name: ScheduleName, limit: bigint) => (name === 'eip-2028' ? generous(limit) : limit);

  it.each(names.flatMap((name) => [0n, 15n].map((above) => [name, above] as const)))(
    'is %s where the estimate is by its prices, %i thousandths above',
    async (name, above) => {
      estimate = by(name, above);
      const found = charges();
      for (const execution of [0n, 30_000n, 900_000n]) {
        expect(await found.gasLimit(data, execution)).toBe(spare(name, gasLimit(data, execution, SCHEDULES[name])));
      }
      expect(await found.leastGas(data)).toBe(floorGas(data, SCHEDULES[name]));
      expect(asked('eth_estimateGas').length).toBe(1);
    },
  );

  it('is asked for with calldata that the prices tell apart, and that cannot be compressed', async () => {
    estimate = by('eip-7623');
    await charges().leastGas(data);
    const probe = fromHex(asked('eth_estimateGas')[0]!.params[0].data);
    const counts = new Map<number, number>();
    for (const byte of probe) counts.set(byte, (counts.get(byte) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThan(probe.length / 64);
    const prices = names.map((name) => Number(floorGas(probe, SCHEDULES[name])));
    for (const [i, price] of prices.slice(1).entries()) expect(price).toBeGreaterThan(1.2 * prices[i]!);
  });

  it('that is given is not asked for', async () => {
    estimate = () => 'drop';
    expect(await charges('eip-7976').leastGas(data)).toBe(floorGas(data, SCHEDULES['eip-7976']));
    expect(endpoint.calls).toEqual([]);
  });

  it.each(['eip-2028', 'eip-7623'] as const)('is none where the estimate is between or below: %s', async (near) => {
    for (const thousandths of [-10n, 30n, 60n]) {
      endpoint.calls.length = 0;
      estimate = by(near, thousandths);
      const found = charges();
      // The node's word for this calldata, but never less than the least that any chain takes, nor without execution.
      const told = BigInt((estimate(data) as { result: string }).result) + 100_000n;
      const least = gasLimit(data, 100_000n, SCHEDULES['eip-2028']);
      expect(await found.gasLimit(data, 100_000n)).toBe(generous(told > least ? told : least));
      expect(await found.leastGas(data)).toBe(floorGas(data, SCHEDULES['eip-2028']));
      expect(asked('eth_estimateGas').length).toBe(2);
    }
  });

  it("is mainnet's where the node does not estimate", async () => {
    estimate = () => ({ error: { code: -32601, message: 'the method eth_estimateGas does not exist' } });
    const found = charges();
    expect(await found.gasLimit(data, 0n)).toBe(floorGas(data, SCHEDULES['eip-7623']));
    await found.gasLimit(data, 0n);
    expect(asked('eth_estimateGas').length).toBe(1);
  });

  it('is asked for again where the endpoint was away', async () => {
    estimate = () => 'drop';
    const found = charges();
    await expect(found.leastGas(data)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    estimate = by('eip-2028');
    expect(await found.leastGas(data)).toBe(floorGas(data, SCHEDULES['eip-2028']));
  });
});

describe('the data fee', () => {
  const bytes = drawBytes('bytes', 333);
  const encode = async () => bytes;

  it('is none without an oracle, and nothing is encoded to ask for it', async () => {
    const found = charges('eip-7623');
    const never = async () => {
      throw new Error('encoded');
    };
    expect(await found.dataFee(never)).toBe(0n);
    expect(await found.dataFee(never)).toBe(0n);
    expect(endpoint.calls.map(({ method }) => method)).toEqual(['eth_getCode']);
  });

  it('is twice what the oracle says of the bytes; for its code is asked once', async () => {
    code = { result: '0x60' };
    const found = charges('eip-7623');
    for (const wei of [0n, 12_345n, 2n ** 96n]) {
      fee = { result: oracle.encodeFunctionResult('getL1Fee', [wei]) };
      expect(await found.dataFee(encode)).toBe(2n * wei);
    }
    for (const { params } of asked('eth_call')) {
      expect(params).toEqual([{ to: ORACLE, data: oracle.encodeFunctionData('getL1Fee', [bytes]) }, 'latest']);
    }
    expect(asked('eth_getCode').map(({ params }) => params)).toEqual([[ORACLE, 'latest']]);
  });

  it.each([0, 1, 31, 32, 33, 64])('is asked for bytes of every length: %i', async (length) => {
    code = { result: '0x60' };
    fee = { result: '0x01' };
    const odd = drawBytes('length', length);
    await charges('eip-7623').dataFee(async () => odd);
    expect(asked('eth_call')[0]!.params[0].data).toBe(oracle.encodeFunctionData('getL1Fee', [odd]));
  });

  it.each([
    ['a fee above 2^96 wei', { result: quantity(2n ** 96n + 1n) }, 'INVALID_REPLY'],
    ['nothing', { result: '0x' }, 'INVALID_REPLY'],
    ['a text', { result: 'free' }, 'INVALID_REPLY'],
    ['a revert', { error: { code: 3, message: 'execution reverted' } }, 'RPC_ERROR'],
  ] as const)('is not made up where the oracle answers with %s', async (_, answer, expected) => {
    code = { result: '0x60' };
    fee = answer;
    await expect(charges('eip-7623').dataFee(encode)).rejects.toMatchObject({ code: expected });
  });
});
