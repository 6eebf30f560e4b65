// The embedded chain: foundry's anvil, run from the npm package of its binary with mainnet's caps on the gas of blocks and
// transactions. For demonstrations and tests; it keeps nothing unless it is given a state file. It stops with this
// process: by stop(), exit, SIGINT or SIGTERM, and (POSIX) by a guard process when this one is killed outright.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { fromHex, toHex } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';
import { withOutputFile } from '../files/output-file.ts';
import { NodeError } from './errors.ts';
import { MAX_REPLY_BYTES } from './platform/http-reply.ts';
import { pause, quantity, Rpc } from './rpc.ts';
import { readChainId } from './state.ts';
import { type OnWait, telling } from './waiting/wait.ts';

/** Gas of a mainnet block. */
const BLOCK_GAS = 60_000_000;
const START_TIMEOUT = 15_000;
const STOP_TIMEOUT = 10_000;

/** For which there is a binary; the names of anvil's packages end in them. */
export const SYSTEMS: readonly string[] = ['darwin-amd64', 'darwin-arm64', 'linux-amd64', 'linux-arm64', 'win32-amd64'];

/** How an embedded chain runs. */
export interface NodeOptions {
  /** TCP port on 127.0.0.1; a free one if not given. */
  port?: number;
  /** 31337 if not given. */
  chainId?: number;
  /** Seconds from block to block; a block for each transaction, at once, if not given. */
  blockTime?: number;
  /** Blocks only when asked (anvil_mine); for tests. */
  manualMining?: boolean;
  /** Rules of the chain, as anvil names them ('cancun'); the newest if not given. */
  hardfork?: string;
  /** 'optimism': rules of a rollup of the OP stack, without its data fee. */
  network?: 'optimism';
  /** File that the chain is read from, if it exists, and written to when it is stopped. */
  state?: string;
  /** Told while the chain does not answer yet. */
  onWait?: OnWait;
}

/** An embedded chain that is running. */
export interface EmbeddedNode {
  readonly url: string;
  readonly chainId: bigint;
  readonly pid: number;
  /** Writes the state file, if any, and ends the node. Can be called again. */
  stop(): Promise<void>;
}

/** Starts a chain and waits until it answers. This process stays alive until stop(). Throws NodeError. */
export async function startNode(options: NodeOptions = {}): Promise<EmbeddedNode> {
  if (options.blockTime !== undefined && !(options.blockTime > 0)) {
    throw new ArgumentError('blockTime', options.blockTime, 'a positive number of seconds');
  }
  const binary = anvilBinary();
  for (let attempt = 0; ; attempt++) {
    try {
      return await startAt(binary, await freePort(options.port), options);
    } catch (error) {
      // A port found free can be taken by another process before anvil binds it.
      const portTaken = error instanceof NodeError && /in use/i.test(error.message);
      if (options.port !== undefined || !portTaken || attempt === 4) throw error;
    }
  }
}

/** Sets an account's balance, which only an embedded chain allows. `address`: 20 bytes. */
export async function fund(url: string, address: Uint8Array, wei: bigint): Promise<void> {
  await new Rpc(url).call('anvil_setBalance', [toHex(address), quantity(wei)]);
}

/** From now on a block every so many seconds, instead of one for each transaction. */
export async function setBlockTime(url: string, seconds: number): Promise<void> {
  await new Rpc(url).call('evm_setIntervalMining', [seconds], (reply) => reply.or(null, () => null));
}

/**
 * Writes the chain as it is now to a file that NodeOptions.state reads, in one step. A chain of more than some 100,000 records
 * is too large for that (ConnectionError): it is written when the node is stopped only.
 */
export async function saveState(url: string, file: string): Promise<void> {
  const packed = await new Rpc(url).call('anvil_dumpState', [], (reply) => reply.data(MAX_REPLY_BYTES / 2));
  const state = await promisify(gunzip)(fromHex(packed));
  await withOutputFile(file, { replace: true }, (output) => output.write(state));
}

/**
 * Path of anvil's native binary, in the package for this system: an optional dependency, of which package managers install
 * the one that fits. Not by way of `@foundry-rs/anvil`, which needs a script at its installation.
 */
export function anvilBinary(platform: string = process.platform, arch: string = process.arch): string {
  const system = `${platform}-${arch === 'x64' ? 'amd64' : arch}`;
  if (!SYSTEMS.includes(system)) {
    const message = `there is no embedded chain for ${system}, only for ${SYSTEMS.join(', ')}: name an endpoint`;
    throw new NodeError(message, { platform, arch });
  }
  const name = `@foundry-rs/anvil-${system}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/${platform === 'win32' ? 'anvil.exe' : 'anvil'}`);
  } catch (cause) {
    const message = `the embedded chain is not installed here: install the optional package ${name}, or name an endpoint`;
    throw new NodeError(message, { platform, arch }, { cause });
  }
}

async function startAt(binary: string, port: number, options: NodeOptions): Promise<EmbeddedNode> {
  const { chainId = 31337, blockTime, manualMining, hardfork, network, state } = options;
  const url = `http://127.0.0.1:${port}`;
  const settings = ['--quiet', '--host', '127.0.0.1', '--port', `${port}`, '--chain-id', `${chainId}`];
  settings.push('--gas-limit', `${BLOCK_GAS}`, '--enable-tx-gas-limit');
  if (blockTime !== undefined) settings.push('--block-time', `${blockTime}`);
  if (manualMining) settings.push('--no-mining');
  if (hardfork !== undefined) settings.push('--hardfork', hardfork);
  if (network !== undefined) settings.push('--network', network);
  if (state !== undefined) settings.push('--state', state);
  // In its own process group, so that Ctrl-C in a terminal reaches only this process, which may still need the chain.
  const child = spawn(binary, settings, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const stop = stopper(child);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const failed = once(child, 'exit').then(
    ([code]) => `anvil ended with code ${code}: ${complaint.trim()}`,
    (error: Error) => `anvil cannot be run: ${error.message}`,
  );
  const since = Date.now();
  const started = Promise.race([failed, answers(url, chainId)]);
  const failure = await telling(options.onWait, () => ({ kind: 'node', since }), started);
  if (failure !== null) {
    await stop();
    throw new NodeError(failure, { port });
  }
  return { url, chainId: BigInt(chainId), pid: child.pid!, stop };
}

/** Resolves to null as soon as the node answers with the right chain, else to what is wrong. */
async function answers(url: string, chainId: number): Promise<string | null> {
  const rpc = new Rpc(url, { timeout: 1000, retries: 0 });
  const until = Date.now() + START_TIMEOUT;
  while (Date.now() < until) {
    const actual = await readChainId(rpc).catch(() => null);
    if (actual !== null) {
      return actual === BigInt(chainId) ? null : `port in use by another node, of chain ${actual}`;
    }
    await pause(20);
  }
  return `anvil does not answer within ${START_TIMEOUT / 1000} s`;
}

/** Ends `child` whenever this process ends, or when the returned function is called. */
function stopper(child: ChildProcess): () => Promise<void> {
  const guard = startGuard(child.pid);
  track(child);
  const ended = once(child, 'exit').catch(() => undefined);
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT);
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) await ended;
    clearTimeout(timer);
    guard?.kill('SIGKILL');
    untrack(child);
  };
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= stop();
    return stopping;
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const running = new Set<ChildProcess>();

function track(child: ChildProcess): void {
  if (running.size === 0) {
    process.on('exit', killAll);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  running.add(child);
}

function untrack(child: ChildProcess): void {
  running.delete(child);
  if (running.size > 0) return;
  process.off('exit', killAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function killAll(): void {
  for (const child of running) child.kill('SIGTERM');
}

/** Ends this process as the signal would by default, unless the program has a listener and so decides itself. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  killAll();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}

/** A shell that ends anvil at the end of its own input, which this process holds open while it lives. */
function startGuard(pid: number | undefined): ChildProcess | undefined {
  if (pid === undefined || process.platform === 'win32') return undefined;
  const script = 'read -r _; kill -TERM "$0" 2>/dev/null';
  const guard = spawn('/bin/sh', ['-c', script, `${pid}`], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.on('error', () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref?(): void }).unref?.(); // Bun's has none
  return guard;
}

/** `port` if it is free; any free port if none is given. */
async function freePort(port = 0): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new NodeError(`port ${port} is in use (${(error as NodeJS.ErrnoException).code})`, { port });
  }
  const { port: found } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return found;
}
