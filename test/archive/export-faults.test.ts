// Exports that are interrupted, meet a reorganisation, or read from a node that leaves out logs.
import { execFileSync } from 'node:child_process';
import { readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { Interface } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import artifact from '../../build/contracts/MIStore.json' with { type: 'json' };
import { exportArchive } from '../../src/archive/export.ts';
import { ArchiveReader } from '../../src/archive/reader.ts';
import { IncompleteLogsError } from '../../src/chain/errors.ts';
import { MIStoreContract } from '../../src/contract/client.ts';
import { startChain } from '../support/chain.ts';
import { type Answer, type Call, startEndpoint } from '../support/endpoint/proxy.ts';
import { makeBatch, openLedger } from '../support/ledger.ts';
import { parseArchive } from './codec.ts';
import { type Exports, openExports } from './exports.ts';
import { all, appendNoise } from './story.ts';

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

beforeAll(async () => {
  exports = await openExports();
  ({ chain, story, endpoint, through, path, exists, exported, parsed } = exports);
});
afterAll(() => exports?.stop());

describe('an interrupted export', () => {
  it('continues from its last checkpoint, and ends in the same file', async () => {
    const ledger = await openLedger(chain, 'large', { threshold: 3, seats: 5 });
    const count = await appendNoise(ledger, 150);
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

    // Torn within its first line.
    await truncate(path('large'), 30);
    await rename(path('large'), path('torn.part'));
    expect(await at('torn')).toEqual(whole);
  }, 120_000);

  it('writes over no part that it did not begin', async () => {
    await exported('whole');
    const two = await openLedger(chain, 'two', { threshold: 1, seats: 1 });
    for (const [name, content, message] of [
      ['notes', 'notes', /notes\.part: is not an archive/],
      ['other', await readFile(path('whole')), /other\.part: is of ledger 0x\w{64} .*, not of ledger/],
    ] as const) {
      await writeFile(path(`${name}.part`), content);
      await expect(exported(name, story.insurer, two.ledgerId)).rejects.toThrow(message);
      expect(await readFile(path(`${name}.part`))).toEqual(Buffer.from(content));
    }
    execFileSync('mkfifo', [path('pipe'), path('end.part')]);
    await expect(exported('pipe')).rejects.toThrow('pipe: is a pipe; it must be a regular file');
    await expect(exported('end')).rejects.toThrow('end.part: is a pipe; it must be a regular file');
  });
});

describe('a reorganisation', () => {
  it('since the last export: the events after it are removed and the new ones added', async () => {
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

  it('while the logs are read is noticed, and the events that it removed are not kept', async () => {
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
        if (call.method === 'eth_getLogs' && reorganised++ === 2) await own.rpc.call('anvil_reorg', [1, []]);
        return answer;
      };
      const { ledgerId } = ledger;
      expect(await exportArchive({ contract, ledgerId, file: path('forking') })).toMatchObject({ batches: 0, cut: 0 });
      expect(reorganised).toBeGreaterThan(3);

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

  it('from replies over many blocks is asked for fewer blocks', async () => {
    const span = ({ params: [{ fromBlock, toBlock }] }: Call) => Number(toBlock) - Number(fromBlock);
    endpoint.answer = without(({ topics }, call) => topics[0] === topic('BatchAppended') && span(call) > 5);
    await exported('wide');
    await exported('narrow', through);
    expect((await readFile(path('narrow'))).equals(await readFile(path('wide')))).toBe(true);
  });

  it.each([
    ['LedgerOpened', /no log of the event LedgerOpened of ledger 0x\w{64} in blocks \d+ to \d+/],
    ['EpochBegun', /no log of epoch 1 of ledger/],
    ['ServerJoined', /no log of 3 of 3 events ServerJoined/],
    ['BatchAppended', /no log of batch 0/],
  ])('%s from all replies: the export ends with an error that names what is missing', async (name, message) => {
    endpoint.answer = without(({ topics }) => topics[0] === topic(name));
    const fault = await exported('lacking', through).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(IncompleteLogsError);
    expect((fault as Error).message).toMatch(message);
    expect(await exists('lacking')).toBe(false);
  });

  it('that it has pruned: the export ends with an error that says so', async () => {
    endpoint.answer = (call, forward) =>
      isLogs(call) ? { error: { code: 4444, message: 'pruned history unavailable' } } : forward();
    await expect(exported('pruned', through)).rejects.toThrow(/has pruned the logs of blocks/);
  });
});
