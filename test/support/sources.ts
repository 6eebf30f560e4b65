// The sources as text, and what they import, for tests of their shape.
import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize, relative } from 'node:path';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Paths from src/. */
export const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort();
export const text = new Map(files.map((file) => [file, readFileSync(join(ROOT, 'src', file), 'utf8')]));

/** What a file names in import, export … from and import(). */
export function imports(file: string): string[] {
  const source = text.get(file)!;
  const named = [
    ...source.matchAll(/^(?:import|export)\s[^;'(]*?\sfrom\s+'([^']+)'/gm),
    ...source.matchAll(/^import\s+'([^']+)'/gm),
  ];
  const dynamic = [
    ...source.matchAll(/\bimport\('([^']+)'\)/g),
    ...source.matchAll(/\brequire(?:\.resolve)?\('([^']+)'\)/g),
  ];
  return [...named, ...dynamic].map((match) => match[1]!);
}

/** Files and packages that are loaded with a file, before anything of it runs. */
export function loadedWith(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, name] of text.get(file)!.matchAll(/^(?:import|export) (?!type )(?:[^;'(]*? from )?'([^']+)'/gm)) {
    const path = relative('src', target(file, name!));
    if (!isOwn(name!)) found.add(packageOf(name!));
    else if (text.has(path)) loadedWith(path, found);
  }
  return found;
}

export const isOwn = (name: string) => name.startsWith('.');
/** Path from the root of what a file names. */
export const target = (file: string, name: string) => normalize(join('src', file, '..', name));
export const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
export const folder = (file: string) => file.split('/')[0]!;
