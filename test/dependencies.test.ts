// docs/dependencies.md against package.json: its tables list exactly the packages that the manifest declares, each in the
// right table and once, and say what each is for.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import BUNDLED from '../src/package/bundled.json' with { type: 'json' };

const text = readFileSync(new URL('../docs/dependencies.md', import.meta.url), 'utf8');

/** The rows of the first table under a heading, as their cells. Fails if there is no such heading. */
function rowsUnder(heading: string): string[][] {
  const section = text.split(`\n## ${heading}\n`)[1]!.split(/\n##+ /)[0]!;
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => line.split('|').slice(1, -1));
}

const [bundled, development] = [true, false].map((is) =>
  Object.keys(manifest.devDependencies).filter((name) => BUNDLED.includes(name) === is),
) as [string[], string[]];
const TABLES: readonly (readonly [string, readonly string[]])[] = [
  ['At run time', [...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)]],
  ['Bundled', bundled],
  ['For development only', development],
];

describe.each(TABLES)('docs/dependencies.md, under "%s",', (heading, declared) => {
  it('lists what package.json declares, no more and no less', () => {
    const packages = rowsUnder(heading).flatMap(([first]) =>
      [...first!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
    );
    expect(packages.sort()).toEqual([...declared].sort());
  });

  it('leaves no cell of the table empty', () => {
    expect(rowsUnder(heading).flatMap((cells) => cells.filter((cell) => cell.trim() === ''))).toEqual([]);
  });
});
