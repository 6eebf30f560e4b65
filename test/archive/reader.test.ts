// Reading an archive: the same events as from the chain, whatever is asked; later ones from the chain; every damage to
// the file noticed before anything of it is believed.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportArchive } from '../../src/archive/export.ts';
import { ArchiveError, encodeEvent } from '../../src/archive/format.ts';
import { ArchiveReader } from '../../src/archive/reader.ts';
import { scanArchive } from '../../src/archive/scan.ts';
import { fromHex } from '../../src/bytes.ts';
import type { RawLog } from '../../src/chain/types.ts';
import { MIStoreContract } from '../../src/contract/client.ts';
import { EventReader, type Where } from '../../src/contract/events.ts';
import type { EventName } from '../../src/contract/types.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { makeBatch } from '../support/ledger.ts';
import { startEndpoint } from '../support/proxy.ts';
import { buildArchive, parseArchive } from './codec.ts';
import { all, type Story, tellStory } from './story.ts';

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

/** Opens a file with these bytes; the error, or null. */
async function opened(content: Uint8Array): Promise<ArchiveError | null> {
  const path = join(folder, 'tried');
  await writeFile(path, content);
  try {
    await (await ArchiveReader.open(path)).close();
    return null;
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return error;
  }
}

describe('an archive read', () => {
  it('says what it is of and how far it reaches', async () => {
    const { ledger } = story;
    expect(reader.header).toEqual({ chainId: 31337n, contract: chain.address, ledgerId: ledger.ledgerId });
    expect(reader.block).toBe(Number(await chain.rpc.call('eth_blockNumber')));
    expect(reader.bytes).toBe(bytes.length);
    expect(reader.events).toBe(parseArchive(bytes).parts.length - 1);
    expect((await all(reader.readAll())).length).toBe(reader.events);
  });

  it('gives the events that the chain gives, for every kind and selection', async () => {
    const { ledger, sealed, open: unsealed, insurer, revoked } = story;
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
      ['LedgerActivated', { ledgerId }],
      ['BatchAppended', { ledgerId }],
      ['BatchAppended', { ledgerId, index: 2 }],
      ['BatchAppended', { ledgerId, index: 9 }],
      ['ConsentRevoked', {}],
      ['ConsentRevoked', { queryId: fromHex(revoked) }],
      ['QueryOpened', { ledgerId }],
      ['QueryOpened', { queryId }],
      ['QueryExtended', { queryId }],
      ['QueryExtended', { queryId: fromHex(unsealed) }],
      ['QuerySealed', { ledgerId, insurer: insurer.account }],
      ['AnswerAccepted', { queryId }],
      ['AnswerAccepted', { queryId, seat: 3 }],
      [['QueryOpened', 'QuerySealed', 'BatchAppended'], { ledgerId }],
      [['AnswerAccepted', 'QueryExtended'], { queryId }],
    ];
    let found = 0;
    for (const [names, where] of questions) {
      const events = await all(reader.read(names, where as Where<EventName>));
      expect(events, JSON.stringify(names)).toEqual(await all(live.read(names, where)));
      found += events.length;
    }
    expect(found).toBe(50);
  });

  it('gives the batches from any number on', async () => {
    const { ledgerId } = story.ledger;
    for (const from of [0, 1, 3, 4, 7]) {
      expect(await all(reader.readBatches(ledgerId, from))).toEqual(await all(live.readBatches(ledgerId, from)));
    }
    expect((await reader.batch(2)).index).toBe(2);
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

  it('knows no other ledger, and says so', async () => {
    const ledgerId = story.other.ledgerId;
    const message = `is of ledger ${story.ledger.ledgerId}, not of ledger ${ledgerId}`;
    await expect(all(reader.read('LedgerOpened', { ledgerId }))).rejects.toThrow(message);
    await expect(all(reader.readBatches(ledgerId))).rejects.toThrow(message);
    expect(await all(reader.read('QueryExtended', { queryId: fromHex(story.foreign) }))).toEqual([]);
    await expect(all(reader.read('ServerJoined', { index: 1 } as object))).rejects.toThrow(/event argument index/);
  });
});

describe('an archive with a chain behind it', () => {
  it('is continued from the chain, for its ledger only', async () => {
    const { ledger, other, insurer } = story;
    const both = await ArchiveReader.open(file, { contract: insurer });
    await ledger.hospital.appendBatch(makeBatch(ledger, 4, 11, ['Ann']).call);
    await other.hospital.appendBatch(makeBatch(other, 4, 4, ['Eve']).call);
    const { ledgerId } = ledger;
    for (const from of [0, 3, 4, 5]) {
      expect(await all(both.readBatches(ledgerId, from))).toEqual(await all(live.readBatches(ledgerId, from)));
    }
    const batches = await all(both.read('BatchAppended'));
    expect(batches).toEqual(await all(live.read('BatchAppended', { ledgerId })));
    expect(batches.length).toBe(5);
    expect((await all(reader.readBatches(ledgerId))).length).toBe(4);
    await both.close();
  });

  it('ends with the archive where the node has pruned what is later, but never lacks a batch unnoticed', async () => {
    const proxy = await startEndpoint(
      (call, forward) => (call.method === 'eth_getLogs' ? { error: { code: 4444, message: 'pruned' } } : forward()),
      chain.node.url,
    );
    const told: string[] = [];
    const contract = await MIStoreContract.connect({ rpc: proxy.url, address: chain.address });
    const pruned = await ArchiveReader.open(file, { contract, onPruned: ({ message }) => told.push(message) });
    const { ledgerId } = story.ledger;
    expect(await all(pruned.read('QueryOpened', { ledgerId }))).toEqual(
      await all(reader.read('QueryOpened', { ledgerId })),
    );
    expect(await all(pruned.read('Registered'))).toEqual(await all(reader.read('Registered')));
    expect(told).toEqual([expect.stringMatching(/the node has pruned the logs of blocks/)]);
    await expect(all(pruned.readBatches(ledgerId))).rejects.toMatchObject({ code: 'INCOMPLETE_LOGS' });
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

  it('that does not know its last block yet is trusted to learn it', async () => {
    const { header, parts } = parseArchive(bytes);
    const ahead = { ...parts.at(-1)!, block: 1_000_000 };
    const path = join(folder, 'ahead');
    await writeFile(path, buildArchive({ header, parts: [...parts.slice(0, -1), ahead] }));
    const early = await ArchiveReader.open(path, { contract: story.insurer });
    expect(await all(early.read('Registered'))).toEqual(await all(reader.read('Registered')));
    await early.close();
  });
});

describe('a file', () => {
  it('that is not there, or no file, is told so', async () => {
    await expect(ArchiveReader.open(join(folder, 'nothing'))).rejects.toThrow(/nothing: there is no such file/);
    await expect(ArchiveReader.open(folder)).rejects.toThrow(/EISDIR/);
  });

  it('cut off anywhere but behind a checkpoint is refused', async () => {
    const { parts, offsets } = parseArchive(bytes);
    // Every length around the ends of frames, and many between.
    const around = offsets.flatMap((offset) => [-33, -5, -4, -1, 0, 1, 3, 4, 5].map((d) => offset + d));
    const lengths = [...around, ...Array.from({ length: 200 }, (_, i) => Math.floor((i * bytes.length) / 200))];
    for (const length of new Set(lengths.filter((one) => one >= 0 && one < bytes.length))) {
      const fault = await opened(bytes.subarray(0, length));
      expect(fault?.message, `cut to ${length}`).toMatch(/is cut short|is not an archive/);
    }
    expect(parts.filter(({ kind }) => kind === 'checkpoint').length).toBe(1);
    const whole = buildArchive({
      header: parseArchive(bytes).header,
      parts: [...parts.slice(0, 5), { ...parts[4]!, kind: 'checkpoint' }],
    });
    expect(await opened(whole)).toBeNull();
  });

  it('with any bit changed, or bytes put in or taken out, is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(await opened(changed), `bit ${bit}`).not.toBeNull();
      }),
      { numRuns: 400 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.uint8Array({ minLength: 1, maxLength: 64 }), async (at, more) => {
        expect(await opened(Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]))).not.toBeNull();
      }),
      { numRuns: 100 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 300 }), async (at, less) => {
        expect(await opened(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + less)]))).not.toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it('whose frames are in another order is refused, digests or not', async () => {
    const { header, parts } = parseArchive(bytes);
    const events = parts.slice(0, -1);
    const end = parts.at(-1)!;
    const refusals: [string, typeof parts, RegExp][] = [
      ['swapped', [events[1]!, events[0]!, ...events.slice(2), end], /out of order: block/],
      ['doubled', [events[0]!, ...events, end], /out of order: block/],
      [
        'an event behind the checkpoint of its block',
        [...events, end, { ...events.at(-1)!, block: end.block }, { ...end, block: end.block + 1 }],
        /event at byte \d+ is out of order/,
      ],
      [
        'a checkpoint of a block before the last event',
        [...events, { ...end, block: events.at(-1)!.block - 1 }],
        /checkpoint at byte \d+ is out of order/,
      ],
      ['two checkpoints of one block', [...events, end, end], /checkpoint at byte \d+ is out of order/],
      ['a block beyond all numbers', [...events, { ...end, block: 2 ** 60 }], /checkpoint at byte \d+ is out of order/],
      ['no checkpoint', events, /cut short/],
      ['nothing', [], /cut short/],
    ];
    for (const [name, changed, message] of refusals) {
      expect((await opened(buildArchive({ header, parts: changed })))?.message, name).toMatch(message);
    }
    expect(await opened(buildArchive({ header, parts }))).toBeNull();
    expect(buildArchive({ header, parts }).equals(bytes)).toBe(true);
  });

  it('with a header of another kind is refused', async () => {
    const { header, parts } = parseArchive(bytes);
    const changes: Record<string, string>[] = [
      { format: 'mistore-archive/2' },
      { chainId: '-1' },
      { ledgerId: 'one' },
      { contract: '0x12' },
      { contract: '' },
      { padding: 'x'.repeat(1024) },
    ];
    for (const change of changes) {
      const fault = await opened(buildArchive({ header: { ...header, ...change }, parts }));
      expect(fault?.message, JSON.stringify(change)).toMatch(/is not an archive of a ledger that this program knows/);
    }
  });

  it('with wrong counts, unknown frames or impossible lengths is refused', async () => {
    const { offsets } = parseArchive(bytes);
    const last = offsets.at(-2)!;
    const patched = (change: (copy: Buffer) => void) => {
      const copy = Buffer.from(bytes);
      change(copy);
      // The digest is made right again, so that nothing else gives the fault away.
      createHash('sha256')
        .update(copy.subarray(0, -32))
        .digest()
        .copy(copy, copy.length - 32);
      return opened(copy);
    };
    expect(await patched(() => undefined)).toBeNull();
    expect((await patched((copy) => copy.writeBigUInt64BE(3n, last + 45)))?.message).toMatch(/counts 3 events of \d+/);
    expect((await patched((copy) => copy.writeUInt8(3, offsets[2]! + 4)))?.message).toMatch(/neither an event nor/);
    expect((await patched((copy) => copy.writeUInt8(5, offsets[2]! + 4 + 77)))?.message).toMatch(
      /neither an event nor/,
    );
    expect((await patched((copy) => copy.writeUInt32BE(0, offsets[2]!)))?.message).toMatch(/no frame begins there/);
    expect((await patched((copy) => copy.writeUInt32BE(2 ** 31, offsets[2]!)))?.message).toMatch(
      /no frame begins there/,
    );
    expect((await patched((copy) => copy.writeUInt32BE(2 ** 24, offsets[2]!)))?.message).toMatch(
      /cut short in the frame/,
    );
  });

  it('that changes while it is in use is noticed', async () => {
    const path = join(folder, 'changing');
    await writeFile(path, bytes);
    const used = await ArchiveReader.open(path);
    await writeFile(path, '');
    await expect(all(used.readAll())).rejects.toThrow(/has changed while it was in use/);
    await used.close();
  });

  it('with an event that this program does not know is refused when it comes to it', async () => {
    const { header, parts } = parseArchive(bytes);
    const [first] = parts;
    if (first?.kind !== 'event') throw new Error('not an event');
    const strange = { ...first, topics: [randomBytes(32)] };
    const path = join(folder, 'strange');
    await writeFile(path, buildArchive({ header, parts: [strange, ...parts.slice(1)] }));
    const strangers = await ArchiveReader.open(path);
    await expect(all(strangers.readAll())).rejects.toThrow(/has an unknown event at byte \d+/);
    await strangers.close();
  });
});

describe('frames', () => {
  it('of every size come back as they went in, across the edges of what is read at once', async () => {
    const hex = (length: number) => `0x${randomBytes(length).toString('hex')}` as const;
    // Sizes around the 1 MiB pieces in which files are read.
    const sizes = [0, 1, 31, 2 ** 20 - 200, 2 ** 20, 2 ** 20 + 1, 3, 2 ** 21, 5, 2 ** 19, 7];
    const sent: RawLog[] = sizes.map((size, i) => ({
      address: `0x${'ab'.repeat(20)}`,
      topics: Array.from({ length: i % 5 }, () => hex(32)),
      data: size === 0 ? '0x' : hex(size),
      blockNumber: 2 ** 40 + i,
      blockHash: hex(32),
      transactionHash: hex(32),
      logIndex: 2 ** 32 - 1 - i,
    }));
    const parts = Buffer.concat(sent.map(encodeEvent));
    const header = { format: 'mistore-archive/1', chainId: '1', contract: `0x${'ab'.repeat(20)}`, ledgerId: '1' };
    const line = Buffer.from(`${JSON.stringify(header)}\n`);
    const own = parseArchive(Buffer.concat([line, parts]));
    const end = { kind: 'checkpoint' as const, block: 2 ** 41, blockHash: randomBytes(32) };
    const built = buildArchive({ header, parts: [...own.parts, end] });
    expect(built.subarray(line.length, line.length + parts.length).equals(parts)).toBe(true);
    const path = join(folder, 'sizes');
    await writeFile(path, built);
    const handle = await open(path, 'r');
    const back: object[] = [];
    for await (const part of scanArchive(handle, path)) {
      if (part.kind !== 'event') continue;
      const { block, logIndex, topics, data } = part.log;
      const text = (value: Uint8Array) => `0x${Buffer.from(value).toString('hex')}`;
      back.push({ blockNumber: block, logIndex, topics: topics.map(text), data: text(data) });
    }
    await handle.close();
    expect(back).toEqual(
      sent.map(({ blockNumber, logIndex, topics, data }) => ({ blockNumber, logIndex, topics, data })),
    );
  });
});
