// The dependencies of assembly/ go one way, as those of src/ do: field ← curve ← sharing, hash ← the modules' entries.
import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = new URL('../../assembly/', import.meta.url).pathname;

/** Each may import those before it, and itself. `generated` is build/assembly/. */
const ORDER = ['generated', 'memory', 'field', 'curve', 'hash', 'sharing', 'index', 'kernels'];

const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const room = (path: string) => (path.startsWith('../') ? 'generated' : path.replace(/\.ts$/, '').split('/')[0]!);

test('imports go one way between the folders of assembly/', () => {
  const edges = files.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/ from '([^']+)'/g)].map(
      ([, name]) => [file, normalize(join(file, '..', name!))] as const,
    ),
  );
  expect(edges.length).toBeGreaterThan(50);
  const rank = (path: string) => ORDER.indexOf(room(path));
  expect(edges.flat().filter((path) => rank(path) < 0)).toEqual([]);
  expect(edges.filter(([file, to]) => rank(to) > rank(file))).toEqual([]);
});
