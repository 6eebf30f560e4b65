// Git takes no secret by accident: whatever the commands of the README write into a clone of this repository is ignored.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const isIgnored = (file: string) =>
  spawnSync('git', ['check-ignore', '--no-index', '-q', file], { cwd: ROOT }).status === 0;

it('keystores, passwords, receipts, consents and whatever else the README names', () => {
  const readme = readFileSync(`${ROOT}/README.md`, 'utf8');
  const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block!).join('');
  const written = [...blocks.matchAll(/--(?:out|keystore|receipts|out-dir|[\w-]*file) ([\w./-]+)/g)].map(
    ([, file]) => file!,
  );
  expect(written.length).toBeGreaterThan(3);
  const files = [
    ...written.filter((file) => file !== 'FILE'),
    'mistore.json',
    'server7.json',
    'mine.password',
    'alpha.key',
  ];
  expect(files.filter((file) => !isIgnored(file))).toEqual([]);
});

it('nothing of the repository itself', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  const result = spawnSync('git', ['check-ignore', '--no-index', '--stdin'], {
    cwd: ROOT,
    input: tracked.join('\n'),
    encoding: 'utf8',
  });
  expect(result.stdout).toBe('');
});
