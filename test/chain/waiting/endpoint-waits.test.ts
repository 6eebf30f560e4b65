// What is said while an endpoint is away, slow, or wants to be left alone, and while an account's earlier transactions are not
// mined: each from a real endpoint that misbehaves as it is told.
import { afterEach, expect, it, vi } from 'vitest';
import { Rpc } from '../../../src/chain/rpc.ts';
import { settledNonce } from '../../../src/chain/sending/readiness.ts';
import type { Wait } from '../../../src/chain/waiting/wait.ts';
import { type Answer, type Call, type Endpoint, startEndpoint } from '../../support/endpoint/proxy.ts';

vi.setConfig({ testTimeout: 30_000 });
let endpoint: Endpoint;
afterEach(() => endpoint.stop());

const HEALTHY: Answer = { result: '0x1' };

/** A connection to an endpoint that answers so, and what it waited for. `isTold`: whether it has said so. */
async function connection(
  answer: (call: Call, isTold: boolean) => Answer | Promise<Answer>,
): Promise<{ rpc: Rpc; waits: Wait[]; host: string }> {
  const waits: Wait[] = [];
  endpoint = await startEndpoint((call) => answer(call, waits.length > 0));
  const rpc = new Rpc(endpoint.url, { onWait: (wait) => waits.push(wait) });
  return { rpc, waits, host: new URL(endpoint.url).host };
}

it('an endpoint that breaks off, once it has done so for a second, with the reason', async () => {
  const started = Date.now();
  const { rpc, waits, host } = await connection((_, isTold) => (isTold ? HEALTHY : 'drop'));
  expect(await rpc.call('eth_chainId')).toBe('0x1');
  expect(waits[0]).toMatchObject({ kind: 'endpoint', host, reason: expect.stringMatching(/hang up|ECONNRESET/) });
  expect((waits[0] as { since: number }).since).toBeGreaterThanOrEqual(started);
});

it('nothing of one that breaks off once', async () => {
  const { rpc, waits } = await connection(({ number }) => (number === 0 ? 'drop' : HEALTHY));
  await rpc.call('eth_chainId');
  expect(waits).toEqual([]);
});

it('an answer that takes more than three seconds, with the method', async () => {
  const { rpc, waits, host } = await connection(
    () => new Promise((resolve) => setTimeout(() => resolve(HEALTHY), 3600)),
  );
  await rpc.call('eth_getLogs');
  expect(waits.length).toBeGreaterThan(0);
  expect(new Set(waits.map(({ kind }) => kind))).toEqual(new Set(['answer']));
  expect(waits[0]).toMatchObject({ host, method: 'eth_getLogs' });
});

it('a limit on the rate: at once, with the time until which it wants quiet', async () => {
  const busy: Answer = { status: 429, text: 'slow down', headers: { 'retry-after': '2' } };
  const { rpc, waits, host } = await connection(({ number }) => (number === 0 ? busy : HEALTHY));
  const started = Date.now();
  const called = rpc.call('eth_chainId');
  await vi.waitFor(() => expect(waits).not.toEqual([]), { interval: 20 });
  const quiet = waits[0] as Wait & { kind: 'quiet' };
  expect(quiet).toMatchObject({ kind: 'quiet', host });
  expect(quiet.until - started).toBeGreaterThan(1900);
  expect(await called).toBe('0x1');
});

it("an account's earlier transactions, and how long they are waited for at most", async () => {
  const started = Date.now();
  const { rpc, waits } = await connection(({ params }, isTold) => ({
    result: params[1] === 'pending' || isTold ? '0x5' : '0x3',
  }));
  expect(await settledNonce(rpc, new Uint8Array(20), 60_000)).toBe(5);
  const account = `0x${'0'.repeat(40)}`;
  expect(waits[0]).toMatchObject({ kind: 'account', account, transactions: 2 });
  expect((waits[0] as { until: number }).until).toBeGreaterThanOrEqual(started + 60_000);
});
