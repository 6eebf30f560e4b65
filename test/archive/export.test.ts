// Exports: what they hold against the chain read independently, byte for byte by another reader; adding what is new; files
// that are something else.
import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { Interface } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import artifact from '../../build/contracts/MIStore.json' with { type: 'json' };
import { exportArchive } from '../../src/archive/export.ts';
import { ArchiveError } from '../../src/archive/format.ts';
import { ArchiveReader } from '../../src/archive/reader.ts';
import { toHex } from '../../src/bytes.ts';
import { readHead } from '../../src/chain/state.ts';
import { hostile } from '../support/endpoint/proxy.ts';
import { openLedger } from '../support/ledger.ts';
import { buildArchive, type Part } from './codec.ts';
import { type Exports, openExports } from './exports.ts';
import { all, nextBatch, tellStory } from './story.ts';

const ABI = new Interface(artifact.abi);
let exports: Exports;
let chain: Exports['chain'];
let story: Exports['story'];
let endpoint: Exports['endpoint'];
let through: Exports['through'];
let path: Exports['path'];
let exists: Exports['exists'];
let exported: Exports['exported'];
let parsed: Exports['parsed'];
let eventsOf: Exports['eventsOf'];

beforeAll(async () => {
  exports = await openExports();
  ({ chain, story, endpoint, through, path, exists, exported, parsed, eventsOf } = exports);
});
afterAll(() => exports?.stop());

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
    const wanted = (await logs()).filter(({ event: { name, args } }) => {
      if (['Registered', 'ChannelOpened', 'ConsentRevoked'].includes(name)) return true;
      return args.ledgerId === toHex(story.ledger.ledgerId);
    });
    expect(new Set(wanted.map(({ event }) => event.name)).size).toBe(15);
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
      format: 'mistore-archive/2',
      chainId: '31337',
      contract: toHex(chain.address),
      ledgerId: toHex(story.ledger.ledgerId),
    });
    expect(parts.at(-1)).toMatchObject({ kind: 'checkpoint', block: place.block });
    expect(await exists('whole.part')).toBe(false);
  });

  it('is the same when exported again, and from a node that meets every fault', async () => {
    await exported('whole');
    await exported('again');
    endpoint.answer = hostile(11, 4);
    await exported('hostile', through);
    const whole = await readFile(path('whole'));
    expect((await readFile(path('again'))).equals(whole)).toBe(true);
    expect((await readFile(path('hostile'))).equals(whole)).toBe(true);
  }, 120_000);

  it('of a ledger that is not active yet has the events that there are', async () => {
    const young = await openLedger(chain, 'young', { threshold: 1, seats: 2 }, { joining: 1 });
    const summary = await exported('young', story.insurer, young.ledgerId);
    expect(summary).toMatchObject({ batches: 0, records: 0 });
    const reader = await ArchiveReader.open(path('young'));
    expect(
      (await all(reader.read(['LedgerOpened', 'EpochBegun', 'ServerJoined', 'EpochActivated']))).map(
        ({ event }) => event,
      ),
    ).toEqual(['LedgerOpened', 'EpochBegun', 'ServerJoined']);
    await reader.close();
  });

  it('of a ledger that does not exist leaves no file', async () => {
    await expect(exported('none', story.insurer, new Uint8Array(32).fill(9))).rejects.toMatchObject({
      code: 'UNKNOWN_LEDGER',
    });
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
    // The same again adds nothing, and an export to the newest block reaches further.
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
  it('adds what is new; except for checkpoints the result is as if exported at once', async () => {
    const fresh = await tellStory(chain, 'growing');
    const { ledger } = fresh;
    const first = await exported('growing', story.insurer, ledger.ledgerId);
    const before = await readFile(path('growing'));
    await ledger.hospital.appendBatch(nextBatch(ledger, 4, 11, ['Ann', 'Bob']));
    const second = await exported('growing', story.insurer, ledger.ledgerId);
    expect(second).toMatchObject({ batches: 5, records: 13, added: 1, cut: 0, events: first.events + 1 });
    const after = await readFile(path('growing'));
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    await exported('at once', story.insurer, ledger.ledgerId);
    expect(await eventsOf('growing')).toEqual(await eventsOf('at once'));
  });

  it('without new blocks leaves the file as it is, and without new events moves its last checkpoint', async () => {
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
      'an archive with a malformed event',
      async () => {
        await exported('odd');
        const { header, parts } = await parsed('odd');
        const joined = ABI.getEvent('ServerJoined')!.topicHash;
        const isJoin = (part: Part) => part.kind === 'event' && part.topics[0]!.toString('hex') === joined.slice(2);
        const empty = parts.map((part) => (isJoin(part) ? { ...part, data: Buffer.alloc(0) } : part));
        await writeFile(path('odd'), buildArchive({ header, parts: empty }));
      },
      /has a malformed event at byte \d+: word 0 of a log's data/,
    ],
    [
      'an archive of another ledger',
      async () => {
        await exported('odd', story.insurer, story.other.ledgerId);
      },
      /is of ledger 0x[0-9a-f]{64} of contract 0x[0-9a-f]{40} on chain 31337, not of ledger/,
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
