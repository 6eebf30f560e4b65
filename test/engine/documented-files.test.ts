// docs/engine.md names every file of assembly/ and src/engine/ once, in the tables whose first column is "file in `…`".
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const document = readFileSync(new URL('docs/engine.md', ROOT), 'utf8');

/** The paths in the first column of the table about a folder. */
function documented(folder: string): string[] {
  const [, table] = document.split(`| file in \`${folder}\` | holds |\n|---|---|\n`);
  if (table === undefined) return [];
  const rows = table.split('\n\n')[0]!.split('\n');
  return rows.flatMap((row) => [...row.split(' | ')[0]!.matchAll(/`([^`]+)`/g)].map(([, path]) => path!));
}

test.each(['assembly/', 'src/engine/'])('the table of %s has each file once', (folder) => {
  const files = readdirSync(new URL(folder, ROOT), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.replace(/\/+/g, '/').split(`/${folder}`)[1]!);
  expect(documented(folder).sort()).toEqual(files.sort());
});
