// Reading events from a real chain: in order, by their arguments and by blocks; the batches of a ledger without gaps.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { ConnectionError } from '../../src/chain/errors.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { EventReader } from '../../src/contract/events.ts';
import { drawBytes, makeBatch, openLedger } from '../support/ledger.ts';
import { ALL, BATCHES, batchNumbers, collect, type EventScene, openEventScene } from './event-scene.ts';

let scene: EventScene;
let chain: EventScene['chain'];
let ledger: EventScene['ledger'];
let other: EventScene['other'];
let batches: EventScene['batches'];
let queryId: EventScene['queryId'];
let insurer: EventScene['insurer'];
let endpoint: EventScene['endpoint'];
let reader: EventScene['reader'];

beforeAll(async () => {
  scene = await openEventScene();
  ({ chain, ledger, other, batches, queryId, insurer, endpoint, reader } = scene);
});
afterAll(() => scene?.stop());

describe('events', () => {
  it('are all there, in order', async () => {
    const events = await collect(reader().readAll());
    const places = events.map(({ blockNumber, logIndex }) => [blockNumber, logIndex]);
    expect(places).toEqual([...places].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!));
    const counts: Record<string, number> = {};
    for (const { event } of events) counts[event] = (counts[event] ?? 0) + 1;
    expect(counts).toEqual({
      Registered: 6,
      ChannelOpened: 5,
      LedgerOpened: 2,
      EpochBegun: 2,
      ServerJoined: 3,
      EpochActivated: 2,
      BatchAppended: BATCHES + 4,
      QueryOpened: 1,
      QueryContinued: 1,
      AnswerAccepted: 1,
    });
  });

  it('carry the terms and the contents that were sent', async () => {
    const { ledgerId, terms, digest, hospital } = ledger;
    const [opened] = await collect(reader().read('LedgerOpened', { hospital: hospital.account }));
    expect(opened).toMatchObject({
      ledgerId,
      hospital: hospital.account,
      terms,
      salt: drawBytes('salt one', 32),
    });
    const [begun] = await collect(reader().read('EpochBegun', { ledgerId }));
    expect(begun).toMatchObject({ epoch: 1, committee: ledgerId, digest });
    const read = await collect(reader().readBatches(ledger.ledgerId));
    read.forEach((event, index) => {
      const { previous: _, ...call } = batches[index]!.call;
      expect(event).toMatchObject({
        ...call,
        index,
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
    expect((await collect(events.read('ServerJoined', { seat: 3 }))).length).toBe(0);
    const mine = { ledgerId: ledger.ledgerId, insurer };
    expect(await collect(events.read('QueryContinued', mine))).toMatchObject([{ queryId, isSealed: true }]);
    expect(await collect(events.read('QueryOpened', mine))).toMatchObject([{ queryId, isSealed: false, epoch: 1 }]);
    expect((await collect(events.read('AnswerAccepted', { queryId })))[0]).toMatchObject({ seat: 2 });
    expect((await collect(events.read('BatchAppended', { ledgerId: other.ledgerId }))).length).toBe(4);
    const kinds = await collect(
      events.read(['EpochActivated', 'LedgerOpened', 'QueryContinued'], { ledgerId: ledger.ledgerId }),
    );
    expect(kinds.map(({ event }) => event)).toEqual(['LedgerOpened', 'EpochActivated', 'QueryContinued']);
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

  it('begin at the block of the deployment, which is searched for, or given, or 0 where old states are gone', async () => {
    expect(await reader().deploymentBlock()).toBe(1);
    const asked = new EventReader({ rpc: chain.rpc, address: chain.address, deploymentBlock: 7 });
    expect(await asked.deploymentBlock()).toBe(7);
    endpoint.answer = (call, forward) =>
      call.method === 'eth_getCode' ? { error: { code: -32000, message: 'missing trie node' } } : forward();
    expect(await reader(endpoint.url).deploymentBlock()).toBe(0);
  });

  it('and are searched for again after the endpoint has failed', async () => {
    endpoint.answer = () => ({ status: 503, text: 'away' });
    const asked = new EventReader({ rpc: new Rpc(endpoint.url, { retries: 0 }), address: chain.address });
    await expect(asked.deploymentBlock()).rejects.toThrow(ConnectionError);
    endpoint.answer = (_, forward) => forward();
    expect(await asked.deploymentBlock()).toBe(1);
  });

  it('are read up to the last finalized block, if asked', async () => {
    const finalized = new EventReader({ rpc: chain.rpc, address: chain.address, head: 'finalized' });
    const head = await finalized.headBlock();
    expect(head).toBeLessThan(await reader().headBlock());
    const upTo = (await collect(reader().readAll({ toBlock: head }))).length;
    expect((await collect(finalized.readAll())).length).toBe(upTo);
    expect((await collect(finalized.readBatches(ledger.ledgerId))).length).toBeGreaterThan(0);
    expect((await collect(finalized.readBatches(ledger.ledgerId))).length).toBeLessThan(BATCHES);
  });
});

describe('readBatches', () => {
  it('starts at any batch, and gives nothing past the last', async () => {
    for (let from = 0; from <= BATCHES + 1; from++) {
      expect(await batchNumbers(reader().readBatches(ledger.ledgerId, from))).toEqual(ALL.slice(from));
    }
    await expect(collect(reader().readBatches(ledger.ledgerId, -1))).rejects.toThrow(/from is -1/);
    const nobodys = drawBytes('nobody', 32);
    await expect(collect(reader().readBatches(nobodys))).rejects.toThrow(
      `the contract has no ledger ${toHex(nobodys)}`,
    );
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

  it('stops there too when a batch is added between reading that number and the first logs', async () => {
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
