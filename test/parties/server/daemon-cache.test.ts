// A daemon that is started again: from its cache without reading what it has checked; without one, with a damaged one, or with one
// that lies, it does the same work as ever; one of another chain, contract, account or ledger is refused.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { toHex, utf8 } from '../../../src/bytes.ts';
import { readHead } from '../../../src/chain/state.ts';
import { keccak256 } from '../../../src/keccak.ts';
import type { DaemonOptions } from '../../../src/parties/server/daemon/daemon.ts';
import { sourceName } from '../../../src/records/source.ts';
import { fault, storeRows } from '../../support/parties.ts';
import { rowsOf, sampleCsv } from '../../support/sample.ts';
import { openScene, rows, type Scene } from '../../support/scene.ts';
import { daemonOf, watched } from './running.ts';

vi.setConfig({ testTimeout: 180_000 });
let scene: Scene;
let folder: string;
let cacheFile: string;
/** First blocks from which batches were read since the last start. */
let batchesFrom: (number | undefined)[] = [];

beforeAll(async () => {
  scene = await openScene('daemon cache');
  await store('more');
});
afterAll(() => scene?.chain.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-cache-'));
  cacheFile = join(folder, 'cache.json');
});
afterEach(() => rm(folder, { recursive: true }));

/** A daemon of seat 1, as a new process would have it. */
function daemon(options: DaemonOptions = {}, seed = scene.cast.serverSeeds[0]!) {
  batchesFrom = [];
  const site = watched(scene.cast.serverSites[0]!, (names, range) => {
    if (names.includes('BatchAppended')) batchesFrom.push(range?.fromBlock);
  });
  return daemonOf(site, seed, { cacheFile, ...options });
}

async function once(options?: DaemonOptions) {
  const one = daemon(options);
  await one.daemon.once();
  return one;
}

const store = (name: string) =>
  storeRows(scene.cast, rowsOf(sampleCsv(3, name, 1)), sourceName(`${name}.csv`, new Uint8Array(32)));
const ask = async (records: number[]) =>
  (await scene.insurer.query(await scene.consentTo(records, scene.insurer.address))).queryId;

/** The cache with this change, and a checksum that fits. */
async function forge(change: (content: ReturnType<typeof JSON.parse>) => void): Promise<void> {
  const content = JSON.parse((await readFile(cacheFile, 'utf8')).split('\n')[0]!);
  change(content);
  const text = JSON.stringify(content);
  await writeFile(cacheFile, `${text}\n${toHex(keccak256(utf8(text)))}\n`);
}

describe('a restart', () => {
  it('reads no batch again, and answers what was asked in the meantime', async () => {
    expect((await once()).of('checked')).toMatchObject([
      { batch: 0, bad: [] },
      { batch: 1, bad: [] },
    ]);
    const { number } = await readHead(scene.chain.rpc);
    const queryId = await ask([0, 1]);
    const again = await once();
    expect(again.of('checked')).toEqual([]);
    expect(again.of('answered')).toMatchObject([{ queryIds: [queryId] }]);
    expect(batchesFrom.length).toBeGreaterThan(0);
    for (const block of batchesFrom) expect(block).toBeGreaterThan(number);
    expect(await readdir(folder)).toEqual(['cache.json']);
  });

  it('remembers a query that it could not answer yet', async () => {
    await once();
    const { contract } = scene.cast.serverSites[0]!;
    const queryId = await ask([2]);
    const failing = daemon();
    const original = contract.answer;
    contract.answer = () => Promise.reject(Object.assign(new Error('no money'), { code: 'X' }));
    await failing.daemon.once();
    contract.answer = original;
    expect(failing.of('answered')).toEqual([]);
    expect(failing.of('left-out')).toMatchObject([{ task: 'answer', error: { code: 'UNEXPECTED' } }]);
    expect((await once()).of('answered')).toMatchObject([{ queryIds: [queryId] }]);
  });

  it('without the cache does all again, and the same', async () => {
    await once();
    await rm(cacheFile);
    const again = await once();
    expect(again.of('checked').map(({ batch }) => batch)).toEqual([0, 1]);
    expect(again.daemon.summary).toMatchObject({ records: rows.length + 3, leftOut: [], notJoined: [] });
  });
});

describe('a cache', () => {
  it.each([
    ['cut short', (text: string) => text.slice(0, -80), 'its checksum is wrong'],
    ['with one changed digit', (text: string) => text.replace('"next":2', '"next":9'), 'its checksum is wrong'],
    ['empty', () => '', 'its checksum is wrong'],
    ['not even text', () => Buffer.from([0xff, 0x00, 0xfe]), 'its checksum is wrong'],
  ])('that is %s is set aside, and said so', async (_, damage, why) => {
    await once();
    await writeFile(cacheFile, damage(await readFile(cacheFile, 'utf8')));
    const again = await once();
    expect(again.reported[0]).toEqual({ kind: 'cache-damaged', file: cacheFile, movedTo: `${cacheFile}.damaged`, why });
    expect(again.of('checked').map(({ batch }) => batch)).toEqual([0, 1]);
    expect((await readdir(folder)).sort()).toEqual(['cache.json', 'cache.json.damaged']);
  });

  it('of another format is set aside', async () => {
    await once();
    await forge((content) => {
      content.format = 'mistore-server-cache/0';
    });
    const [event] = (await once()).of('cache-damaged');
    expect(event!.why).toBe('its format is mistore-server-cache/0; this program reads mistore-server-cache/1');
  });

  it('that says more was checked than storage has is not believed', async () => {
    await once();
    await forge(({ state }) => {
      state.ledgers[0].next = 7;
      state.ledgers[0].roots = [...state.ledgers[0].roots, ...Array.from({ length: 5 }, () => `0x${'ab'.repeat(32)}`)];
    });
    const again = await once();
    // The five that are made up are dropped; the last true one is found.
    expect(again.of('checked')).toEqual([]);
    expect(again.daemon.summary.leftOut).toEqual([]);
    expect(JSON.parse((await readFile(cacheFile, 'utf8')).split('\n')[0]!).state.ledgers[0].next).toBe(2);
  });

  it('whose last root is wrong has its batch checked again; without any right one, all are', async () => {
    await once();
    await forge(({ state }) => {
      state.ledgers[0].roots[1] = `0x${'cd'.repeat(32)}`;
    });
    expect((await once()).of('checked').map(({ batch }) => batch)).toEqual([1]);
    await forge(({ state }) => {
      state.ledgers[0].roots = [`0x${'cd'.repeat(32)}`];
    });
    expect((await once()).of('checked').map(({ batch }) => batch)).toEqual([0, 1]);
  });

  it.each(['chainId', 'contract', 'account', 'ledger'])(
    'of another %s is refused by name, and left as it is',
    async (field) => {
      await once();
      await forge(({ owner }) => {
        owner[field] = field === 'chainId' ? '1' : `0x${'12'.repeat(20)}`;
      });
      const before = await readFile(cacheFile, 'utf8');
      const refused = await fault(daemon().daemon.once());
      expect(refused).toMatchObject({ code: 'OTHER_CACHE', details: { file: cacheFile } });
      expect(refused.message).toContain(`${cacheFile}: the cache is of ${field === 'chainId' ? 'chain' : field} `);
      expect(await fault(daemon().daemon.run())).toMatchObject({ code: 'OTHER_CACHE' });
      expect(await readFile(cacheFile, 'utf8')).toBe(before);
    },
  );

  it('of one ledger is not one of all', async () => {
    await once({ ledgerId: scene.cast.ledgerId });
    expect((await fault(daemon().daemon.once())).message).toContain('not of all');
  });

  it('that cannot be written is said once, and the work goes on', async () => {
    const one = await once({ cacheFile: join(folder, 'none', 'cache.json') });
    expect(one.of('cache-not-written')).toMatchObject([{ error: { code: 'OUTPUT_FILE' } }]);
    expect(one.of('checked')).toHaveLength(2);
  });

  it('from before a batch leaves that batch to be checked, and no other', async () => {
    await once();
    await store('last');
    expect((await once()).of('checked')).toMatchObject([{ batch: 2 }]);
  });

  it('holds no secret', async () => {
    await once();
    const text = await readFile(cacheFile, 'utf8');
    for (const seed of scene.cast.serverSeeds) expect(text).not.toContain(toHex(seed).slice(2));
  });
});
