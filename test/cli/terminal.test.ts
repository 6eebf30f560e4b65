// What strangers wrote is shown, not obeyed: names in a ledger are any text, and a terminal takes some for commands.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startChain, type TestChain } from '../support/chain.ts';
import { type Cli, cliOn } from '../support/cli.ts';
import { openCast } from '../support/parties.ts';

vi.setConfig({ testTimeout: 60_000 });
/** Erase the line, change its colour, ring, go back; the eight-bit form of the same; write from right to left. */
const LANES = ['\x1b[2K\x1b[32mall is valid\x07\r', '\x9b2Jcoverage\x7f', '\u202etnuoma\u2066'];
const CURRENCY = 'É€元\x1b]0;title\x07';

let chain: TestChain;
let cli: Cli;
beforeAll(async () => {
  chain = await startChain();
  await openCast(chain, 'terminal', 1, 1, { lanes: LANES, currency: CURRENCY });
  cli = await cliOn(chain, {});
});
afterAll(async () => {
  cli?.close();
  await chain?.stop();
});

it('a ledger shows the names in it without a character that a terminal obeys', async () => {
  const { code, stderr } = await cli.run(['ledger', 'show', '1']);
  expect(code).toBe(0);
  expect(stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  for (const shown of [
    '\\u001b[2K\\u001b[32mall is valid\\u0007\\u000d',
    '\\u009b2Jcoverage\\u007f',
    '\\u202etnuoma\\u2066',
  ])
    expect(stderr).toContain(shown);
  expect(stderr).toContain('É€元\\u001b]0;title\\u0007');
});

it('programs get them as they are', async () => {
  const { json } = await cli.run(['ledger', 'show', '1', '--json']);
  expect(json).toMatchObject({ lanes: LANES, currency: CURRENCY });
});
