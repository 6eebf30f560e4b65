// The package managers that people have: each installs both packages without a warning about them and without running a script,
// and what it installs works.
import { join } from 'node:path';
import { type Consumer, expect, type Tarballs } from './consumer.ts';
import { installOnce } from './installed.ts';
import { createProject, install, run } from './project.ts';

/** Creates an engine, and has the embedded node answer. */
const TRIED = `
import { createEngine } from '@mistore/engine';
import { startNode } from '@mistore/core';
const node = await startNode();
await node.stop();
console.log('works', (await createEngine()).name);
`;

interface Manager {
  /** Of npm, and its version. */
  package: string;
  version: string;
  command: string;
  arguments: (tarballs: Tarballs) => string[];
  files?: Record<string, string>;
}

const both = ({ core, engine }: Tarballs) => [core, engine];
const byName = ({ core, engine }: Tarballs) => [`@mistore/core@file:${core}`, `@mistore/engine@file:${engine}`];
const npm = (version: string): Manager => ({
  package: 'npm',
  version,
  command: 'npm',
  arguments: (tarballs) => ['install', ...both(tarballs)],
});
const pnpm = (version: string): Manager => ({
  package: 'pnpm',
  version,
  command: 'pnpm',
  arguments: (tarballs) => ['add', ...both(tarballs)],
});
const MANAGERS: readonly Manager[] = [
  npm('10'),
  npm('11'),
  npm('12'),
  pnpm('10'),
  pnpm('12'),
  {
    package: '@yarnpkg/cli-dist',
    version: '4',
    command: 'yarn',
    arguments: (tarballs) => ['add', ...byName(tarballs)],
    files: { 'yarn.lock': '', '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\n' },
  },
];

/** Warnings of a manager about itself: this machine's settings, its own versions of Node. */
const ABOUT_ITSELF = /Unknown (env|user|project|builtin) config|^npm warn cli npm v/;
const WARNING = /warn|deprecat|ignored|approve|install script|build script/i;

const manager = (of: Manager): Consumer => ({
  name: `installed by ${of.command} ${of.version}`,
  async check(tarballs) {
    const own = await createProject(`manager-${of.command}-${of.version}`);
    await install(own, `${of.package}@${of.version}`);
    const program = join(own, 'node_modules/.bin', of.command);
    const version = (await run(own, program, ['--version'])).stdout.trim();
    const folder = await createProject(`by-${of.command}-${of.version}`, {}, { 'main.mjs': TRIED, ...of.files });
    const said = await run(folder, program, of.arguments(tarballs));
    const warnings = `${said.stdout}\n${said.stderr}`
      .split('\n')
      .filter((line) => WARNING.test(line) && !ABOUT_ITSELF.test(line));
    if (warnings.length > 0) throw new Error(`${of.command} ${version} warns:\n${warnings.join('\n')}`);
    expect('main.mjs', (await run(folder, process.execPath, ['main.mjs'])).stdout, 'works');
    return `${version}, no warning`;
  },
});

/** Without optional packages there is no embedded node: the error says which package it is. */
const withoutNode: Consumer = {
  name: 'without optional packages',
  async check({ core }) {
    const main =
      "import { startNode } from '@mistore/core'; await startNode().catch((e) => console.log(e.code, e.message));";
    const folder = await installOnce('--omit=optional', core);
    const { stdout } = await run(folder, process.execPath, ['--input-type=module', '--eval', main]);
    expect(
      'startNode',
      stdout,
      'NODE_FAILED the embedded chain is not installed here: install the optional package @foundry-rs/',
    );
    return 'a clear error in place of the embedded node';
  },
};

export const installers: readonly Consumer[] = [...MANAGERS.map(manager), withoutNode];
