// Git takes no secret by accident: whatever the commands of the documents write into a clone of this repository is ignored.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const isIgnored = (file: string) =>
  spawnSync('git', ['check-ignore', '--no-index', '-q', file], { cwd: ROOT }).status === 0;

it('keystores, passwords, receipts, consents and whatever else the README and docs/ name', () => {
  const documents = [
    'README.md',
    ...readdirSync(`${ROOT}/docs`, { recursive: true, encoding: 'utf8' }).map((file) => `docs/${file}`),
  ];
  const text = documents
    .filter((file) => file.endsWith('.md'))
    .map((file) => readFileSync(`${ROOT}/${file}`, 'utf8'))
    .join('\n');
  const named = [...text.matchAll(/--(?:out|out-dir|keystore|receipts|state|[\w-]*password-file) ([\w./-]+)/g)].map(
    ([, file]) => file!,
  );
  // Words in capitals stand for files of the reader's own choice; a full stop may end a sentence.
  const files = new Set(named.filter((file) => !/^([A-Z]+|\/.*)$/.test(file)).map((file) => file.replace(/\.$/, '')));
  expect(files.size).toBeGreaterThan(10);
  for (const more of ['mistore.json', 'server7.json', 'mine.password', 'alpha.key']) files.add(more);
  expect([...files].filter((file) => !isIgnored(file))).toEqual([]);
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
