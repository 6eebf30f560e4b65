// What is read with witnesses: the same block everywhere, by its hash, the same answer or an error that names who said what;
// whoever lags is waited for, nobody is left out.
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WaitOptions } from '../../src/chain/named-block.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { readBalance, readCall, readChainId, readCode, readHead, readStorage } from '../../src/chain/state.ts';
import { connect } from '../../src/chain/witnesses.ts';
import { hashOf, type MadeUpNode, startNodeMadeUp } from '../support/endpoint/made-up-node.ts';
import { fault } from '../support/parties.ts';

let nodes: MadeUpNode[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(nodes.map((node) => node.stop().catch(() => undefined)));
  nodes = [];
});

/** An endpoint and witnesses on the same made-up chain, changed as told, and a connection with keys in all URLs. */
async function three(changes: Partial<MadeUpNode>[] = [], options: WaitOptions = { patience: 300 }) {
  nodes = await Promise.all([0, 1, 2].map((k) => startNodeMadeUp(changes[k])));
  const [main, ...witnesses] = nodes.map(({ keyed }) => keyed) as [string, ...string[]];
  return connect(main, witnesses, { retries: 0, ...options });
}

const ACCOUNT = new Uint8Array(20).fill(7);
const CALL = { to: '0x07', data: '0x01020304' } as const;
const host = (k: number) => new URL(nodes[k]!.url).host;
const result = (value: string) => () => ({ result: value });
const reverts = (data: string) => () => ({ error: { code: 3, message: 'execution reverted', data } });
const refuses = (message: string) => () => ({ error: { code: -32000, message } });

describe('without witnesses', () => {
  it('tags are sent as they are, and nothing else is asked', async () => {
    nodes = [await startNodeMadeUp()];
    const rpc = connect(nodes[0]!.url);
    expect(rpc.witnesses).toEqual([]);
    expect(await readCall(rpc, CALL, 'latest')).toBe('0x000a');
    expect(await readCode(rpc, ACCOUNT)).toBe('0x000a');
    expect(nodes[0]!.calls.map(({ method, params }) => [method, params.at(-1)])).toEqual([
      ['eth_call', 'latest'],
      ['eth_getCode', 'latest'],
    ]);
  });
});

describe('with witnesses', () => {
  it('each state is read as of one block hash, everywhere', async () => {
    const rpc = await three([{}, { head: 12 }, { head: 11 }]);
    expect(rpc.witnesses).toEqual([host(1), host(2)]);
    expect(await readCall(rpc, CALL, 'latest')).toBe('0x000a');
    expect(await readCall(rpc, CALL, '0x4')).toBe('0x0004');
    expect(await readCall(rpc, CALL, 'finalized')).toBe('0x000a');
    expect(await readCode(rpc, ACCOUNT)).toBe('0x000a');
    expect(await readBalance(rpc, ACCOUNT)).toBe(10n);
    expect(await readStorage(rpc, ACCOUNT, new Uint8Array(32), 'latest')).toBe('0x000a');
    for (const node of nodes) {
      const blocks = ['eth_call', 'eth_getCode', 'eth_getBalance', 'eth_getStorageAt'].flatMap((method) =>
        node.asked(method).map((params) => params.at(-1)),
      );
      const [now, then] = [10, 4].map((number) => ({ blockHash: hashOf(number) }));
      expect(blocks).toEqual([now, then, now, now, now, now]);
    }
  });

  it.each<[string, Partial<MadeUpNode>[], RegExp]>([
    ['a witness', [{}, { state: result('0x02') }], /^.*eth_call at block 10 .*M and W2: 0x000a; W1: 0x02$/],
    ['the endpoint', [{ state: result('0x02') }], /M: 0x02; W1 and W2: 0x000a$/],
    ['two alike', [{ state: result('0x02') }, { state: result('0x02') }], /M and W1: 0x02; W2: 0x000a$/],
    ['a revert for a value', [{}, { state: reverts('0x01020304') }], /M and W2: 0x000a; W1: reverts with 0x01020304$/],
    [
      'another revert',
      [{ state: reverts('0x01020304') }, { state: reverts('0x01020305') }, { state: reverts('0x01020304') }],
      /M and W2: reverts with 0x01020304; W1: reverts with 0x01020305$/,
    ],
    [
      'one byte at the end of a long result',
      [0, 1, 0].map((last) => ({ state: result(`0x${'00'.repeat(99)}0${last}`) })),
      /M and W2: 0x0{38}… \(202 characters, SHA-256 0x\w{16}…\); W1: 0x0{38}… \(202 characters, SHA-256 0x\w{16}…\)$/,
    ],
    ['the chain', [{}, {}, { chainId: 5n }], /eth_chainId.*M and W1: 1; W2: 5$/],
  ])('a lie about %s is an error that says who said what, without keys', async (_, changes, expected) => {
    const rpc = await three(changes);
    const { code, message } = await fault(readChainId(rpc).then(() => readCall(rpc, CALL, 'latest')));
    expect(code).toBe('WITNESS_DISAGREES');
    const named = [0, 1, 2].reduce((text, k) => text.replaceAll(host(k), k === 0 ? 'M' : `W${k}`), message);
    expect(named).toMatch(expected);
    expect(message).not.toContain('secret');
  });

  it('the same revert everywhere is the revert', async () => {
    const rpc = await three([1, 2, 3].map(() => ({ state: reverts('0x01020304') })));
    expect(await fault(readCall(rpc, CALL, 'latest'))).toMatchObject({ code: 'RPC_ERROR' });
    expect(nodes[2]!.asked('eth_call').length).toBe(1);
  });

  it.each([1, 2])('witness %i away is an error that names it', async (k) => {
    const rpc = await three();
    await nodes[k]!.stop();
    const { code, message } = await fault(readCall(rpc, CALL, 'latest'));
    expect(code).toBe('CONNECTION_FAILED');
    expect(message).toContain(host(k));
    expect(message).not.toContain('secret');
  });

  it('a witness that breaks off in the midst is an error that names it', async () => {
    const rpc = await three([{}, {}, { state: () => 'drop' }]);
    expect(await fault(readCall(rpc, CALL, 'latest'))).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining(host(2)),
    });
  });

  it.each<[string, MadeUpNode['state'], string]>([
    ['has no old states', refuses('missing trie node'), 'RPC_ERROR'],
    ['answers no hex', result('yes'), 'INVALID_REPLY'],
  ])('a witness that %s is named', async (_, state, code) => {
    const rpc = await three([{}, { state }]);
    const refused = await fault(readCall(rpc, CALL, '0x4'));
    expect(refused).toMatchObject({ code, message: expect.stringContaining(`witness ${host(1)}`) });
  });

  it('a witness is another host', async () => {
    await three();
    const [a, b] = nodes as [MadeUpNode, MadeUpNode];
    for (const witnesses of [[a.keyed], [b.url, b.keyed], [`${a.url}/other`]]) {
      expect(() => connect(a.url, witnesses)).toThrow(/witness is ".*"; it must be another host/);
    }
    expect(() => connect(a.url, ['ftp://secret-key'])).toThrow(/http:\/\/ or https:\/\//);
    expect(() => connect(a.url, [b.url], { patience: -1 })).toThrow(/patience is -1/);
  });
});

describe('blocks', () => {
  const later = (node: () => MadeUpNode, change: Partial<MadeUpNode>, milliseconds: number) =>
    void setTimeout(() => Object.assign(node(), change), milliseconds);

  it('a witness that lags is waited for, which is told after a second', async () => {
    const waits: unknown[] = [];
    const rpc = await three([{}, { head: 8 }], { patience: 20_000, onWait: (wait) => waits.push(wait) });
    later(() => nodes[1]!, { head: 10 }, 1600);
    expect(await readCall(rpc, CALL, 'latest')).toBe('0x000a');
    expect(waits).toEqual([{ kind: 'block', host: host(1), head: 8, block: 10 }]);
  });

  it('a witness that never comes is an error with its head and the block', async () => {
    const rpc = await three([{}, {}, { head: 8 }]);
    const lag = { host: host(2), head: 8, other: host(0), block: 10, patience: 300 };
    expect(await fault(readCall(rpc, CALL, 'latest'))).toMatchObject({ code: 'WITNESS_LAGS', details: lag });
    expect(nodes[1]!.asked('eth_call')).toEqual([]);
  });

  it('an endpoint that shows an old block is waited for too, and found out', async () => {
    const rpc = await three([{ head: 4 }, {}, {}]);
    expect(await fault(readCall(rpc, CALL, 'latest'))).toMatchObject({
      code: 'WITNESS_LAGS',
      details: { host: host(0), head: 4, other: host(1), block: 10 },
    });
    nodes[0]!.head = 5; // within a minute
    expect(await readCall(rpc, CALL, 'latest')).toBe('0x0005');
  });

  it('another block at the same number is an error, however state and values agree', async () => {
    const rpc = await three([{}, {}, { fork: 1 }]);
    const { code, message } = await fault(readCall(rpc, CALL, 'latest'));
    expect(code).toBe('WITNESS_DISAGREES');
    expect(message).toContain(`the hash of block 10, so none is believed. ${host(0)} and ${host(1)}: ${hashOf(10)}`);
  });

  it('a reorganisation that passes is waited out', async () => {
    const rpc = await three([{}, {}, { fork: 1 }], { patience: 5000 });
    later(() => nodes[2]!, { fork: 0 }, 400);
    expect(await readCall(rpc, CALL, 'latest')).toBe('0x000a');
  });

  it('a block that is gone between naming and reading is named anew', async () => {
    let calls = 0;
    const gone: MadeUpNode['state'] = (number) => {
      if (++calls === 1) {
        for (const node of nodes) Object.assign(node, { fork: 1 });
        return { error: { code: -32000, message: 'header not found' } };
      }
      return { result: `0x${number.toString(16).padStart(4, '0')}` };
    };
    const rpc = await three([{}, { state: gone }]);
    expect(await readCall(rpc, CALL, 'latest')).toBe('0x000a');
    expect(nodes[1]!.asked('eth_call').map((params) => params.at(-1))).toEqual([
      { blockHash: hashOf(10, 0) },
      { blockHash: hashOf(10, 1) },
    ]);
  });

  it('a number that the endpoint has not reached is refused as by a node', async () => {
    const rpc = await three();
    expect(await fault(readCall(rpc, CALL, '0x63'))).toMatchObject({ code: 'RPC_ERROR' });
  });

  it('once named serve questions that follow, but none after anything else was read', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const rpc = await three();
    await Promise.all([readCall(rpc, CALL, 'latest'), readCode(rpc, ACCOUNT)]);
    await readBalance(rpc, ACCOUNT);
    expect(nodes.map((node) => node.asked('eth_getBlockByNumber').length)).toEqual([1, 2, 2]);
    vi.setSystemTime(Date.now() + 1001);
    await readBalance(rpc, ACCOUNT);
    expect(nodes.map((node) => node.asked('eth_getBlockByNumber').length)).toEqual([2, 4, 4]);
    for (const node of nodes) node.head = 11;
    expect((await readHead(rpc)).number).toBe(11); // as a log or a receipt of block 11 would show
    expect(await readCall(rpc, CALL, 'latest')).toBe('0x000b');
  });
});

it('the connection is an Rpc, and what only costs money or time is asked of the endpoint alone', async () => {
  const rpc = await three();
  expect(rpc).toBeInstanceOf(Rpc);
  await rpc.call('eth_gasPrice', ['latest']);
  expect(nodes.map(({ calls }) => calls.length)).toEqual([1, 0, 0]);
});
