// The embedded chain: mainnet's caps, its state file, its faults, and that it never outlives who started it.
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { accountOf } from '../../src/chain/account.ts';
import { anvilBinary, fund, SYSTEMS, startNode } from '../../src/chain/embedded-node.ts';
import { NodeError } from '../../src/chain/errors.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { createSender } from '../../src/chain/sending/sender.ts';
import { readBalance } from '../../src/chain/state.ts';
import { ETHER, keyOf, startChain } from '../support/chain.ts';
import { startEndpoint } from '../support/endpoint/proxy.ts';
import { gone, isAlive, Program, type Running } from '../support/process.ts';

const someone = accountOf(keyOf('someone'));

describe('an embedded chain', () => {
  it("has mainnet's caps of blocks and transactions, and pays its accounts", async () => {
    const node = await startNode();
    const rpc = new Rpc(node.url);
    expect(node.chainId).toBe(31337n);
    expect(Number((await rpc.call<{ gasLimit: string }>('eth_getBlockByNumber', ['latest', false])).gasLimit)).toBe(
      60_000_000,
    );
    await fund(node.url, someone, 3n * ETHER + 1n);
    expect(await readBalance(rpc, someone)).toBe(3n * ETHER + 1n);
    const account = (await rpc.call<string[]>('eth_accounts'))[0];
    const overCap = { from: account, to: account, gas: `0x${(16_777_217).toString(16)}` };
    await expect(rpc.call('eth_sendTransaction', [overCap])).rejects.toThrow(/gas/i);
    await rpc.call('eth_sendTransaction', [{ ...overCap, gas: `0x${(16_777_216).toString(16)}` }]);
    await node.stop();
    await node.stop();
    await gone(node.pid);
  });

  it('stands beside another, and mines as it is told', async () => {
    const [one, two] = await Promise.all([startNode({ chainId: 7 }), startNode({ chainId: 8, blockTime: 1 })]);
    expect([one.chainId, two.chainId]).toEqual([7n, 8n]);
    expect(one.url).not.toBe(two.url);
    const block = async ({ url }: { url: string }) => Number(await new Rpc(url).call('eth_blockNumber'));
    const [oneBefore, twoBefore] = [await block(one), await block(two)];
    await expect.poll(() => block(two), { timeout: 10_000 }).toBeGreaterThan(twoBefore);
    expect(await block(one)).toBe(oneBefore);
    await Promise.all([one.stop(), two.stop()]);
    const manual = await startNode({ manualMining: true });
    await fund(manual.url, someone, ETHER);
    const privateKey = keyOf('someone');
    const sender = await createSender({ rpc: manual.url, privateKey });
    const { settled } = await sender.submit({ to: someone, data: new Uint8Array(0) });
    expect(await block(manual)).toBe(0);
    await new Rpc(manual.url).call('anvil_mine');
    expect((await settled).blockNumber).toBe(1);
    await manual.stop();
  });

  it('keeps its state in a file, if it is given one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mistore-node-'));
    const state = join(folder, 'chain.json');
    const first = await startChain({ state });
    await (await first.contract('keeper')).register(new Uint8Array(1216), new Uint8Array(65));
    await first.stop();
    expect((await stat(state)).size).toBeGreaterThan(1000);
    const second = await startNode({ state });
    const { MIStoreContract } = await import('../../src/contract/client.ts');
    const again = await MIStoreContract.connect({ rpc: second.url, address: first.address });
    expect(await again.kemKeyHash(accountOf(keyOf('keeper')))).not.toEqual(new Uint8Array(32));
    await second.stop();
    await rm(folder, { recursive: true });
  });
});

describe('what cannot start', () => {
  it('names the platform that has no binary', () => {
    expect(() => anvilBinary('sunos', 'sparc')).toThrow(NodeError);
    expect(() => anvilBinary('sunos', 'sparc')).toThrow(
      'there is no embedded chain for sunos-sparc, only for darwin-amd64, darwin-arm64, linux-amd64, linux-arm64, win32-amd64: name an endpoint',
    );
    expect(anvilBinary()).toMatch(/anvil-[a-z0-9]+-[a-z0-9]+[\\/]bin[\\/]anvil/);
  });

  it('a system whose package is not installed: names the package', () => {
    const [platform, arch, system] =
      process.platform === 'win32' ? ['linux', 'x64', 'linux-amd64'] : ['win32', 'x64', 'win32-amd64'];
    expect(() => anvilBinary(platform, arch)).toThrow(NodeError);
    expect(() => anvilBinary(platform, arch)).toThrow(
      `the embedded chain is not installed here: install the optional package @foundry-rs/anvil-${system}, or name an endpoint`,
    );
  });

  it('each system for which there is a binary is an optional dependency, and no other', () => {
    expect(Object.keys(manifest.optionalDependencies)).toEqual(SYSTEMS.map((system) => `@foundry-rs/anvil-${system}`));
  });

  it('a port in use, by a stranger or by another chain', async () => {
    const stranger = await startEndpoint(() => ({ status: 200, text: 'hello' }));
    await expect(startNode({ port: Number(new URL(stranger.url).port) })).rejects.toThrow(NodeError);
    await stranger.stop();
    const node = await startNode({ chainId: 7 });
    await expect(startNode({ port: Number(new URL(node.url).port), chainId: 8 })).rejects.toThrow(/in use/i);
    await expect(startNode({ port: Number(new URL(node.url).port), chainId: 7 })).rejects.toThrow(/in use/i);
    await node.stop();
  });

  it('a state file that is none, and a block time that is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mistore-node-'));
    await writeFile(join(folder, 'broken.json'), 'not a state');
    await expect(startNode({ state: join(folder, 'broken.json') })).rejects.toThrow(/anvil ended with code/);
    await rm(folder, { recursive: true });
    await expect(startNode({ blockTime: 0 })).rejects.toThrow(/blockTime is 0; it must be a positive number/);
  });
});

describe('the node ends with the process that started it', () => {
  let program: Program;
  beforeAll(async () => {
    program = await Program.bundle('test/chain/node-owner.ts');
  });
  afterAll(() => program?.end());

  async function pidsOf(running: Running): Promise<number[]> {
    const pids = (await running.firstLine()).split(' ').map(Number);
    expect(pids.length).toBe(2);
    return pids;
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('by %s', async (signal) => {
    const running = program.start();
    const pids = await pidsOf(running);
    expect(pids.every(isAlive)).toBe(true);
    running.child.kill(signal);
    expect(await running.ended).toMatchObject({ signal });
    for (const pid of pids) await gone(pid);
  });

  it.each([
    ['exit', 3],
    ['throw', 1],
  ] as const)('by %s', async (way, code) => {
    const running = program.start([way]);
    const pids = await pidsOf(running);
    expect(await running.ended).toMatchObject({ code });
    for (const pid of pids) await gone(pid);
  });

  it('but is left to a program that takes the signal itself, which it keeps running until that stops it', async () => {
    const running = program.start(['listen']);
    const pids = await pidsOf(running);
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0 });
    for (const pid of pids) await gone(pid);
  });
});
