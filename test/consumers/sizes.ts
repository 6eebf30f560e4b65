// What an installation takes: packages and bytes of the whole, with the embedded node and without, and of the engine.
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Consumer } from './consumer.ts';
import { installOnce } from './installed.ts';

interface Limit {
  packages: number;
  megabytes: number;
}

/** All files; a MB is 10^6 bytes. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => lstat(join(entry.parentPath, entry.name))),
  );
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

/** Folders of node_modules at any depth that hold a package. */
async function packagesIn(folder: string): Promise<string[]> {
  const manifests = await readdir(folder, { recursive: true });
  return manifests.flatMap((file) => /(?:^|node_modules\/)((?:@[^/]+\/)?[^/@]+)\/package\.json$/.exec(file)?.[1] ?? []);
}

const size = (title: string, which: 'core' | 'engine', options: readonly string[], limit: Limit): Consumer => ({
  name: `size of ${title}`,
  async check(tarballs) {
    const installed = join(await installOnce(...options, tarballs[which]), 'node_modules');
    const packages = (await packagesIn(installed)).length;
    const megabytes = (await bytesIn(installed)) / 1e6;
    const found = `${packages} packages, ${megabytes.toFixed(1)} MB`;
    if (packages > limit.packages || megabytes > limit.megabytes) {
      throw new Error(`${found}; at most ${limit.packages} packages and ${limit.megabytes} MB are allowed`);
    }
    return found;
  },
});

export const sizes: readonly Consumer[] = [
  size('@mistore/core', 'core', [], { packages: 70, megabytes: 92 }),
  size('@mistore/core without the embedded node', 'core', ['--omit=optional'], { packages: 70, megabytes: 48 }),
  size('@mistore/engine', 'engine', [], { packages: 3, megabytes: 1.5 }),
];
