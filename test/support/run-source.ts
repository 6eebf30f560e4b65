// Runs TypeScript in a process of its own, so that tests can kill it: bundled by esbuild, since Node 20 knows no types.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A program that can be run several times. `source` imports from './src/…' and './test/…'. */
export async function compile(
  source: string,
): Promise<{ start(...settings: string[]): ChildProcess; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'mistore-run-'));
  const outfile = join(folder, 'main.mjs');
  await build({
    stdin: { contents: source, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
    // node.ts looks packages up from where it runs.
    banner: {
      js: `import { createRequire as from } from 'node:module'; const require = from('${ROOT}package.json');`,
    },
    define: { 'import.meta.url': JSON.stringify(new URL('../../package.json', import.meta.url).href) },
  });
  return {
    start: (...settings) => spawn(process.execPath, [outfile, ...settings], { stdio: ['ignore', 'pipe', 'pipe'] }),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** The first line that a process writes. */
export async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  for await (const chunk of child.stdout!.setEncoding('utf8')) {
    text += chunk;
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
  }
  throw new Error(`the process ended without a line: ${errors}`);
}

/** Exit code or signal. */
export async function endOf(child: ChildProcess): Promise<number | string> {
  if (child.exitCode !== null) return child.exitCode;
  if (child.signalCode !== null) return child.signalCode;
  const [code, signal] = await once(child, 'exit');
  return code ?? signal;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when no process has the id any more; throws after ten seconds. */
export async function gone(pid: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (!isAlive(pid)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`process ${pid} is still there`);
}
