// Reading events: from a real chain, through providers with every kind of limit, and through one that leaves logs out.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex, uint256 } from '../../src/bytes.ts';
import { ConnectionError, IncompleteLogsError, RpcError } from '../../src/chain/errors.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { EventReader } from '../../src/contract/events.ts';
import type { ContractEvent } from '../../src/contract/types.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import {
  drawBytes,
  makeBatch,
  makeQuery,
  openLedger,
  partOf,
  type TestBatch,
  type TestLedger,
} from '../support/ledger.ts';
import { type Answer, type Call, type Endpoint, hostile, startEndpoint } from '../support/proxy.ts';

let chain: TestChain;
let ledger: TestLedger;
let other: TestLedger;
let batches: TestBatch[];
let queryId: Uint8Array;
let insurer: Uint8Array;
let endpoint: Endpoint;
const BATCHES = 12;

beforeAll(async () => {
  chain = await startChain();
  ledger = await openLedger(chain, 'one', { threshold: 1, seats: 2 });
  other = await openLedger(chain, 'other', { threshold: 1, seats: 1 });
  batches = [];
  for (let index = 0; index < BATCHES; index++) {
    batches.push(makeBatch(ledger, index, 2 * index, ['Ann', 'Bob']));
    await ledger.hospital.appendBatch(batches[index]!.call);
    // Other things happen between the batches.
    if (index % 3 === 0) await other.hospital.appendBatch(makeBatch(other, index / 3, index / 3, ['Eve']).call);
    if (index % 4 === 1) await chain.mine(50);
  }
  const client = await chain.contract('insurer');
  insurer = client.account;
  await client.register(drawBytes('insurer', 1216));
  for (const { account } of ledger.servers) await client.openChannel(account, drawBytes('channel', 1120));
  const asked = makeQuery(ledger, client, 'Ann', [
    { batch: batches[0]!, numbers: [0] },
    { batch: batches[1]!, numbers: [0] },
  ]);
  const parts = [partOf(ledger, batches[0]!, [0]), partOf(ledger, batches[1]!, [0])];
  const { queryId: id, events } = await client.query(asked.consent, asked.signature, asked.masks, parts);
  queryId = id;
  const sealed = events.find(({ event }) => event === 'QuerySealed') as unknown as ContractEvent<'QuerySealed'>;
  await ledger.servers[1]!.answer([asked.answerOf(2, sealed)]);
  endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
});
afterAll(async () => {
  await endpoint?.stop();
  await chain?.stop();
});

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}
const reader = (url = chain.node.url, retries = 3) =>
  new EventReader({ rpc: new Rpc(url, { retries, timeout: 2000 }), address: chain.address });
const batchNumbers = async (events: AsyncIterable<{ index: number }>) =>
  (await collect(events)).map(({ index }) => index);
const all = [...Array(BATCHES).keys()];

describe('events', () => {
  it('tell the whole story in order', async () => {
    const events = await collect(reader().readAll());
    const places = events.map(({ blockNumber, logIndex }) => [blockNumber, logIndex]);
    expect(places).toEqual([...places].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!));
    const counts: Record<string, number> = {};
    for (const { event } of events) counts[event] = (counts[event] ?? 0) + 1;
    expect(counts).toEqual({
      Registered: 6,
      ChannelOpened: 5,
      LedgerOpened: 2,
      ServerJoined: 3,
      LedgerActivated: 2,
      BatchAppended: BATCHES + 4,
      QueryOpened: 1,
      QueryExtended: 1,
      QuerySealed: 1,
      AnswerAccepted: 1,
    });
  });

  it('carry the terms and the contents that were sent', async () => {
    const [opened] = await collect(reader().read('LedgerOpened', { hospital: ledger.hospital.account }));
    expect(opened).toMatchObject({
      ledgerId: ledger.ledgerId,
      hospital: ledger.hospital.account,
      threshold: 1,
      dealing: 1,
      minRecords: 1,
      servers: ledger.servers.map(({ account }) => account),
      lanes: ['TOTAL', 'Zuzahlung €'],
      scale: 2,
      currency: 'EUR',
    });
    const read = await collect(reader().readBatches(ledger.ledgerId));
    read.forEach((event, index) => {
      expect(event).toMatchObject({
        ...batches[index]!.call,
        firstRecordId: 2 * index,
        count: 2,
        root: batches[index]!.tree.root,
      });
    });
  });

  it('are selected by their indexed arguments', async () => {
    const events = reader();
    const server = ledger.servers[1]!.account;
    expect((await collect(events.read('ServerJoined', { server }))).map(({ seat }) => seat)).toEqual([2]);
    expect((await collect(events.read('ServerJoined', { seat: 1 }))).length).toBe(2);
    expect((await collect(events.read('ChannelOpened', { from: insurer, to: server }))).length).toBe(1);
    expect((await collect(events.read('ChannelOpened', { from: server }))).length).toBe(0);
    expect((await collect(events.read('QuerySealed', { ledgerId: ledger.ledgerId, insurer })))[0]).toMatchObject({
      queryId,
      count: 2,
    });
    expect((await collect(events.read('AnswerAccepted', { queryId })))[0]).toMatchObject({ seat: 2 });
    expect((await collect(events.read('BatchAppended', { ledgerId: other.ledgerId }))).length).toBe(4);
    const kinds = await collect(
      events.read(['LedgerActivated', 'LedgerOpened', 'QuerySealed'], { ledgerId: ledger.ledgerId }),
    );
    expect(kinds.map(({ event }) => event)).toEqual(['LedgerOpened', 'LedgerActivated', 'QuerySealed']);
    // @ts-expect-error seat is not an indexed argument of this event
    await expect(collect(events.read('LedgerOpened', { seat: 1 }))).rejects.toThrow(/one of ledgerId, hospital/);
  });

  it('and by blocks', async () => {
    const read = await collect(reader().readBatches(ledger.ledgerId));
    const { blockNumber } = read[5]!;
    const range = { fromBlock: blockNumber, toBlock: blockNumber };
    expect(await batchNumbers(reader().read('BatchAppended', { ledgerId: ledger.ledgerId }, range))).toEqual([5]);
    expect(await batchNumbers(reader().read('BatchAppended', {}, { fromBlock: 10, toBlock: 9 }))).toEqual([]);
  });

  it('begin at the deployment, which is found, or given, or 0 where old states are gone', async () => {
    expect(await reader().deploymentBlock()).toBe(1);
    const asked = new EventReader({ rpc: chain.rpc, address: chain.address, deploymentBlock: 7 });
    expect(await asked.deploymentBlock()).toBe(7);
    endpoint.answer = (call, forward) =>
      call.method === 'eth_getCode' ? { error: { code: -32000, message: 'missing trie node' } } : forward();
    expect(await reader(endpoint.url).deploymentBlock()).toBe(0);
  });

  it('and is searched again after an endpoint that was away', async () => {
    endpoint.answer = () => ({ status: 503, text: 'away' });
    const asked = new EventReader({ rpc: new Rpc(endpoint.url, { retries: 0 }), address: chain.address });
    await expect(asked.deploymentBlock()).rejects.toThrow(ConnectionError);
    endpoint.answer = (_, forward) => forward();
    expect(await asked.deploymentBlock()).toBe(1);
  });

  it('of a chain without blocks past finality are none', async () => {
    const finalized = new EventReader({ rpc: chain.rpc, address: chain.address, head: 'finalized' });
    const head = await finalized.headBlock();
    expect(head).toBeLessThan(await reader().headBlock());
    const upTo = (await collect(reader().readAll({ toBlock: head }))).length;
    expect((await collect(finalized.readAll())).length).toBe(upTo);
    expect((await collect(finalized.readBatches(ledger.ledgerId))).length).toBeGreaterThan(0);
    expect((await collect(finalized.readBatches(ledger.ledgerId))).length).toBeLessThan(BATCHES);
  });
});

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
    expect(await batchNumbers(reader(endpoint.url).readBatches(ledger.ledgerId))).toEqual(all);
    const whole = (await collect(reader().readAll())).map(({ event, blockNumber, logIndex }) => [
      event,
      blockNumber,
      logIndex,
    ]);
    const limited = await collect(reader(endpoint.url).readAll());
    expect(limited.map(({ event, blockNumber, logIndex }) => [event, blockNumber, logIndex])).toEqual(whole);
  });

  it('single blocks too is refused for good, with its reason', async () => {
    endpoint.answer = (call, forward) =>
      call.method === 'eth_getLogs' ? { error: { code: -32000, message: 'logs are not served here' } } : forward();
    await expect(collect(reader(endpoint.url).readAll())).rejects.toThrow(RpcError);
    endpoint.answer = (call, forward) => (call.method === 'eth_getLogs' ? 'drop' : forward());
    await expect(collect(reader(endpoint.url, 0).readAll())).rejects.toThrow(ConnectionError);
  });

  it('history that is pruned (4444) is named at once', async () => {
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
  ])('%s from ranges, is found out and asked for by number', async (_, hidden) => {
    endpoint.answer = without(({ topics }, call) => hidden(Number(topics[2])) && call.params[0].topics[2] === null);
    expect(await batchNumbers(reader(endpoint.url).readBatches(ledger.ledgerId))).toEqual(all);
    expect(await batchNumbers(reader(endpoint.url).readBatches(ledger.ledgerId, 5))).toEqual(all.slice(5));
  });

  it('from large ranges of any kind, is asked in smaller ones', async () => {
    endpoint.answer = without(({ topics }, call) => topics[2] === ofBatch(7) && span(call) > 12);
    expect(await batchNumbers(reader(endpoint.url).readBatches(ledger.ledgerId))).toEqual(all);
  });

  it('for good, is told with the batch that is missing', async () => {
    endpoint.answer = without(({ topics }) => topics[2] === ofBatch(7));
    const read: number[] = [];
    const reading = (async () => {
      for await (const { index } of reader(endpoint.url).readBatches(ledger.ledgerId)) read.push(index);
    })();
    await expect(reading).rejects.toThrow(IncompleteLogsError);
    await expect(reading).rejects.toThrow(/no log of batch 7 of ledger 1 in blocks \d+ to \d+/);
    expect(read).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('a provider that answers wrongly', () => {
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
    ['that are none', () => null],
  ])('logs %s', async (_, alter) => {
    endpoint.answer = altered(alter);
    await expect(collect(reader(endpoint.url).readAll())).rejects.toMatchObject({ code: 'INVALID_ENCODING' });
  });

  it('something else than a list', async () => {
    endpoint.answer = (call, forward) => (call.method === 'eth_getLogs' ? { result: {} } : forward());
    await expect(collect(reader(endpoint.url).readAll())).rejects.toThrow(/not a list/);
  });

  it.each([1, 2, 3, 4, 5])('every third time, in one of ten ways (seed %i)', async (seed) => {
    endpoint.answer = hostile(seed, 3);
    const rpc = new Rpc(endpoint.url, { retries: 20, timeout: 2000 });
    const events = new EventReader({ rpc, address: chain.address });
    expect(await batchNumbers(events.readBatches(ledger.ledgerId))).toEqual(all);
  });
});

describe('readBatches', () => {
  it('starts at any batch, and gives nothing past the last', async () => {
    for (let from = 0; from <= BATCHES + 1; from++) {
      expect(await batchNumbers(reader().readBatches(ledger.ledgerId, from))).toEqual(all.slice(from));
    }
    await expect(collect(reader().readBatches(ledger.ledgerId, -1))).rejects.toThrow(/from is -1/);
    await expect(collect(reader().readBatches(99n))).rejects.toThrow(/there is no ledger 99/);
  });

  it('stops at the number that the contract stated when it began', async () => {
    const growing = await openLedger(chain, 'growing', { threshold: 1, seats: 1 });
    await growing.hospital.appendBatch(makeBatch(growing, 0, 0, ['Ann']).call);
    await growing.hospital.appendBatch(makeBatch(growing, 1, 1, ['Ann']).call);
    const read: number[] = [];
    for await (const { index } of reader().readBatches(growing.ledgerId)) {
      read.push(index);
      if (read.length === 1) await growing.hospital.appendBatch(makeBatch(growing, 2, 2, ['Ann']).call);
    }
    expect(read).toEqual([0, 1]);
  });

  it('stops there also when a batch comes between that number and the first logs', async () => {
    const growing = await openLedger(chain, 'between', { threshold: 1, seats: 1 });
    await growing.hospital.appendBatch(makeBatch(growing, 0, 0, ['Ann']).call);
    endpoint.answer = async (call, forward) => {
      const answer = await forward();
      if (call.method === 'eth_call') await growing.hospital.appendBatch(makeBatch(growing, 1, 1, ['Ann']).call);
      return answer;
    };
    expect(await batchNumbers(reader(endpoint.url).readBatches(growing.ledgerId))).toEqual([0]);
    expect(await growing.hospital.getLedger(growing.ledgerId)).toMatchObject({ nextBatch: 2 });
  });

  it('does not ask for more than it needs', async () => {
    endpoint.answer = (_, forward) => forward();
    const before = endpoint.calls.length;
    const asking = new EventReader({ rpc: endpoint.url, address: chain.address, deploymentBlock: 1 });
    expect((await batchNumbers(asking.readBatches(ledger.ledgerId))).length).toBe(BATCHES);
    const methods = endpoint.calls.slice(before).map(({ method }) => method);
    expect(methods.filter((method) => method === 'eth_getLogs').length).toBeLessThan(12);
  });
});
