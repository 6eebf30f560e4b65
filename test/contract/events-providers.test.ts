// Reading events from providers with every kind of limit, from one that leaves logs out, and from one that replies wrongly.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex, uint256 } from '../../src/bytes.ts';
import { ConnectionError, IncompleteLogsError, RpcError } from '../../src/chain/errors.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { EventReader } from '../../src/contract/events.ts';
import { type Answer, type Call, type Endpoint, hostile } from '../support/endpoint/proxy.ts';
import { ALL, BATCHES, batchNumbers, collect, type EventScene, openEventScene } from './event-scene.ts';

let scene: EventScene;
let chain: EventScene['chain'];
let ledger: EventScene['ledger'];
let endpoint: EventScene['endpoint'];
let reader: EventScene['reader'];

beforeAll(async () => {
  scene = await openEventScene();
  ({ chain, ledger, endpoint, reader } = scene);
});
afterAll(() => scene?.stop());

const span = ({ params: [{ fromBlock, toBlock }] }: Call) => Number(toBlock) - Number(fromBlock) + 1;
const count = (answer: Answer) => (answer as { result: unknown[] }).result.length;

const LIMITS: [string, (call: Call, forward: () => Promise<Answer>) => Answer | Promise<Answer>][] = [
  [
    'a range of 10 blocks (-32600)',
    (c, f) => (span(c) > 10 ? { error: { code: -32600, message: 'eth_getLogs is limited to a 10 range' } } : f()),
  ],
  [
    'a range of 1 block (-32602)',
    (c, f) => (span(c) > 1 ? { error: { code: -32602, message: 'block range too large' } } : f()),
  ],
  [
    '3 results (-32005)',
    async (_, f) => {
      const a = await f();
      return count(a) > 3 ? { error: { code: -32005, message: 'query returned more than 3 results' } } : a;
    },
  ],
  [
    '3 results (-32000), an unknown wording',
    async (_, f) => {
      const a = await f();
      return count(a) > 4 ? { error: { code: -32000, message: 'nope' } } : a;
    },
  ],
  ['a size, by HTTP 413', async (c, f) => (span(c) > 20 ? { status: 413, text: 'too large' } : f())],
  [
    'a size, by cutting the body',
    async (c, f) => (span(c) > 20 ? { status: 200, text: '{"jsonrpc":"2.0","result":[{"addr' } : f()),
  ],
  ['patience: large ranges break the connection', async (c, f) => (span(c) > 20 ? 'drop' : f())],
  [
    'the rate',
    (() => {
      let n = 0;
      return (_: Call, f: () => Promise<Answer>) => (++n % 3 === 1 ? { status: 429, text: '' } : f());
    })(),
  ],
];

describe('a provider that limits', () => {
  it.each(LIMITS)('%s: gives all batches all the same', async (_, limit) => {
    endpoint.answer = (call, forward) => (call.method === 'eth_getLogs' ? limit(call, forward) : forward());
    expect(await batchNumbers(reader(endpoint.url).readBatches(ledger.ledgerId))).toEqual(ALL);
    const whole = (await collect(reader().readAll())).map(({ event, blockNumber, logIndex }) => [
      event,
      blockNumber,
      logIndex,
    ]);
    const limited = await collect(reader(endpoint.url).readAll());
    expect(limited.map(({ event, blockNumber, logIndex }) => [event, blockNumber, logIndex])).toEqual(whole);
  });

  it('single blocks too: the reading ends with its reason', async () => {
    endpoint.answer = (call, forward) =>
      call.method === 'eth_getLogs' ? { error: { code: -32000, message: 'logs are not served here' } } : forward();
    await expect(collect(reader(endpoint.url).readAll())).rejects.toThrow(RpcError);
    endpoint.answer = (call, forward) => (call.method === 'eth_getLogs' ? 'drop' : forward());
    await expect(collect(reader(endpoint.url, 0).readAll())).rejects.toThrow(ConnectionError);
  });

  it('history that is pruned (4444): the reading ends at once', async () => {
    let asked = 0;
    endpoint.answer = (call, forward) => {
      if (call.method !== 'eth_getLogs') return forward();
      asked++;
      return { error: { code: 4444, message: 'pruned history unavailable' } };
    };
    await expect(collect(reader(endpoint.url).readAll())).rejects.toThrow(
      /pruned the logs of blocks 1 to \d+; an archive/,
    );
    expect(asked).toBe(1);
  });
});

describe('a provider that leaves logs out', () => {
  const ofBatch = (index: number) => toHex(uint256(index));
  const without =
    (hide: (log: { topics: string[]; blockNumber: string }, call: Call) => boolean): Endpoint['answer'] =>
    async (call, forward) => {
      const answer = await forward();
      if (call.method !== 'eth_getLogs') return answer;
      return {
        result: (answer as { result: { topics: string[]; blockNumber: string }[] }).result.filter(
          (log) => !hide(log, call),
        ),
      };
    };

  it.each([
    ['the first', (i: number) => i === 0],
    ['the last', (i: number) => i === BATCHES - 1],
    ['two in the middle', (i: number) => i === 4 || i === 5],
    ['all but one', (i: number) => i !== 6],
    ['all', () => true],
  ])('%s from ranges: each is missed, and asked for by its number', async (_, hidden) => {
    endpoint.answer = without(({ topics }, call) => hidden(Number(topics[2])) && call.params[0].topics[2] === null);
    expect(await batchNumbers(reader(endpoint.url).readBatches(ledger.ledgerId))).toEqual(ALL);
    expect(await batchNumbers(reader(endpoint.url).readBatches(ledger.ledgerId, 5))).toEqual(ALL.slice(5));
  });

  it('from large ranges of any kind, is asked in smaller ones', async () => {
    endpoint.answer = without(({ topics }, call) => topics[2] === ofBatch(7) && span(call) > 12);
    expect(await batchNumbers(reader(endpoint.url).readBatches(ledger.ledgerId))).toEqual(ALL);
  });

  it('for good: the error names the batch that is missing', async () => {
    endpoint.answer = without(({ topics }) => topics[2] === ofBatch(7));
    const read: number[] = [];
    const reading = (async () => {
      for await (const { index } of reader(endpoint.url).readBatches(ledger.ledgerId)) read.push(index);
    })();
    await expect(reading).rejects.toThrow(IncompleteLogsError);
    const missing = `no log of batch 7 of ledger ${toHex(ledger.ledgerId)} in blocks \\d+ to \\d+`;
    await expect(reading).rejects.toThrow(new RegExp(missing));
    expect(read).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('a provider that replies wrongly', () => {
  const altered =
    (alter: (log: Record<string, unknown>) => unknown): Endpoint['answer'] =>
    async (call, forward) => {
      const answer = (await forward()) as { result: Record<string, unknown>[] };
      return call.method === 'eth_getLogs' ? { result: answer.result.map(alter) } : answer;
    };
  it.each([
    ['of another contract', (log: object) => ({ ...log, address: `0x${'1'.repeat(40)}` })],
    ['of another block', (log: object) => ({ ...log, blockNumber: '0xffffff' })],
    ['without data', (log: object) => ({ ...log, data: undefined })],
    ['without topics', (log: object) => ({ ...log, topics: null })],
    ['with data that is no hex', (log: object) => ({ ...log, data: '0xzz' })],
    ['that are null', () => null],
  ])('logs %s', async (_, alter) => {
    endpoint.answer = altered(alter);
    await expect(collect(reader(endpoint.url).readAll())).rejects.toMatchObject({
      code: 'INVALID_REPLY',
      details: { method: 'eth_getLogs', field: expect.stringMatching(/^result\[0\]/) },
    });
  });

  it('something else than a list', async () => {
    endpoint.answer = (call, forward) => (call.method === 'eth_getLogs' ? { result: {} } : forward());
    await expect(collect(reader(endpoint.url).readAll())).rejects.toThrow(
      /eth_getLogs is malformed: result is an object; it must be a list/,
    );
  });

  it.each([1, 2, 3, 4, 5])('every third time, in one of ten ways (seed %i)', async (seed) => {
    endpoint.answer = hostile(seed, 3);
    const rpc = new Rpc(endpoint.url, { retries: 20, timeout: 2000 });
    const events = new EventReader({ rpc, address: chain.address });
    expect(await batchNumbers(events.readBatches(ledger.ledgerId))).toEqual(ALL);
  });
});
