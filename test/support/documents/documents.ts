// The documents of the repository: README, what stands beside it, and all of docs/.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** For users: README and all of docs/, by their paths from the root. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => `docs/${file}`),
];

/** They begin in an empty folder, and set up all that they need. */
export const FROM_NOTHING: readonly string[] = ['README.md', 'docs/guides/local-chain.md'];

/** Those and the ones for developers. */
export const ALL_DOCUMENTS: readonly string[] = [...DOCUMENTS, 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'];

export const readDocument = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
