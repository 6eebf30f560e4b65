// Node by ESM and by CommonJS, Deno and Bun: each installs both packages and runs the examples as they are written. In Node
// nothing may be said on standard error, which is where warnings go.
import { join } from 'node:path';
import { type Consumer, copyExamples, EXAMPLES, expect } from './consumer.ts';
import { createProject, install, run } from './project.ts';

const node: Consumer = {
  name: 'Node, ES modules',
  async check({ core, engine }) {
    const folder = await createProject('node-esm');
    await copyExamples(folder);
    await install(folder, core, engine);
    for (const [file, says] of EXAMPLES) {
      const { stdout, stderr } = await run(folder, process.execPath, [file]);
      expect(file, stdout, says);
      if (stderr !== '') throw new Error(`${file} warns:\n${stderr}`);
    }
    const { stdout } = await run(folder, 'npx', ['--no-install', 'mistore', '--version']);
    return `${EXAMPLES.length} examples; mistore ${stdout.trim()}`;
  },
};

const COMMON_JS = `
const { createEngine, Hospital } = require('@mistore/core');
const { dealShares, reconstruct } = require('@mistore/engine/sharing');
const alone = require('@mistore/engine');
const vectors = require('@mistore/engine/vectors/sharing.json');
const schema = require('@mistore/core/profile.schema.json');
(async () => {
  for (const create of [createEngine, alone.createEngine]) {
    const engine = await create();
    const message = new Uint8Array(32).fill(7);
    const dealt = dealShares(engine, { threshold: 2, seats: 3 }, message);
    const given = [1, 3].map((seat) => ({ seat, shares: dealt.shares[seat - 1] }));
    const { messages } = reconstruct(engine, { threshold: 2, seats: 3 }, given, dealt.commitments);
    console.log(Buffer.compare(messages[0], message), typeof Hospital, vectors.format, schema.type);
  }
})();
`;

const commonJs: Consumer = {
  name: 'Node, CommonJS',
  async check({ core, engine }) {
    const folder = await createProject('node-cjs', {}, { 'main.cjs': COMMON_JS });
    await install(folder, core, engine);
    const { stdout, stderr } = await run(folder, process.execPath, ['main.cjs']);
    const line = '0 function mistore-sharing-vectors/1 object';
    expect('main.cjs', stdout, `${line}\n${line}`);
    if (stderr !== '') throw new Error(`main.cjs warns:\n${stderr}`);
    return 'require() gives both packages';
  },
};

const binaries = new Map<string, Promise<string>>();

/** The runtime's binary, from its package of npm. */
function installRuntime(name: string): Promise<string> {
  const installed = async () => {
    const folder = await createProject(`runtime-${name}`);
    await install(folder, name);
    return join(folder, 'node_modules/.bin', name);
  };
  if (!binaries.has(name)) binaries.set(name, installed());
  return binaries.get(name)!;
}

const lacksRuntime = (name: string) => async () => {
  try {
    await run(process.cwd(), await installRuntime(name), ['--version']);
    return undefined;
  } catch (error) {
    return `its package has no binary for this machine (${(error as Error).message.split('\n')[0]})`;
  }
};

/** `options`: before the file. */
const other = (title: string, name: string, options: readonly string[]): Consumer => ({
  name: title,
  lacks: lacksRuntime(name),
  async check({ core, engine }) {
    const binary = await installRuntime(name);
    const folder = await createProject(`in-${name}`);
    await copyExamples(folder);
    await install(folder, core, engine);
    for (const [file, says] of EXAMPLES) expect(file, (await run(folder, binary, [...options, file])).stdout, says);
    return `${EXAMPLES.length} examples; ${(await run(folder, binary, ['--version'])).stdout.split('\n')[0]}`;
  },
});

export const runtimes: readonly Consumer[] = [
  node,
  commonJs,
  other('Deno', 'deno', ['run', '--allow-all', '--node-modules-dir=manual']),
  other('Bun', 'bun', []),
];
