// npm run test:consumers: fresh projects install the tarballs that `npm run pack` writes, and use them as people do. Needs the
// npm registry. What this machine lacks is skipped by name; with CI set that counts as a failure. Names given after `--` are
// the only ones that are run; `--packed` takes the tarballs that are there. Ends with 0 if all is well, else 1.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundler } from './bundler.ts';
import type { Consumer, Tarballs } from './consumer.ts';
import { installers } from './installers.ts';
import { removeWorkplace } from './project.ts';
import { runtimes } from './runtimes.ts';
import { sizes } from './sizes.ts';
import { types } from './types.ts';

/** Projects at a time: most of their time they wait for the registry. */
const AT_A_TIME = 2;

const PACKED = '--packed';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const tarball = (name: string) => join(process.cwd(), 'build', `mistore-${name}-${version}.tgz`);
const tarballs: Tarballs = { core: tarball('core'), engine: tarball('engine') };

const wanted = process.argv.slice(2).filter((argument) => argument !== PACKED);
if (!process.argv.includes(PACKED)) execFileSync('npm', ['run', '-s', 'pack'], { stdio: 'inherit' });
// What takes longest first.
const all = [...types, ...runtimes, ...bundler, ...installers, ...sizes].filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.toLowerCase().includes(part.toLowerCase())),
);
const counts = { passed: 0, failed: 0, skipped: 0 };

async function report(consumer: Consumer): Promise<void> {
  const started = performance.now();
  const say = (mark: string, text: string) => {
    console.log(`${mark} ${consumer.name}: ${text} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  };
  try {
    const lacks = await consumer.lacks?.();
    if (lacks !== undefined && process.env.CI) throw new Error(`cannot be skipped in CI: ${lacks}`);
    if (lacks !== undefined) {
      counts.skipped++;
      say('skipped', lacks);
    } else {
      const found = await consumer.check(tarballs);
      counts.passed++;
      say('ok', found);
    }
  } catch (error) {
    counts.failed++;
    say('FAILED', (error as Error).message);
  }
}

const waiting = [...all];
async function work(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await report(next);
}

try {
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
} finally {
  await removeWorkplace();
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
if (all.length === 0) console.error(`no consumer is called ${wanted.join(' or ')}`);
process.exitCode = counts.failed > 0 || all.length === 0 ? 1 : 0;
