// The scripts of "mistore completion" in the shells themselves, which are skipped where they are not installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleCli, Cli } from '../../support/cli.ts';

vi.setConfig({ testTimeout: 60_000 });
const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;
let cli: Cli;
let env: Record<string, string>;

beforeAll(async () => {
  const program = await bundleCli();
  cli = new Cli(program, await mkdtemp(join(tmpdir(), 'mistore-shells-')));
  await mkdir(join(cli.folder, 'bin'));
  // The program as the path finds it.
  const { stdout } = await cli.run([], { shell: 'printf "%s\\n" "$1" "$2"' });
  const [node, main] = stdout.split('\n');
  await writeFile(join(cli.folder, 'bin/mistore'), `#!/bin/sh\nexec '${node}' '${main}' "$@"\n`);
  await chmod(join(cli.folder, 'bin/mistore'), 0o755);
  env = { PATH: `${cli.folder}/bin:${process.env.PATH}`, HOME: cli.folder, LC_ALL: 'C.UTF-8' };
  const names = { acme: `0x${'1'.repeat(40)}`, alpha: `0x${'2'.repeat(40)}` };
  await writeFile(
    join(cli.folder, 'mistore.json'),
    JSON.stringify({ names, ledgers: { bills: `0x${'4'.repeat(64)}` } }),
  );
  await writeFile(join(cli.folder, 'receipts of May.json'), '');
});
afterAll(() => cli?.close());

const run = (shell: string, script: string) =>
  execFileSync(shell, ['-c', script], { cwd: cli.folder, env, encoding: 'utf8' }).trimEnd().split('\n');

describe('completion', () => {
  it('prints a script, and refuses a shell that it does not know', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout, json } = await cli.run(['completion', shell, '--json']);
      expect({ code, shell: json.shell }).toEqual({ code: 0, shell });
      expect((await cli.run(['completion', shell])).stdout).toBe(`${json.script}\n`);
      expect(stdout).toContain('complete -- ');
    }
    expect((await cli.run(['completion', 'tcsh'])).stderr).toContain('Allowed choices are bash, zsh, fish');
  });
});

describe.skipIf(!has('bash'))('bash', () => {
  /** What bash has to choose from when tab is pressed after these words. */
  const bash = (words: string[]) =>
    run(
      'bash',
      `eval "$(mistore completion bash)"
      complete -p mistore >&2 || exit 1
      COMP_WORDS=(mistore ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
      _mistore mistore; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );

  it.each<[string[], string[]]>([
    [
      ['ledger', 're'],
      ['refresh', 'replace'],
    ],
    [
      ['fund', 'a'],
      ['acme', 'alpha'],
    ],
    [['ingest', 'a b.csv', '--ledger', '=', ''], ['bills']],
    [['ledger', 'open', '--ser'], ['--server']],
    [['verify', ''], ['']], // files, by bash itself
  ])('%j → %j', (words, expected) => {
    expect(bash(words)).toEqual(expected);
  });
});

describe.skipIf(!has('zsh'))('zsh', () => {
  /** With zsh's own functions, which show what they get, in place of the menus. */
  const zsh = (words: string[]) =>
    run(
      'zsh',
      `compdef() { :; }; _files() { print files; }
      eval "$(mistore completion zsh)"
      words=(mistore ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}
      _describe() { print -rl -- "\${(@P)@[-1]}"; }
      _mistore`,
    );

  it.each<[string[], RegExp[]]>([
    [
      ['ledger', 're'],
      [/^refresh:begin a new epoch/, /^replace:give a seat/],
    ],
    [
      ['fund', 'a'],
      [/^acme:account$/, /^alpha:account$/],
    ],
    [['ingest', '--ledger='], [/^--ledger=bills:ledger$/]],
    [['verify', ''], [/^files$/]],
  ])('%j → %j', (words, expected) => {
    const lines = zsh(words);
    expect(lines).toHaveLength(expected.length);
    for (const [l, line] of lines.entries()) expect(line).toMatch(expected[l]!);
  });
});

describe.skipIf(!has('fish'))('fish', () => {
  const fish = (line: string) => run('fish', `mistore completion fish | source; complete -C '${line}'`);

  it.each<[string, RegExp[]]>([
    ['mistore ledger re', [/^refresh\tbegin a new epoch/, /^replace\tgive a seat/]],
    ['mistore fund a', [/^acme\taccount$/, /^alpha\taccount$/]],
    ['mistore ingest --ledger=', [/^--ledger=bills\tledger$/]],
    ['mistore verify rec', [/^receipts of May.json|^receipts\\ of\\ May.json/]],
  ])('%s → %j', (line, expected) => {
    const lines = fish(line);
    expect(lines).toHaveLength(expected.length);
    for (const [l, one] of lines.entries()) expect(one).toMatch(expected[l]!);
  });
});
