// An archive against the contract: a right one is found right; what storage cannot vouch for; nodes that forget or fail.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportArchive } from '../../src/archive/export.ts';
import { verifyArchive } from '../../src/archive/verify.ts';
import { MIStoreContract } from '../../src/contract/client.ts';
import type { TestChain } from '../support/chain.ts';
import { startEndpoint } from '../support/endpoint/proxy.ts';
import { engine, makeBatch, openLedger } from '../support/ledger.ts';
import type { Checkpoint, Parsed } from './codec.ts';
import {
  ABI,
  type Change,
  drop,
  type EditableEvent,
  type Forger,
  find,
  flipped,
  set,
  startForger,
} from './forgeries/forger.ts';
import { dealNoKeys, type Story } from './story.ts';

let forger: Forger;
let chain: TestChain;
let story: Story;
let folder: string;
let file: string;
let archive: Parsed;

beforeAll(async () => {
  forger = await startForger();
  ({ chain, story, folder, file, archive } = forger);
});
afterAll(() => forger?.stop());

describe('a right archive', () => {
  it('is found right, with its counts', async () => {
    const progress: number[] = [];
    const verdict = await verifyArchive({
      contract: story.insurer,
      engine,
      file,
      onProgress: ({ records, total }) => progress.push(records / total),
    });
    expect(verdict).toEqual({
      ledgerId: story.ledger.ledgerId,
      block: (archive.parts.at(-1) as Checkpoint).block,
      bytes: (await readFile(file)).length,
      events: archive.parts.length - 1,
      batches: 4,
      records: 11,
      queries: 3,
      unsigned: 0,
      whole: true,
      behind: 0,
      fault: null,
    });
    expect(progress).toEqual([3 / 11, 5 / 11, 6 / 11, 1]);
  });

  it('taken apart and put together again is right: the forgeries below fail for what they change', async () => {
    expect((await forger.forged(() => undefined)).fault).toBeNull();
  });

  it('of the other ledger, of a young and of a growing one is right too', async () => {
    const path = join(folder, 'other');
    await exportArchive({ contract: story.insurer, ledgerId: story.other.ledgerId, file: path });
    expect(await forger.check(path)).toMatchObject({ fault: null, batches: 4, records: 4, queries: 1 });
    const young = await openLedger(chain, 'young', { threshold: 1, seats: 2 }, { joining: 1 });
    const youngs = join(folder, 'young');
    await exportArchive({ contract: story.insurer, ledgerId: young.ledgerId, file: youngs });
    expect(await forger.check(youngs)).toMatchObject({ fault: null, batches: 0, whole: true, behind: 0 });
    // Later things on chain do not make it wrong.
    await dealNoKeys(young, 1);
    await young.servers[1]!.join({ ledgerId: young.ledgerId, epoch: 1, digest: young.digest });
    for (const index of [0, 1]) await young.hospital.appendBatch(makeBatch(young, index, index, ['Ann']).call);
    expect(await forger.check(youngs)).toMatchObject({ fault: null, batches: 0, whole: true, behind: 2 });
    await exportArchive({ contract: story.insurer, ledgerId: young.ledgerId, file: youngs });
    expect(await forger.check(youngs)).toMatchObject({ fault: null, batches: 2, behind: 0 });
    // Nor do keys that the hospital publishes once more, or parts that no server reads.
    for (const part of [0, 1]) {
      const ciphertext = new Uint8Array(32);
      await young.hospital.dealKeys({ ledgerId: young.ledgerId, epoch: 1, seat: 0, part, ciphertext });
    }
    await exportArchive({ contract: story.insurer, ledgerId: young.ledgerId, file: youngs });
    expect(await forger.check(youngs)).toMatchObject({ fault: null, whole: true });
  });
});

describe('what storage does not vouch for', () => {
  const hexAt = (events: EditableEvent[], name: string, nth: number, field: string, at: number) => {
    const { args } = find(events, name, nth);
    args[field] = flipped(args[field], at);
    return undefined;
  };
  const unseen: [string, number, Change][] = [
    ['packets of keys', 0, (events) => hexAt(events, 'KeysDealt', 2, 'ciphertext', 7)],
    ['corrections of the masks of seats above t', 0, (events) => hexAt(events, 'QueryOpened', 1, 'masks', -1)],
    ["signatures of strangers' keys", 1, (events) => hexAt(events, 'Registered', -1, 'signature', 5)],
    ["signatures of insurers' channels", 1, (events) => hexAt(events, 'ChannelOpened', -1, 'signature', 5)],
    ['signatures of consents', 1, (events) => hexAt(events, 'QueryOpened', 1, 'signature', 5)],
    [
      'queries left out as a whole',
      0,
      (events) => events.filter(({ args }) => args.queryId !== story.open && args.queryId !== story.sealed),
    ],
    ['revocations of consents that no query has used', 0, drop('ConsentRevoked', -1)],
    [
      'complaints left out as a whole',
      0,
      (events) => events.filter(({ args }) => Number(args.recordId) !== story.complaints.justified),
    ],
    [
      'places',
      0,
      (events) => {
        for (const { raw } of events) raw.transactionHash = Buffer.alloc(32, 1);
        return undefined;
      },
    ],
  ];
  it.each(unseen)('%s can be changed unnoticed, as the documentation says', async (_, unsigned, change) => {
    expect(await forger.forged(change)).toMatchObject({ fault: null, unsigned });
  });
});

describe('a node that forgets old states', () => {
  it('cannot tell whether something is missing, which is said; all else is found', async () => {
    const proxy = await startEndpoint((call, forward) => {
      const old = /eth_(call|getStorageAt)/.test(call.method) && call.params.at(-1) !== 'latest';
      return old ? { error: { code: -32000, message: 'missing trie node' } } : forward();
    }, chain.node.url);
    const contract = await MIStoreContract.connect({ rpc: proxy.url, address: chain.address });
    expect(await forger.check(file, contract)).toMatchObject({ whole: false, behind: 0, queries: 3, fault: null });
    expect(await forger.forged(drop('AnswerAccepted', 1), contract)).toMatchObject({ whole: false, fault: null });
    const lacking = await forger.forged(
      (events) =>
        events.filter(
          ({ name, args }) =>
            !(name === 'BatchAppended' && args.index === 3n) && !('queryId' in args) && !('recordId' in args),
        ),
      contract,
    );
    expect(lacking).toMatchObject({ whole: false, behind: 1, batches: 3, fault: null });
    expect(
      (
        await forger.forged(
          set('AnswerAccepted', ({ args }) => ({ y: args.y ^ 1n })),
          contract,
        )
      ).fault?.what,
    ).toMatch(/wrong/);
    expect((await forger.forged(drop('LedgerOpened'), contract)).fault).not.toBeNull();
    await proxy.stop();
  });

  it('but a node that fails otherwise is an error, not a verdict', async () => {
    const proxy = await startEndpoint((call, forward) => {
      const batch = call.method === 'eth_call' && call.params[0].data.startsWith(ABI.getFunction('getBatch')!.selector);
      return batch ? { error: { code: -32000, message: 'out of order' } } : forward();
    }, chain.node.url);
    const contract = await MIStoreContract.connect({ rpc: proxy.url, address: chain.address });
    await expect(forger.check(file, contract)).rejects.toThrow(/out of order/);
    await proxy.stop();
  });
});
