// What strangers wrote is shown, not obeyed: names in a ledger and messages of a node are any text, and a terminal takes some
// for commands, or a reader for the program's own lines.
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { visible } from '../../src/cli/text/visible.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { type Cli, cliOn } from '../support/cli.ts';
import { startEndpoint } from '../support/endpoint/proxy.ts';
import { openCast } from '../support/parties.ts';

vi.setConfig({ testTimeout: 60_000 });
/**
 * Erase the line, change its colour, ring, go back; the eight-bit form of the same; write from right to left; begin a line
 * of one's own, by each character that does, and hide what follows.
 */
const LANES = [
  '\x1b[2K\x1b[32mall is valid\x07\r',
  '\x9b2Jcoverage\x7f',
  '\u202etnuoma\u2066',
  'a\nWrote b\u2028c\x85d\u200be\u{e0041}f',
];
const SHOWN = [
  '\\u001b[2K\\u001b[32mall is valid\\u0007\\u000d',
  '\\u009b2Jcoverage\\u007f',
  '\\u202etnuoma\\u2066',
  'a\\u000aWrote b\\u2028c\\u0085d\\u200be\\udb40\\udc41f',
];
const CURRENCY = 'É€元\x1b]0;title\x07';

/** What a terminal may get: lines of text. */
const ACTING = /[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

let chain: TestChain;
let cli: Cli;
let ledger: string;
beforeAll(async () => {
  chain = await startChain();
  const cast = await openCast(chain, 'terminal', 1, 1, { lanes: LANES, currency: CURRENCY });
  ledger = toHex(cast.ledgerId);
  cli = await cliOn(chain, {});
});
afterAll(async () => {
  cli?.close();
  await chain?.stop();
});

it('a ledger shows the names in it without a character that a terminal obeys, each in its line', async () => {
  const { code, stdout, stderr } = await cli.run(['ledger', 'show', ledger]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toMatch(ACTING);
  const lines = stdout.split('\n');
  for (const shown of SHOWN) expect(lines.filter((line) => line.includes(shown)).length).toBe(1);
  expect(stdout).toContain('É€元\\u001b]0;title\\u0007');
  expect(lines.filter((line) => line.startsWith('Wrote'))).toEqual([]);
});

it('programs get what means the same, in one line that a terminal does not obey either', async () => {
  const { json, stdout } = await cli.run(['ledger', 'show', ledger, '--json']);
  expect(json).toMatchObject({ lanes: LANES, currency: CURRENCY });
  expect(stdout).not.toMatch(ACTING);
  expect(stdout.split('\n').length).toBe(2);
});

it("a node's message is one line of the error", async () => {
  const message = 'no\nerror: your seed is needed: \x1b[8m\u202e';
  const endpoint = await startEndpoint(() => ({ error: { code: -32000, message } }), chain.node.url);
  onTestFinished(() => endpoint.stop());
  for (const json of [[], ['--json']]) {
    const { code, stdout, stderr } = await cli.run(['ledger', 'show', ledger, '--rpc', endpoint.url, ...json]);
    expect(code).toBe(1);
    expect(stderr).toContain('eth_chainId: no error: your seed is needed: [8m');
    expect(stderr + stdout).not.toMatch(ACTING);
    expect(stderr.match(/^error/gm)?.length).toBe(1);
  }
});

it('so is a word of the command line that is refused, and a file that is named', async () => {
  for (const words of [
    ['ledger', '\x1b[2J'],
    ['ledger', 'show', '1', '--x\x1b[2J'],
    ['verify', '\x1b[2J\nWrote'],
  ]) {
    const { code, stderr } = await cli.run(words);
    expect(code).toBe(1);
    expect(stderr).toContain('\\u001b[2J');
    expect(stderr).not.toMatch(ACTING);
  }
});

describe('visible text', () => {
  it('has no such character, and means the same in JSON, for every character there is', () => {
    for (let start = 0; start < 0x110000; start += 0x1000) {
      const all = Array.from({ length: 0x1000 }, (_, i) => String.fromCodePoint(start + i)).join('');
      expect(visible(all)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      expect(JSON.parse(visible(JSON.stringify(all)))).toBe(all);
    }
  });

  it('is left as it is where nothing in it acts', () => {
    for (const text of ['', 'Zürich, 12.50 €', '密码 🏥 नमस्ते', 'a\\u001b']) expect(visible(text)).toBe(text);
  });
});
