// Replies that are not what a method returns: each question about the chain either reads a value of the stated type and
// range, or throws a typed error that names method and field. Nothing an endpoint answers is a TypeError or RangeError.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hex } from '../../src/bytes.ts';
import { ReplyError } from '../../src/chain/errors.ts';
import { readLogs } from '../../src/chain/logs.ts';
import { readMined } from '../../src/chain/receipts.ts';
import { quantity, Rpc } from '../../src/chain/rpc.ts';
import {
  estimateGas,
  hasBlock,
  hasTransaction,
  readBalance,
  readBlock,
  readCall,
  readChainId,
  readCode,
  readHead,
  readNonce,
  readSuggestedTip,
} from '../../src/chain/state.ts';
import { asContractError, decodeRevert } from '../../src/contract/errors.ts';
import { MIStoreError } from '../../src/errors.ts';
import { type Answer, type Endpoint, startEndpoint } from '../support/endpoint/proxy.ts';

let endpoint: Endpoint;
let rpc: Rpc;
beforeAll(async () => {
  endpoint = await startEndpoint(() => 'drop');
  rpc = new Rpc(endpoint.url, { retries: 0 });
});
afterAll(() => endpoint?.stop());

const hash = (digit: string): Hex => `0x${digit.repeat(64)}`;
const account = new Uint8Array(20).fill(7);
const address: Hex = `0x${'07'.repeat(20)}`;
const LOG = {
  address,
  topics: [hash('1'), hash('2')],
  data: '0x0102',
  blockNumber: '0x5',
  blockHash: hash('b'),
  transactionHash: hash('a'),
  logIndex: '0x0',
  removed: false,
};
const BLOCK = { number: '0x5', hash: hash('b'), timestamp: '0x64', baseFeePerGas: '0x7' };
const RECEIPT = {
  transactionHash: hash('a'),
  blockNumber: '0x5',
  blockHash: hash('b'),
  contractAddress: null,
  gasUsed: '0x5208',
  effectiveGasPrice: '0x9',
  status: '0x1',
  logs: [LOG],
};

async function allLogs() {
  const found = [];
  for await (const log of readLogs(rpc, { address, filters: [[]], fromBlock: 5, toBlock: 5 })) found.push(log);
  return found;
}
/** Each question: how it is asked, a right reply, and what that means. */
const QUESTIONS: [string, () => Promise<unknown>, unknown, unknown][] = [
  ['eth_chainId', () => readChainId(rpc), '0x1', 1n],
  ['eth_getBlockByNumber', () => readBlock(rpc, 5), BLOCK, { number: 5, hash: hash('b'), timestamp: 100, baseFee: 7n }],
  [
    'eth_getBlockByNumber (head)',
    () => readHead(rpc),
    { ...BLOCK, baseFeePerGas: undefined },
    { number: 5, hash: hash('b'), timestamp: 100, baseFee: 0n },
  ],
  [
    'eth_getBlockByNumber (final)',
    () => readHead(rpc, 'finalized'),
    BLOCK,
    { number: 5, hash: hash('b'), timestamp: 100, baseFee: 7n },
  ],
  ['eth_getBlockByNumber (hash)', () => hasBlock(rpc, 5, hash('b')), { ...BLOCK, hash: `0x${'B'.repeat(64)}` }, true],
  ['eth_getTransactionCount', () => readNonce(rpc, account), '0x0007', 7],
  ['eth_getBalance', () => readBalance(rpc, account), `0x${'f'.repeat(64)}`, 2n ** 256n - 1n],
  ['eth_getCode', () => readCode(rpc, account), '0x', '0x'],
  ['eth_call', () => readCall(rpc, { to: address, data: '0x' }, 'latest'), '0xAB', '0xab'],
  ['eth_estimateGas', () => estimateGas(rpc, { data: '0x' }), '0x5208', 21_000n],
  ['eth_maxPriorityFeePerGas', () => readSuggestedTip(rpc), '0x3b9aca00', 1_000_000_000n],
  ['eth_getTransactionByHash', () => hasTransaction(rpc, hash('a')), { hash: hash('a') }, true],
  ['eth_getTransactionReceipt', () => readMined(rpc, hash('a')), RECEIPT, { succeeded: true }],
  ['eth_getLogs', allLogs, [LOG], [{ address, logIndex: 0, blockNumber: 5 }]],
];

/** Objects on which Number() and String() throw, and which objects of JSON can be. */
const hostileObject = fc.constantFrom(
  { toString: 1, valueOf: 1 },
  { length: -1 },
  { __proto__: null },
  { constructor: 1 },
);
const hexish = fc.oneof(
  fc.constantFrom(
    '0x',
    '0x0',
    '0X1',
    '0x-1',
    '0x1.5',
    '0xg',
    ' 0x1',
    '',
    `0x${'f'.repeat(65)}`,
    `0x1${'0'.repeat(63)}`,
  ),
  fc.bigInt({ min: -1n, max: 2n ** 300n }).map((n) => `0x${n.toString(16)}`),
);
const anything = fc.oneof({ weight: 3, arbitrary: fc.jsonValue() }, hexish, hostileObject, fc.constant(null));

/** `value` with one part of it, at any depth, replaced by something else. */
const damaged = (value: unknown): fc.Arbitrary<unknown> =>
  fc.tuple(fc.nat(), fc.array(fc.nat(), { maxLength: 3 }), anything).map(([first, more, replacement]) => {
    const copy = structuredClone({ value }) as Record<string, unknown>;
    let [holder, key] = [copy, 'value'];
    for (const choice of [first, ...more]) {
      const inner = holder[key] as Record<string, unknown> | null;
      const keys = typeof inner === 'object' && inner !== null ? Object.keys(inner) : [];
      if (keys.length === 0) break;
      [holder, key] = [inner!, keys[choice % keys.length]!];
    }
    holder[key] = replacement;
    return copy.value;
  });

describe.each(QUESTIONS)('%s', (name, ask, right, meaning) => {
  const method = name.split(' ')[0]!;

  it('reads a right reply', async () => {
    endpoint.answer = () => ({ result: right });
    const read = await ask();
    if (typeof meaning === 'object') expect(read).toMatchObject(meaning as object);
    else expect(read).toBe(meaning);
  });

  it('throws nothing but typed errors for any other, and names what is wrong', async () => {
    const check = async (result: unknown) => {
      endpoint.answer = () => ({ result });
      const error = await ask().catch((reason: unknown) => reason);
      if (!(error instanceof Error)) return;
      expect(error, error.stack).toBeInstanceOf(MIStoreError);
      expect(error.message.length).toBeLessThan(800);
      if (error instanceof ReplyError) {
        expect(error.message).toMatch(/^the reply to eth_\w+ is malformed: result[\w.[\]]* is .* it must be /);
        expect(error.details).toMatchObject({ method, field: expect.stringMatching(/^result/) });
      }
    };
    await fc.assert(fc.asyncProperty(fc.oneof(anything, damaged(right)), check), { numRuns: 150 });
  });

  it('throws nothing but typed errors for any envelope', async () => {
    const envelope = fc.oneof(
      anything,
      fc.record({ id: anything, result: anything, error: anything }, { requiredKeys: [] }),
      fc.record({ error: fc.record({ code: anything, message: anything, data: anything }, { requiredKeys: [] }) }),
    );
    const check = async (reply: unknown, status: number) => {
      endpoint.answer = (): Answer => ({ status, text: JSON.stringify(reply) ?? '' });
      const error = await ask().catch((reason: unknown) => reason);
      if (error instanceof Error) expect(error, error.stack).toBeInstanceOf(MIStoreError);
      expect(asContractError(error) === error || asContractError(error) instanceof MIStoreError).toBe(true);
    };
    const statuses = fc.constantFrom(200, 200, 400, 413, 429, 500);
    await fc.assert(fc.asyncProperty(envelope, statuses, check), { numRuns: 150 });
  });
});

describe('the data fee of a receipt', () => {
  it.each([
    [{}, 0n],
    [{ l1Fee: null }, 0n],
    [{ l1Fee: '0x0' }, 0n],
    [{ l1Fee: quantity(2n ** 96n) }, 2n ** 96n],
  ])('is read: %j', async (members, dataFee) => {
    endpoint.answer = () => ({ result: { ...RECEIPT, ...members } });
    expect((await readMined(rpc, hash('a')))?.receipt.dataFee).toBe(dataFee);
  });

  it.each([quantity(2n ** 96n + 1n), 7, '7', '', '0x', {}, ['0x1'], true])('is refused: %j', async (l1Fee) => {
    endpoint.answer = () => ({ result: { ...RECEIPT, l1Fee } });
    await expect(readMined(rpc, hash('a'))).rejects.toThrow(/result\.l1Fee is .* must be 0x-hex of a number up to/);
  });
});

describe('what was asked for', () => {
  const asked: [string, () => Promise<unknown>, unknown, string][] = [
    ['another block', () => readBlock(rpc, 6), BLOCK, 'result.number is "0x5"; it must be 6, which was asked for'],
    ['a receipt of another transaction', () => readMined(rpc, hash('c')), RECEIPT, 'result.transactionHash is "0xaaa'],
    ['another transaction', () => hasTransaction(rpc, hash('c')), { hash: hash('a') }, 'result.hash is "0xaaa'],
    ['a log of another contract', allLogs, [LOG, { ...LOG, address: `0x${'08'.repeat(20)}` }], 'result[1] is '],
    ['a log of another block', allLogs, [{ ...LOG, blockNumber: '0x6' }], 'result[0] is '],
    ['no head', () => readHead(rpc), null, 'result is null; it must be an object'],
  ];
  it.each(asked)('%s is not taken for it', async (_, ask, result, message) => {
    endpoint.answer = () => ({ result });
    const error = (await ask().catch((reason: unknown) => reason)) as ReplyError;
    expect(error).toBeInstanceOf(ReplyError);
    expect(error.message).toContain(message);
  });

  it('is asked for again, since a node behind a balancer may lag', async () => {
    let answers = 0;
    endpoint.answer = () => ({ result: answers++ === 0 ? null : BLOCK });
    expect((await readHead(new Rpc(endpoint.url))).number).toBe(5);
    expect(answers).toBe(2);
  });
});

describe('what is out of all proportion', () => {
  it.each([
    ['code', () => readCode(rpc, account), `0x${'00'.repeat(2 ** 20 + 1)}`],
    ['a result', () => readCall(rpc, { data: '0x' }, 'latest'), `0x${'00'.repeat(2 ** 20 + 1)}`],
    ['a number of topics', allLogs, [{ ...LOG, topics: Array(5).fill(hash('1')) }]],
    ['a block number', () => readHead(rpc), { ...BLOCK, number: quantity(2n ** 53n) }],
    ['a base fee', () => readHead(rpc), { ...BLOCK, baseFeePerGas: quantity(2n ** 64n + 1n) }],
    ['an amount of gas', () => estimateGas(rpc, { data: '0x' }), quantity(2n ** 63n)],
  ])('%s is refused', async (_, ask: () => Promise<unknown>, result: unknown) => {
    endpoint.answer = () => ({ result });
    await expect(ask()).rejects.toBeInstanceOf(ReplyError);
  });

  it('revert data, wide, long or deep, is no revert', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const wide = JSON.stringify(`0x${'ab'.repeat(5_000_000)}`);
    for (const data of [deep, wide]) {
      const text = `{"error":{"code":3,"message":"execution reverted","data":${data}}}`;
      endpoint.answer = () => ({ status: 200, text });
      const error = await rpc.call('eth_call').catch((reason: unknown) => reason);
      expect(asContractError(error)).toBe(error);
    }
    expect(decodeRevert(`0x${'ab'.repeat(100)}`)).toBeNull();
  });
});
