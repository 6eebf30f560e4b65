// Commands that have to wait say so, with what can be done: a fee cap that is too low, an endpoint that is away, one that limits
// the rate of calls.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { type Cli, cliOn, freePort } from '../support/cli.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint/proxy.ts';

vi.setConfig({ testTimeout: 60_000 });
let chain: TestChain;
let cli: Cli;
beforeAll(async () => {
  chain = await startChain();
  const seed = seedOf('cli waits');
  await chain.site(seed);
  cli = await cliOn(chain, { server: seed });
  cli.env.MISTORE_KEYSTORE = 'server.json';
});
afterAll(async () => {
  cli?.close();
  await chain?.stop();
});

/** Runs until it has said this, and gives all that it had said until then. */
async function until(args: string[], said: RegExp): Promise<string> {
  const running = cli.spawn(args);
  let text = '';
  const found = new Promise<void>((resolve) => {
    running.child.stderr!.on('data', (more: string) => {
      text += more;
      if (said.test(text)) resolve();
    });
  });
  await Promise.race([found, running.ended]);
  running.child.kill('SIGKILL');
  await running.ended;
  expect(text).toMatch(said);
  return text;
}

async function behind(answer: Endpoint['answer']): Promise<string> {
  const endpoint = await startEndpoint(answer, chain.node.url);
  endpoints.push(endpoint);
  return endpoint.url;
}
const endpoints: Endpoint[] = [];
afterAll(() => Promise.all(endpoints.map((endpoint) => endpoint.stop())));

it('a fee cap below the base fee: at once, with the option and both numbers', async () => {
  await until(
    ['register', '--max-fee', '0.000001'],
    /The base fee is [\d.]+ gwei, above --max-fee, which is 0\.000001 gwei: waiting for it to fall, for 1[45] min/,
  );
});

it('an endpoint that is away: with the reason, before the command gives up', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { code, stderr } = await cli.run(['ledger', 'list', '--rpc', url]);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^No answer from 127\.0\.0\.1:\d+ since \d\d:\d\d:\d\d \(connection refused; is it running\?\)/,
  );
  expect(stderr.match(/^No answer/gm)).toHaveLength(1);
});

it('a limit on the rate, with the time that is left', async () => {
  const url = await behind(({ number }, forward) =>
    number === 2 ? { status: 429, text: 'busy', headers: { 'retry-after': '3' } } : forward(),
  );
  const { code, stderr } = await cli.run(['ledger', 'list', '--rpc', url]);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/^127\.0\.0\.1:\d+ is asked too often and wants to be left alone: going on in 3 s\./);
});
