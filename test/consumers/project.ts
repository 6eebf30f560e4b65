// A fresh project outside this repository, and commands in it: what they say, and an error that quotes it where they fail.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the projects are, side by side; in no folder with a node_modules above it. */
export const workplace = await mkdtemp(join(tmpdir(), 'mistore-consumers-'));
export const removeWorkplace = () => rm(workplace, { recursive: true, force: true, maxRetries: 5 });

/** Ends what hangs; on a busy machine a compilation takes minutes. */
const COMMAND_SECONDS = 300;

export interface Said {
  stdout: string;
  stderr: string;
}

/** Throws, with all that the command said, unless it ends with status 0. */
export async function run(folder: string, command: string, args: readonly string[], env = {}): Promise<Said> {
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, ...QUIET, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 1000 * COMMAND_SECONDS,
  });
  const said: Said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  const status = await new Promise<unknown>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${said.stdout}${said.stderr}`);
  }
  return said;
}

/** No advice and no colours; what a package manager warns of is kept. */
const QUIET = {
  npm_config_fund: 'false',
  npm_config_audit: 'false',
  npm_config_update_notifier: 'false',
  NO_COLOR: '1',
};

/** A project with this manifest and these files, by their paths. */
export async function createProject(
  name: string,
  manifest: object = {},
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = join(workplace, name);
  const all = { 'package.json': JSON.stringify({ name, private: true, ...manifest }), ...files };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** Installs with npm; returns what it said. */
export const install = (folder: string, ...packages: string[]): Promise<Said> =>
  run(folder, 'npm', ['install', '--no-package-lock', ...packages]);
