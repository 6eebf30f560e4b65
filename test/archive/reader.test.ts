// Reading an archive: the same events as from the chain, however they are selected; later ones from the chain.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportArchive } from '../../src/archive/export.ts';
import { ArchiveError } from '../../src/archive/format.ts';
import { ArchiveReader } from '../../src/archive/reader.ts';
import { fromHex, toHex } from '../../src/bytes.ts';
import { MIStoreContract } from '../../src/contract/client.ts';
import { EventReader, type Where } from '../../src/contract/events.ts';
import type { EventName } from '../../src/contract/types.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { startEndpoint } from '../support/endpoint/proxy.ts';
import { makeBatch } from '../support/ledger.ts';
import { buildArchive, parseArchive } from './codec.ts';
import { all, nextBatch, type Story, tellStory } from './story.ts';

let chain: TestChain;
let story: Story;
let folder: string;
let file: string;
let reader: ArchiveReader;
let live: EventReader;
let bytes: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-archive-'));
  chain = await startChain();
  story = await tellStory(chain);
  file = join(folder, 'ledger');
  await exportArchive({ contract: story.insurer, ledgerId: story.ledger.ledgerId, file });
  bytes = await readFile(file);
  reader = await ArchiveReader.open(file);
  live = new EventReader({ rpc: chain.rpc, address: chain.address });
});
afterAll(async () => {
  await reader?.close();
  await chain?.stop();
  await rm(folder, { recursive: true });
});

describe('an archive read', () => {
  it('says which ledger it is of and how far it reaches', async () => {
    const { ledger } = story;
    expect(reader.header).toEqual({ chainId: 31337n, contract: chain.address, ledgerId: ledger.ledgerId });
    expect(reader.block).toBe(Number(await chain.rpc.call('eth_blockNumber')));
    expect(reader.bytes).toBe(bytes.length);
    expect(reader.events).toBe(parseArchive(bytes).parts.length - 1);
    expect((await all(reader.readAll())).length).toBe(reader.events);
  });

  it('gives the events that the chain gives, for every kind and selection', async () => {
    const { ledger, sealed, open: unsealed, insurer, revoked, complaints } = story;
    const { ledgerId, hospital, servers } = ledger;
    const queryId = fromHex(sealed);
    const to = servers[1]!.account;
    // biome-ignore lint/suspicious/noExplicitAny: kinds and selections are paired by hand
    const questions: [EventName | EventName[], any][] = [
      ['Registered', {}],
      ['Registered', { account: to }],
      ['ChannelOpened', { to }],
      ['ChannelOpened', { from: hospital.account, to }],
      ['ChannelOpened', { from: insurer.account, to }],
      ['LedgerOpened', { ledgerId }],
      ['LedgerOpened', { hospital: hospital.account }],
      ['LedgerOpened', { ledgerId, hospital: to }],
      ['ServerJoined', { ledgerId }],
      ['ServerJoined', { ledgerId, seat: 2 }],
      ['ServerJoined', { server: to }],
      ['EpochBegun', { ledgerId }],
      ['EpochBegun', { ledgerId, epoch: 2 }],
      ['KeysDealt', { ledgerId, epoch: 1, seat: 0 }],
      ['EpochActivated', { ledgerId, epoch: 2 }],
      ['ComplaintFiled', { ledgerId }],
      ['ComplaintWithdrawn', { ledgerId, seat: 2 }],
      ['ComplaintJustified', { ledgerId, recordId: complaints.justified, seat: 3 }],
      ['RecordVoided', { ledgerId }],
      ['BatchAppended', { ledgerId }],
      ['BatchAppended', { ledgerId, index: 2 }],
      ['BatchAppended', { ledgerId, index: 9 }],
      ['ConsentRevoked', {}],
      ['ConsentRevoked', { queryId: fromHex(revoked) }],
      ['QueryOpened', { ledgerId }],
      ['QueryOpened', { queryId }],
      ['QueryContinued', { queryId }],
      ['QueryContinued', { queryId: fromHex(unsealed) }],
      ['QueryContinued', { ledgerId, insurer: insurer.account }],
      ['AnswerAccepted', { ledgerId }],
      ['AnswerAccepted', { queryId }],
      ['AnswerAccepted', { queryId, seat: 3 }],
      [['QueryOpened', 'QueryContinued', 'BatchAppended'], { ledgerId }],
      [['AnswerAccepted', 'QueryContinued'], { queryId }],
    ];
    let found = 0;
    for (const [names, where] of questions) {
      const events = await all(reader.read(names, where as Where<EventName>));
      expect(events, JSON.stringify(names)).toEqual(await all(live.read(names, where)));
      found += events.length;
    }
    expect(found).toBe(66);
  });

  it('gives the batches from any number on', async () => {
    const { ledgerId } = story.ledger;
    for (const from of [0, 1, 3, 4, 7]) {
      expect(await all(reader.readBatches(ledgerId, from))).toEqual(await all(live.readBatches(ledgerId, from)));
    }
    expect((await reader.batch(2)).index).toBe(2);
    expect(await reader.readBatch(ledgerId, 1)).toEqual(await live.readBatch(ledgerId, 1));
    await expect(reader.readBatch(ledgerId, 4)).rejects.toThrow("batch is 4; it must be one of the archive's 4");
    await expect(reader.batch(4)).rejects.toThrow("batch is 4; it must be one of the archive's 4");
    await expect(all(reader.readBatches(ledgerId, -1))).rejects.toThrow('from is -1');
  });

  it('can be read by several at once', async () => {
    const { ledgerId } = story.ledger;
    const both = await Promise.all([
      all(reader.readBatches(ledgerId)),
      all(reader.readAll()),
      all(reader.readBatches(ledgerId)),
    ]);
    expect(both[0]).toEqual(both[2]);
    expect(both[1].filter(({ event }) => event === 'BatchAppended')).toEqual(both[0]);
  });

  it('is of a regular file: a pipe without a writer is not waited for', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(ArchiveReader.open(pipe)).rejects.toThrow(
      new ArchiveError(pipe, 'is a pipe; it must be a regular file'),
    );
    await expect(ArchiveReader.open(folder)).rejects.toThrow('is a folder; it must be a regular file');
    await expect(ArchiveReader.open('/dev/null')).rejects.toThrow('is a device; it must be a regular file');
  });

  it('refuses to be asked about another ledger', async () => {
    const ledgerId = story.other.ledgerId;
    const message = `is of ledger ${toHex(story.ledger.ledgerId)}, not of ledger ${toHex(ledgerId)}`;
    await expect(all(reader.read('LedgerOpened', { ledgerId }))).rejects.toThrow(message);
    await expect(all(reader.readBatches(ledgerId))).rejects.toThrow(message);
    await expect(reader.readBatch(ledgerId, 0)).rejects.toThrow(message);
    expect(await all(reader.read('QueryOpened', { queryId: fromHex(story.foreign) }))).toEqual([]);
    await expect(all(reader.read('ServerJoined', { index: 1 } as object))).rejects.toThrow(/event argument index/);
  });
});

describe('an archive with a chain behind it', () => {
  it('is continued from the chain, for its ledger only', async () => {
    const { ledger, other, insurer } = story;
    const both = await ArchiveReader.open(file, { contract: insurer });
    await ledger.hospital.appendBatch(nextBatch(ledger, 4, 11, ['Ann']));
    await other.hospital.appendBatch(makeBatch(other, 4, 4, ['Eve']).call);
    const { ledgerId } = ledger;
    for (const from of [0, 3, 4, 5]) {
      expect(await all(both.readBatches(ledgerId, from))).toEqual(await all(live.readBatches(ledgerId, from)));
    }
    for (const index of [3, 4]) {
      expect(await both.readBatch(ledgerId, index)).toEqual(await live.readBatch(ledgerId, index));
    }
    const batches = await all(both.read('BatchAppended'));
    expect(batches).toEqual(await all(live.read('BatchAppended', { ledgerId })));
    expect(batches.length).toBe(5);
    expect((await all(reader.readBatches(ledgerId))).length).toBe(4);
    await both.close();
  });

  it('ends with the archive where the node has pruned later logs, but a missing batch is an error', async () => {
    const proxy = await startEndpoint(
      (call, forward) => (call.method === 'eth_getLogs' ? { error: { code: 4444, message: 'pruned' } } : forward()),
      chain.node.url,
    );
    const reasons: string[] = [];
    const contract = await MIStoreContract.connect({ rpc: proxy.url, address: chain.address });
    const pruned = await ArchiveReader.open(file, { contract, onPruned: ({ message }) => reasons.push(message) });
    const { ledgerId } = story.ledger;
    expect(await all(pruned.read('QueryOpened', { ledgerId }))).toEqual(
      await all(reader.read('QueryOpened', { ledgerId })),
    );
    expect(await all(pruned.read('Registered'))).toEqual(await all(reader.read('Registered')));
    expect(reasons).toEqual([expect.stringMatching(/the node has pruned the logs of blocks/)]);
    await expect(all(pruned.readBatches(ledgerId))).rejects.toMatchObject({ code: 'INCOMPLETE_LOGS' });
    await expect(pruned.readBatch(ledgerId, 4)).rejects.toMatchObject({ code: 'INCOMPLETE_LOGS' });
    expect((await pruned.readBatch(ledgerId, 3)).index).toBe(3);
    proxy.answer = (call, forward) =>
      call.method === 'eth_getLogs' ? { error: { code: -32000, message: 'out of order' } } : forward();
    await expect(all(pruned.read('Registered'))).rejects.toThrow(/out of order/);
    await pruned.close();
    await proxy.stop();
  });

  it('must be of that contract on that chain', async () => {
    const far = await startChain({ chainId: 5 });
    const elsewhere = await MIStoreContract.connect({ rpc: far.rpc, address: far.address });
    await expect(ArchiveReader.open(file, { contract: elsewhere })).rejects.toThrow(
      /on chain 31337, not of .* on chain 5$/,
    );
    await far.stop();
    const { header, parts } = parseArchive(bytes);
    const path = join(folder, 'another');
    await writeFile(path, buildArchive({ header: { ...header, contract: `0x${'11'.repeat(20)}` }, parts }));
    await expect(ArchiveReader.open(path, { contract: story.insurer })).rejects.toThrow(/contract 0x1111/);
  });

  it('that does not have its last block yet is not taken for another chain', async () => {
    const { header, parts } = parseArchive(bytes);
    const ahead = { ...parts.at(-1)!, block: 1_000_000 };
    const path = join(folder, 'ahead');
    await writeFile(path, buildArchive({ header, parts: [...parts.slice(0, -1), ahead] }));
    const early = await ArchiveReader.open(path, { contract: story.insurer });
    expect(await all(early.read('Registered'))).toEqual(await all(reader.read('Registered')));
    await early.close();
  });
});
