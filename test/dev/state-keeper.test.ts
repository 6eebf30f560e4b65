// The state of a development network's chain is saved while it runs: what was saved is there even after the chain was killed.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { accountOf } from '../../src/chain/account.ts';
import { fund, startNode } from '../../src/chain/embedded-node.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { createSender } from '../../src/chain/sending/sender.ts';
import { readBalance, readNonce } from '../../src/chain/state.ts';
import { StateKeeper } from '../../src/dev/state-keeper.ts';
import type { MIStoreError } from '../../src/errors.ts';
import { ETHER, keyOf } from '../support/chain.ts';
import { gone } from '../support/process.ts';

it('saves new blocks only, and says once that it cannot', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mistore-keeper-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const state = join(folder, 'chain.json');
  const faults: MIStoreError[] = [];
  const node = await startNode({ state });
  const keeper = new StateKeeper(node.url, state, (error) => faults.push(error));
  await keeper.start();
  const first = await stat(state);
  const privateKey = keyOf('someone');
  const someone = accountOf(privateKey);
  await fund(node.url, someone, 5n * ETHER);
  const sender = await createSender({ rpc: node.url, privateKey });
  await sender.send({ to: someone, data: new Uint8Array(0) });
  sender.close();
  await expect.poll(async () => (await stat(state)).ino, { timeout: 10_000 }).not.toBe(first.ino);
  const second = await stat(state);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect((await stat(state)).ino).toBe(second.ino);

  process.kill(node.pid, 'SIGKILL');
  await gone(node.pid);
  await expect.poll(() => faults.length, { timeout: 10_000 }).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await keeper.stop();
  expect(faults.map(({ code }) => code)).toEqual(['CONNECTION_FAILED']);

  const again = await startNode({ state });
  onTestFinished(() => again.stop());
  expect(await readNonce(new Rpc(again.url), someone)).toBe(1);
  expect(await readBalance(new Rpc(again.url), someone)).toBeGreaterThan(4n * ETHER);
}, 60_000);
