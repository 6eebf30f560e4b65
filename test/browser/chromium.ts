// Finds a Chromium or Chrome, and keeps one open, without a window, for as long as an answer is awaited. Then it is killed,
// and its profile removed: a temporary folder, which is its place for temporary files too.
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** The binary that CHROME names (a path, or a name in PATH), else the first of the usual ones; undefined for none. */
export function findBrowser({ CHROME, PATH }: { CHROME?: string; PATH?: string }): string | undefined {
  return findProgram(CHROME ? [CHROME] : [...NAMES, MAC], PATH);
}

/** The first of these programs (paths, or names in `path`) that can be run. */
export function findProgram(names: readonly string[], path = ''): string | undefined {
  const folders = path.split(delimiter).filter(isAbsolute);
  const candidates = (name: string) => (isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name)));
  return names.flatMap(candidates).find(isExecutable);
}

/** Opens `url` until `answer` settles, and passes that on. Rejects if the browser ends before, or `signal` aborts. */
export async function visit<T>(browser: string, url: string, answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'mistore-browser-'));
  // root has no namespaces of its own in containers, and Chromium refuses to run as root with its sandbox
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const options = ['--headless', ...sandbox, '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`, url];
  const env = { ...process.env, TMPDIR: profile };
  const child = spawn(browser, options, { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    said = (said + data).slice(-2000);
  });
  const gone = new Promise<void>((resolve) => child.once('close', resolve));
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, by) => reject(new Error(`${browser} ended early (${code ?? by}); it said:\n${said}`)));
    signal.addEventListener('abort', () => reject(new Error(`${signal.reason}; ${browser} said:\n${said}`)));
  });
  try {
    return await Promise.race([answer, failed]);
  } finally {
    // the whole group: Chromium is a family of processes
    if (child.pid !== undefined) {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
      await gone;
    }
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
