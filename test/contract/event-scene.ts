// What the tests of events share: two ledgers whose events stand mixed on one chain, a query with an answer, an endpoint in
// front of the node that can misbehave, and readers.
import { Rpc } from '../../src/chain/rpc.ts';
import { EventReader } from '../../src/contract/events.ts';
import { eventOf } from '../../src/contract/outcome.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint/proxy.ts';
import {
  makeBatch,
  openLedger,
  openNoChannels,
  registerNoKey,
  type TestBatch,
  type TestLedger,
} from '../support/ledger.ts';
import { makeQuery } from '../support/query.ts';

export const BATCHES = 12;
export const ALL = [...Array(BATCHES).keys()];

export interface EventScene {
  chain: TestChain;
  /** With BATCHES batches of two records. */
  ledger: TestLedger;
  /** With four. */
  other: TestLedger;
  batches: TestBatch[];
  queryId: Uint8Array;
  insurer: Uint8Array;
  endpoint: Endpoint;
  /** Reads by the node, or another endpoint. */
  reader(url?: string, retries?: number): EventReader;
  stop(): Promise<void>;
}

export async function openEventScene(): Promise<EventScene> {
  const chain = await startChain();
  const ledger = await openLedger(chain, 'one', { threshold: 1, seats: 2 });
  const other = await openLedger(chain, 'other', { threshold: 1, seats: 1 });
  const batches: TestBatch[] = [];
  for (let index = 0; index < BATCHES; index++) {
    batches.push(makeBatch(ledger, index, 2 * index, ['Ann', 'Bob']));
    await ledger.hospital.appendBatch(batches[index]!.call);
    // Other things happen between the batches.
    if (index % 3 === 0) await other.hospital.appendBatch(makeBatch(other, index / 3, index / 3, ['Eve']).call);
    if (index % 4 === 1) await chain.mine(50);
  }
  const client = await chain.contract('insurer');
  await registerNoKey(client, 'insurer');
  await openNoChannels(client, 'insurer', ledger.servers);
  // Records 2 and 4 of Ann's series: two runs, of which the first edge goes into the first transaction alone.
  const query = makeQuery(ledger, client, 'Ann', [2, 4]);
  const { consent, part, progress, answerOf } = query;
  const opened = await client.openQuery({ ...query, ...part(0, 1) });
  await client.continueQuery({ consent, progress: progress(1), ...part(1) });
  const { queryId } = eventOf(opened, 'QueryOpened');
  await ledger.servers[1]!.answer(ledger.ledgerId, [answerOf(2)]);
  const endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
  const reader = (url = chain.node.url, retries = 3) =>
    new EventReader({ rpc: new Rpc(url, { retries, timeout: 2000 }), address: chain.address });
  const stop = async () => {
    await endpoint.stop();
    await chain.stop();
  };
  return { chain, ledger, other, batches, queryId, insurer: client.account, endpoint, reader, stop };
}

export async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

export const batchNumbers = async (events: AsyncIterable<{ index: number }>) =>
  (await collect(events)).map(({ index }) => index);
