// eth_getLogs at providers that limit it: ranges are halved where one asks for too much, and never where the endpoint only
// wants to be asked less often; logs of blocks that are gone are left out.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Hex } from '../../src/bytes.ts';
import { type LogRange, readLogs } from '../../src/chain/logs.ts';
import { quantity, Rpc, type RpcOptions } from '../../src/chain/rpc.ts';
import { type Answer, type Call, type Endpoint, startEndpoint } from '../support/endpoint/proxy.ts';

const address: Hex = `0x${'07'.repeat(20)}`;
const hash = (digit: string): Hex => `0x${digit.repeat(64)}`;
const logAt = (block: number, more = {}) => ({
  address,
  topics: [hash('1')],
  data: '0x0102',
  blockNumber: quantity(block),
  blockHash: hash('b'),
  transactionHash: hash('a'),
  logIndex: '0x0',
  ...more,
});

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint(() => 'drop');
});
afterAll(() => endpoint?.stop());

const span = ({ params }: Call) => Number(params[0].toBlock) - Number(params[0].fromBlock) + 1;
/** A log in each block of the range asked for. */
const allOf = ({ params }: Call): Answer => ({
  result: Array.from({ length: span({ params } as Call) }, (_, i) => logAt(Number(params[0].fromBlock) + i)),
});

/** Blocks of the logs read of blocks 0 to 63, and the ranges that were asked for. */
async function read(answer: Endpoint['answer'], options: RpcOptions = {}, range: Partial<LogRange> = {}) {
  const before = endpoint.calls.length;
  endpoint.answer = answer;
  const blocks: number[] = [];
  const rpc = new Rpc(endpoint.url, options);
  const asked = () => endpoint.calls.slice(before).map(({ params }) => [params[0].fromBlock, params[0].toBlock]);
  try {
    for await (const log of readLogs(rpc, { address, filters: [[]], fromBlock: 0, toBlock: 63, ...range })) {
      blocks.push(log.blockNumber);
    }
  } catch (error) {
    return { error: error as Error, asked: asked() };
  }
  return { blocks, asked: asked() };
}
const everyBlock = Array.from({ length: 64 }, (_, block) => block);

describe('a range that is too large', () => {
  const refusals: [string, Answer][] = [
    [
      'by a range',
      { error: { code: -32600, message: 'you can make eth_getLogs requests with up to a 10 block range' } },
    ],
    [
      'by results, with the code of rates',
      { error: { code: -32005, message: 'query returned more than 10000 results' } },
    ],
    [
      'by status and words',
      { status: 413, text: JSON.stringify({ error: { code: -32614, message: 'limited to 100' } }) },
    ],
    ['by status alone', { status: 413, text: '<html><body>413 Request Entity Too Large</body></html>' }],
    ['by words of a language nobody knows', { error: { code: 7, message: 'zq vv' } }],
    ['by breaking the connection', 'drop'],
  ];
  it.each(refusals)('%s is halved until it is answered', async (_, refusal) => {
    const answered = (call: Call) => (span(call) > 10 ? refusal : allOf(call));
    const { blocks } = await read(answered, { retries: 0 });
    expect(blocks).toEqual(everyBlock);
  });
});

describe('a range that comes too soon', () => {
  it('is asked for again as it is, when the endpoint wants it', async () => {
    let left = 3;
    const busy: Answer = { status: 429, text: '', headers: { 'retry-after': '0' } };
    const { blocks, asked } = await read((call) => (left-- > 0 ? busy : allOf(call)), { retries: 0 });
    expect(blocks).toEqual(everyBlock);
    expect(asked).toEqual(Array(4).fill(['0x0', '0x3f']));
  });

  it.each([
    ['status 429', { status: 429, text: 'Too Many Requests' }],
    ['code 429', { error: { code: 429, message: 'zq' } }],
  ] as [string, Answer][])('by %s is never halved, and in the end an error', async (_, busy) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const { error, asked } = await read(() => busy, { retries: 3 });
    vi.restoreAllMocks();
    expect(error?.message).toMatch(/asked too often|zq/);
    expect(asked).toEqual(Array(4).fill(['0x0', '0x3f']));
  });

  it('at three requests a second all is read, with one request for each range', async () => {
    let [second, count] = [0, 0];
    const limited = (call: Call): Answer => {
      const now = Math.floor(Date.now() / 400);
      if (now !== second) [second, count] = [now, 0];
      if (++count <= 3) return span(call) > 16 ? { error: { code: 1, message: 'range' } } : allOf(call);
      return { status: 429, text: '', headers: { 'retry-after': '0' } };
    };
    const { blocks } = await read(limited, { retries: 0 });
    expect(blocks).toEqual(everyBlock);
  });
});

describe('a list of logs', () => {
  it('is without those of blocks that a reorganisation took out', async () => {
    const gone = { blockHash: hash('d'), removed: true };
    const { blocks, asked } = await read(() => ({
      result: [logAt(1, gone), logAt(1), logAt(2), logAt(3, gone)],
    }));
    expect(blocks).toEqual([1, 2]);
    expect(asked.length).toBe(1);
  });

  it('that is null is empty', async () => {
    expect((await read(() => ({ result: null }))).blocks).toEqual([]);
  });
});
