// The archive file: whatever is cut off, changed, put in, taken out or reordered is noticed before anything of the file is
// believed; frames of every size are read back as they were written.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchiveError, encodeEvent } from '../../src/archive/format.ts';
import { ArchiveReader } from '../../src/archive/reader.ts';
import { scanArchive } from '../../src/archive/scan.ts';
import type { RawLog } from '../../src/chain/types.ts';
import { buildArchive, parseArchive } from './codec.ts';
import { type Exports, openExports } from './exports.ts';
import { all } from './story.ts';

let exports: Exports;
let path: Exports['path'];
let bytes: Buffer;

beforeAll(async () => {
  exports = await openExports();
  ({ path } = exports);
  await exports.exported('ledger');
  bytes = await readFile(path('ledger'));
});
afterAll(() => exports?.stop());

/** Opens a file with these bytes; the error, or null. */
async function opened(content: Uint8Array): Promise<ArchiveError | null> {
  const tried = path('tried');
  await writeFile(tried, content);
  try {
    await (await ArchiveReader.open(tried)).close();
    return null;
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return error;
  }
}

/** The same bytes with the last digest made right, so that it does not give a change away. */
function resealed(archive: Buffer): Buffer {
  const digest = createHash('sha256').update(archive.subarray(0, -32)).digest();
  return Buffer.concat([archive.subarray(0, -32), digest]);
}

describe('a file', () => {
  it('that does not exist, or is a folder or a pipe, is refused by its name', async () => {
    await expect(ArchiveReader.open(path('nothing'))).rejects.toThrow(
      new ArchiveError(path('nothing'), 'there is no such file or folder'),
    );
    await expect(ArchiveReader.open(path('.'))).rejects.toThrow(/is a folder; it must be a regular file$/);
    execFileSync('mkfifo', [path('pipe')]);
    await expect(ArchiveReader.open(path('pipe'))).rejects.toThrow(
      new ArchiveError(path('pipe'), 'is a pipe; it must be a regular file'),
    );
  });

  it('cut off anywhere but after a checkpoint is refused', async () => {
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
        'an event after the checkpoint of its block',
        [...events, end, { ...events.at(-1)!, block: end.block }, { ...end, block: end.block + 1 }],
        /event at byte \d+ is out of order/,
      ],
      [
        'a checkpoint of a block before the last event',
        [...events, { ...end, block: events.at(-1)!.block - 1 }],
        /checkpoint at byte \d+ is out of order/,
      ],
      ['two checkpoints of one block', [...events, end, end], /checkpoint at byte \d+ is out of order/],
      ['a block number above 2^53', [...events, { ...end, block: 2 ** 60 }], /checkpoint at byte \d+ is out of order/],
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
      { format: 'mistore-archive/3' },
      { chainId: '-1' },
      { ledgerId: '1' },
      { ledgerId: `0x${'11'.repeat(31)}` },
      { contract: '0x12' },
      { contract: '' },
      { padding: 'x'.repeat(1024) },
    ];
    for (const change of changes) {
      const fault = await opened(buildArchive({ header: { ...header, ...change }, parts }));
      expect(fault?.message, JSON.stringify(change)).toMatch(/is not an archive of a ledger that this program knows/);
    }
  });

  it('of protocol 1 is refused, and the error says so', async () => {
    const { header, parts } = parseArchive(bytes);
    const old = await opened(
      buildArchive({ header: { ...header, format: 'mistore-archive/1', ledgerId: '1' }, parts }),
    );
    expect(old?.message).toMatch(/tried: is an archive of protocol 1, which this version does not read: its contract/);
  });

  it('with a header that is not UTF-8 is refused, though its digest is right', async () => {
    const { header, parts } = parseArchive(bytes);
    const noted = buildArchive({ header: { ...header, note: 'ä' }, parts });
    expect(await opened(noted)).toBeNull();
    for (const byte of [0xff, 0x00, 0xc3]) {
      const copy = Buffer.from(noted);
      copy[copy.indexOf('ä') + 1] = byte;
      expect((await opened(resealed(copy)))?.message).toMatch(/is not an archive of a ledger that this program knows/);
    }
  });

  it('with wrong counts, unknown frames or impossible lengths is refused', async () => {
    const { offsets } = parseArchive(bytes);
    const last = offsets.at(-2)!;
    const patched = (change: (copy: Buffer) => void) => {
      const copy = Buffer.from(bytes);
      change(copy);
      return opened(resealed(copy));
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

  it('that changes while it is in use ends in an error', async () => {
    const changingFile = path('changing');
    await writeFile(changingFile, bytes);
    const used = await ArchiveReader.open(changingFile);
    await writeFile(changingFile, '');
    await expect(all(used.readAll())).rejects.toThrow(/has changed while it was in use/);
    await used.close();
  });

  it('with an event that this program does not know is refused when that event is read', async () => {
    const { header, parts } = parseArchive(bytes);
    const [first] = parts;
    if (first?.kind !== 'event') throw new Error('not an event');
    const strange = { ...first, topics: [randomBytes(32)] };
    const strangeFile = path('strange');
    await writeFile(strangeFile, buildArchive({ header, parts: [strange, ...parts.slice(1)] }));
    const strangers = await ArchiveReader.open(strangeFile);
    await expect(all(strangers.readAll())).rejects.toThrow(/has an unknown event at byte \d+/);
    await strangers.close();
  });
});

describe('an event that does not decode', () => {
  it('is refused with the file and its place in it, whatever its kind', async () => {
    const { header, parts } = parseArchive(bytes);
    const kinds = new Set<string>();
    for (const [i, part] of parts.entries()) {
      if (part.kind !== 'event' || kinds.has(part.topics[0]!.toString('hex'))) continue;
      kinds.add(part.topics[0]!.toString('hex'));
      const broken = [
        ...(part.data.length > 0
          ? [
              { ...part, data: part.data.subarray(0, -1) },
              { ...part, data: Buffer.alloc(0) },
            ]
          : []),
        { ...part, topics: part.topics.slice(0, -1) },
        { ...part, topics: [part.topics[0]!] },
        { ...part, topics: [...part.topics.slice(0, 3), randomBytes(32)].slice(0, 4), data: randomBytes(300) },
      ];
      for (const one of broken) {
        await writeFile(path('broken'), buildArchive({ header, parts: parts.with(i, one) }));
        const reader = await ArchiveReader.open(path('broken'));
        const error = await all(reader.readAll()).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(ArchiveError);
        expect((error as Error).message).toMatch(/broken: has a malformed event at byte \d+: .*event/);
        await reader.close();
      }
    }
    expect(kinds.size).toBe(15);
  });
});

describe('frames', () => {
  it('of every size are read back as they were written, across the pieces in which files are read', async () => {
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
    const header = {
      format: 'mistore-archive/2',
      chainId: '1',
      contract: `0x${'ab'.repeat(20)}`,
      ledgerId: `0x${'cd'.repeat(32)}`,
    };
    const line = Buffer.from(`${JSON.stringify(header)}\n`);
    const own = parseArchive(Buffer.concat([line, parts]));
    const end = { kind: 'checkpoint' as const, block: 2 ** 41, blockHash: randomBytes(32) };
    const built = buildArchive({ header, parts: [...own.parts, end] });
    expect(built.subarray(line.length, line.length + parts.length).equals(parts)).toBe(true);
    const sizesFile = path('sizes');
    await writeFile(sizesFile, built);
    const handle = await open(sizesFile, 'r');
    const back: object[] = [];
    for await (const part of scanArchive(handle, sizesFile)) {
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
