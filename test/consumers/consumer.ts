// What a check of the packages gets and gives: the tarballs, and what was found; and the examples, which are copied as they are.
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths of the tarballs that `npm run pack` writes. */
export interface Tarballs {
  core: string;
  engine: string;
}

export interface Consumer {
  name: string;
  /** Why this machine cannot run it; undefined if it can. */
  lacks?: () => Promise<string | undefined>;
  /** Throws what is wrong; gives a line of what was found. */
  check: (tarballs: Tarballs) => Promise<string>;
}

const ROOT = process.cwd();

/** Throws where one of them is run by no consumer: all of them are run as they are written. */
export async function copyExamples(folder: string): Promise<void> {
  const run = [...EXAMPLES.map(([file]) => file), ...Object.values(WORKERS)];
  const unknown = (await readdir(join(ROOT, 'examples'))).filter((name) => !run.includes(name));
  if (unknown.length > 0) throw new Error(`no consumer runs examples/${unknown.join(', examples/')}`);
  await cp(join(ROOT, 'examples'), folder, { recursive: true });
}

/** Pages with one worker, and with a pool of them, which bundler.ts builds and opens. */
export const WORKERS = { one: 'worker', pool: 'pool' } as const;

/** In the order in which they are run: the later ones read what spending.mjs leaves. With a word of what each must say. */
export const EXAMPLES: readonly (readonly [file: string, says: string])[] = [
  ['share-and-reconstruct.mjs', 'The three others gave the secret'],
  ['spending.mjs', 'Sum of 2 records: 396.00 USD.'],
  ['verify-receipts.mjs', 'Missing records: 0.'],
  ['check-sum.mjs', 'Proven: the sum of 2 records is COST 396.00 USD.'],
];

export function expect(what: string, text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`${what} does not say "${part}":\n${text}`);
}
