// Exports: what they hold against the chain read independently, byte for byte by another reader; adding what is new;
// reorganisations; interruptions; nodes that leave out logs; files that are something else.
import { copyFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interface } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import artifact from '../../build/contracts/MIStore.json' with { type: 'json' };
import { exportArchive } from '../../src/archive/export.ts';
import { ArchiveError } from '../../src/archive/format.ts';
import { ArchiveReader } from '../../src/archive/reader.ts';
import { toHex } from '../../src/bytes.ts';
import { IncompleteLogsError } from '../../src/chain/errors.ts';
import { readHead } from '../../src/chain/state.ts';
import { MIStoreContract } from '../../src/contract/client.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { makeBatch, openLedger } from '../support/ledger.ts';
import { type Answer, type Call, type Endpoint, hostile, startEndpoint } from '../support/proxy.ts';
import { type Event, parseArchive } from './codec.ts';
import { all, appendNoise, type Story, tellStory } from './story.ts';

const ABI = new Interface(artifact.abi);
let chain: TestChain;
let story: Story;
let folder: string;
let endpoint: Endpoint;
/** The contract by way of the endpoint. */
let through: MIStoreContract;
const path = (name: string) => join(folder, name);
const exists = (name: string) =>
  stat(path(name)).then(
    () => true,
    () => false,
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-archive-'));
  chain = await startChain();
  story = await tellStory(chain);
  endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
  through = await MIStoreContract.connect({ rpc: endpoint.url, address: chain.address });
});
afterAll(async () => {
  await endpoint?.stop();
  await chain?.stop();
  await rm(folder, { recursive: true });
});

const exported = (name: string, contract = story.insurer, ledgerId = story.ledger.ledgerId) =>
  exportArchive({ contract, ledgerId, file: path(name) });
const parsed = async (name: string) => parseArchive(await readFile(path(name)));
const eventsOf = async (name: string) =>
  (await parsed(name)).parts.filter((part) => part.kind === 'event') as ({ kind: 'event' } & Event)[];

/** All logs of the contract, straight from the node, by ethers' decoding. */
async function logs() {
  const filter = { address: toHex(chain.address), fromBlock: '0x0', toBlock: 'latest' };
  // biome-ignore lint/suspicious/noExplicitAny: JSON-RPC
  const raw = (await chain.rpc.call('eth_getLogs', [filter])) as any[];
  return raw.map((log) => ({ log, event: ABI.parseLog(log)! }));
}

describe('an archive', () => {
  it('holds exactly the logs of its ledger, as the node tells them, in order', async () => {
    const summary = await exported('whole');
    const queries = [story.sealed, story.open];
    const servers = story.ledger.servers.map(({ account }) => toHex(account));
    const wanted = (await logs()).filter(({ event: { name, args } }) => {
      if (name === 'Registered' || name === 'ConsentRevoked') return true;
      if (name === 'ChannelOpened') return servers.includes(args.to.toLowerCase());
      if (name === 'QueryExtended' || name === 'AnswerAccepted') return queries.includes(args.queryId);
      return args.ledgerId === story.ledger.ledgerId;
    });
    expect(new Set(wanted.map(({ event }) => event.name)).size).toBe(11);
    const held = await eventsOf('whole');
    const hex = (bytes: Buffer) => `0x${bytes.toString('hex')}`;
    expect(
      held.map(({ block, blockHash, transactionHash, logIndex, topics, data }) => ({
        blockNumber: `0x${block.toString(16)}`,
        blockHash: hex(blockHash),
        transactionHash: hex(transactionHash),
        logIndex: `0x${logIndex.toString(16)}`,
        topics: topics.map(hex),
        data: hex(data),
      })),
    ).toEqual(
      wanted.map(({ log: { blockNumber, blockHash, transactionHash, logIndex, topics, data } }) => ({
        blockNumber,
        blockHash,
        transactionHash,
        logIndex,
        topics,
        data,
      })),
    );
    const { size } = await stat(path('whole'));
    const head = await readHead(chain.rpc);
    const place = { block: head.number, blockHash: head.hash };
    const counts = { batches: 4, records: 11, events: wanted.length, bytes: size, added: wanted.length, cut: 0 };
    expect(summary).toEqual({ ...place, ...counts });
    const { header, parts } = await parsed('whole');
    expect(header).toEqual({
      format: 'mistore-archive/1',
      chainId: '31337',
      contract: toHex(chain.address),
      ledgerId: `${story.ledger.ledgerId}`,
    });
    expect(parts.at(-1)).toMatchObject({ kind: 'checkpoint', block: place.block });
    expect(await exists('whole.part')).toBe(false);
  });

  it('is the same from anew, and from another node that meets every fault', async () => {
    await exported('whole');
    await exported('again');
    endpoint.answer = hostile(11, 4);
    await exported('hostile', through);
    const whole = await readFile(path('whole'));
    expect((await readFile(path('again'))).equals(whole)).toBe(true);
    expect((await readFile(path('hostile'))).equals(whole)).toBe(true);
  }, 120_000);

  it('of a ledger that is not active yet has what there is', async () => {
    const young = await openLedger(chain, 'young', { threshold: 1, seats: 2 }, { joining: 1 });
    const summary = await exported('young', story.insurer, young.ledgerId);
    expect(summary).toMatchObject({ batches: 0, records: 0 });
    const reader = await ArchiveReader.open(path('young'));
    expect(
      (await all(reader.read(['LedgerOpened', 'ServerJoined', 'LedgerActivated']))).map(({ event }) => event),
    ).toEqual(['LedgerOpened', 'ServerJoined']);
    await reader.close();
  });

  it('of a ledger that does not exist is not begun', async () => {
    await expect(exported('none', story.insurer, 99n)).rejects.toMatchObject({ code: 'UNKNOWN_LEDGER' });
    expect(await exists('none')).toBe(false);
    expect(await exists('none.part')).toBe(false);
  });

  it('up to the finalized block ends there', async () => {
    const finalized = await readHead(chain.rpc, 'finalized');
    await chain.mine(80);
    const later = await readHead(chain.rpc, 'finalized');
    expect(later.number).toBeGreaterThan(finalized.number);
    const { ledgerId } = story.ledger;
    const summary = await exportArchive({ contract: story.insurer, ledgerId, file: path('final'), head: 'finalized' });
    expect(summary.block).toBe(later.number);
    // A further one reaches no less far, and the newest block further.
    expect(await exportArchive({ contract: story.insurer, ledgerId, file: path('final'), head: 'finalized' })).toEqual({
      ...summary,
      added: 0,
    });
    const newest = await exported('final');
    expect(newest.block).toBe(Number(await chain.rpc.call('eth_blockNumber')));
    expect(
      (await exportArchive({ contract: story.insurer, ledgerId, file: path('final'), head: 'finalized' })).block,
    ).toBe(newest.block);
  });
});

describe('exporting again', () => {
  it('adds what is new, and the result is as if written at once but for checkpoints', async () => {
    const fresh = await tellStory(chain, 'growing');
    const { ledger } = fresh;
    const first = await exported('growing', story.insurer, ledger.ledgerId);
    const before = await readFile(path('growing'));
    await ledger.hospital.appendBatch(makeBatch(ledger, 4, 11, ['Ann', 'Bob']).call);
    const second = await exported('growing', story.insurer, ledger.ledgerId);
    expect(second).toMatchObject({ batches: 5, records: 13, added: 1, cut: 0, events: first.events + 1 });
    const after = await readFile(path('growing'));
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    await exported('at once', story.insurer, ledger.ledgerId);
    expect(await eventsOf('growing')).toEqual(await eventsOf('at once'));
  });

  it('without news leaves the file, and without events moves its last checkpoint', async () => {
    await exported('still');
    const before = await parsed('still');
    const summary = await exported('still');
    expect(summary).toMatchObject({ added: 0, cut: 0 });
    expect(await parsed('still')).toEqual(before);
    await chain.mine(3);
    expect(await exported('still')).toMatchObject({ added: 0, block: summary.block + 3, bytes: summary.bytes });
    expect((await parsed('still')).parts.length).toBe(before.parts.length);
  });

  it.each([
    ['a text', async () => writeFile(path('odd'), 'not an archive\n'.repeat(100)), /is not an archive/],
    ['an empty file', async () => writeFile(path('odd'), ''), /is not an archive/],
    [
      'a damaged archive',
      async () => {
        await exported('odd');
        const bytes = await readFile(path('odd'));
        bytes[bytes.length >> 1]! ^= 1;
        await writeFile(path('odd'), bytes);
      },
      /is damaged/,
    ],
    [
      'a cut archive',
      async () => {
        await exported('odd');
        await truncate(path('odd'), (await stat(path('odd'))).size - 10);
      },
      /is cut short/,
    ],
    [
      'an archive of another ledger',
      async () => {
        await exported('odd', story.insurer, story.other.ledgerId);
      },
      /is of ledger \d+ of contract 0x[0-9a-f]+ on chain 31337, not of ledger/,
    ],
  ])('refuses %s, and leaves it alone', async (_, make, message) => {
    await rm(path('odd'), { force: true });
    await make();
    const before = await readFile(path('odd'));
    const fault = await exported('odd').catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ArchiveError);
    expect((fault as Error).message).toMatch(message);
    expect((await readFile(path('odd'))).equals(before)).toBe(true);
  });
});

describe('an interrupted export', () => {
  it('goes on from its last checkpoint, and ends in the same file', async () => {
    const ledger = await openLedger(chain, 'large', { threshold: 3, seats: 5 });
    const count = await appendNoise(ledger, 0, 150);
    const at = (name: string, contract = story.insurer) => exported(name, contract, ledger.ledgerId);
    const whole = await at('large');
    expect(whole.records).toBe(150 * count);
    const { parts, offsets } = await parsed('large');
    const checkpoints = parts.filter(({ kind }) => kind === 'checkpoint');
    expect(checkpoints.length).toBe(3);

    // The node goes away some blocks after the first checkpoint.
    const last = checkpoints[0]!.block + 5;
    endpoint.answer = (call, forward) => {
      const beyond = call.method === 'eth_getLogs' && Number(call.params[0].toBlock) > last;
      return beyond ? { error: { code: -32000, message: 'gone' } } : forward();
    };
    await expect(at('resumed', through)).rejects.toThrow(/gone/);
    expect(await exists('resumed')).toBe(false);
    const left = await stat(path('resumed.part'));
    const second = offsets[parts.indexOf(checkpoints[0]!) + 1]!;
    expect(left.size).toBeGreaterThanOrEqual(second);

    // What follows the last checkpoint may be anything: here, torn in the middle of a frame.
    await truncate(path('resumed.part'), second + 1000);
    const blocks: number[] = [];
    endpoint.answer = (call, forward) => {
      if (call.method === 'eth_getLogs') blocks.push(Number(call.params[0].fromBlock));
      return forward();
    };
    const summary = await at('resumed', through);
    expect(summary).toEqual({ ...whole, added: whole.events - parts.slice(0, parts.indexOf(checkpoints[0]!)).length });
    expect(Math.min(...blocks)).toBe(checkpoints[0]!.block + 1);
    expect((await readFile(path('resumed'))).equals(await readFile(path('large')))).toBe(true);

    // A part that is not of this ledger, or no archive, is written over.
    await writeFile(path('resumed.part'), 'rubbish');
    expect(await at('resumed')).toMatchObject({ added: 0 });
    await copyFile(path('whole'), path('fresh.part'));
    expect(await at('fresh')).toEqual(whole);
  }, 120_000);
});

describe('a reorganisation', () => {
  it('since the last export is cut off and written again', async () => {
    const own = await startChain();
    try {
      const ledger = await openLedger(own, 'reorganised', { threshold: 1, seats: 1 });
      const append = async (index: number, patient: string) => {
        const batch = makeBatch(ledger, index, index, [patient]);
        await ledger.hospital.appendBatch(batch.call);
        return batch;
      };
      const at = () => exportArchive({ contract: ledger.hospital, ledgerId: ledger.ledgerId, file: path('forked') });
      await append(0, 'Ann');
      await own.mine(3);
      await at();
      await append(1, 'Bob');
      await at();
      await append(2, 'Bob');
      const before = await at();
      expect(before.batches).toBe(3);
      const stale = await ArchiveReader.open(path('forked'), { contract: ledger.hospital });

      await own.rpc.call('anvil_reorg', [2, []]);
      await expect(ArchiveReader.open(path('forked'), { contract: ledger.hospital })).rejects.toThrow(
        /was reorganised: block \d+ of the chain is now another; export it again/,
      );
      await expect(all(stale.readBatches(ledger.ledgerId))).rejects.toThrow(
        /has 3 batches, the contract 1: export it again/,
      );
      await stale.close();
      const cut = await at();
      expect(cut).toMatchObject({ batches: 1, added: 0, cut: 2, events: before.events - 2 });

      const again = await own.contract('reorganised hospital');
      const { call } = makeBatch(ledger, 1, 1, ['Eve']);
      await again.appendBatch({ ...call, nonce: new Uint8Array(16) });
      expect(await at()).toMatchObject({ batches: 2, added: 1, cut: 0 });
      const reader = await ArchiveReader.open(path('forked'), { contract: ledger.hospital });
      expect((await all(reader.readBatches(ledger.ledgerId))).map(({ nonce }) => nonce[0] === 0)).toEqual([
        false,
        true,
      ]);
      await reader.close();
      parseArchive(await readFile(path('forked')));
    } finally {
      await own.stop();
    }
  });

  it('while the logs are read is noticed, and what was read of it is not kept', async () => {
    const own = await startChain();
    const proxy = await startEndpoint((_, forward) => forward(), own.node.url);
    try {
      const ledger = await openLedger(own, 'forking', { threshold: 1, seats: 1 });
      await own.mine(5);
      await ledger.hospital.appendBatch(makeBatch(ledger, 0, 0, ['Ann']).call);
      const contract = await MIStoreContract.connect({ rpc: proxy.url, address: own.address });
      let reorganised = 0;
      proxy.answer = async (call, forward) => {
        const answer = await forward();
        if (call.method === 'eth_getLogs' && reorganised++ === 3) await own.rpc.call('anvil_reorg', [1, []]);
        return answer;
      };
      const { ledgerId } = ledger;
      expect(await exportArchive({ contract, ledgerId, file: path('forking') })).toMatchObject({ batches: 0, cut: 0 });
      expect(reorganised).toBeGreaterThan(4);

      proxy.answer = async (call, forward) => {
        if (call.method === 'eth_getLogs') await own.rpc.call('anvil_reorg', [1, []]);
        return forward();
      };
      await own.mine();
      await expect(exportArchive({ contract, ledgerId, file: path('never') })).rejects.toThrow(
        /is not finished: the chain was reorganised 8 times meanwhile/,
      );
    } finally {
      await proxy.stop();
      await own.stop();
    }
  });
});

describe('a node that leaves out logs', () => {
  const isLogs = (call: Call) => call.method === 'eth_getLogs';
  const without =
    (drop: (log: { topics: string[] }, call: Call) => boolean) =>
    async (call: Call, forward: () => Promise<Answer>) => {
      const answer = await forward();
      if (!isLogs(call) || typeof answer !== 'object' || !('result' in answer)) return answer;
      return { result: (answer.result as { topics: string[] }[]).filter((log) => !drop(log, call)) };
    };
  const topic = (name: string) => ABI.getEvent(name)!.topicHash;

  it('from answers over many blocks is asked about fewer', async () => {
    const span = ({ params: [{ fromBlock, toBlock }] }: Call) => Number(toBlock) - Number(fromBlock);
    endpoint.answer = without(({ topics }, call) => topics[0] === topic('BatchAppended') && span(call) > 5);
    await exported('wide');
    await exported('narrow', through);
    expect((await readFile(path('narrow'))).equals(await readFile(path('wide')))).toBe(true);
  });

  it.each([
    ['LedgerOpened', /no log of the event LedgerOpened of ledger \d+ in blocks \d+ to \d+/],
    ['ServerJoined', /no log of 3 of 3 events ServerJoined/],
    ['BatchAppended', /no log of batch 0/],
  ])('%s altogether is told so', async (name, message) => {
    endpoint.answer = without(({ topics }) => topics[0] === topic(name));
    const fault = await exported('lacking', through).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(IncompleteLogsError);
    expect((fault as Error).message).toMatch(message);
    expect(await exists('lacking')).toBe(false);
  });

  it('that it has pruned is told so', async () => {
    endpoint.answer = (call, forward) =>
      isLogs(call) ? { error: { code: 4444, message: 'pruned history unavailable' } } : forward();
    await expect(exported('pruned', through)).rejects.toThrow(/has pruned the logs of blocks/);
  });
});
