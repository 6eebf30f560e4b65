// Node by ESM and by CommonJS, Deno and Bun: each has both packages and runs the examples as they are written. In Node nothing
// may be said on standard error, which is where warnings go.
import { join } from 'node:path';
import { type Consumer, copyExamples, EXAMPLES, expect } from './consumer.ts';
import { createUser, installOnce } from './installed.ts';
import { run } from './project.ts';

const node: Consumer = {
  name: 'Node, ES modules',
  async check(tarballs) {
    const folder = await createUser(tarballs, 'node-esm');
    await copyExamples(folder);
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
  async check(tarballs) {
    const folder = await createUser(tarballs, 'node-cjs', { 'main.cjs': COMMON_JS });
    const { stdout, stderr } = await run(folder, process.execPath, ['main.cjs']);
    const line = '0 function mistore-sharing-vectors/1 object';
    expect('main.cjs', stdout, `${line}\n${line}`);
    if (stderr !== '') throw new Error(`main.cjs warns:\n${stderr}`);
    return 'require() gives both packages';
  },
};

/** The runtime's binary, from its package of npm. */
const installRuntime = async (name: string): Promise<string> =>
  join(await installOnce(name), 'node_modules/.bin', name);

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
  async check(tarballs) {
    const binary = await installRuntime(name);
    const folder = await createUser(tarballs, `in-${name}`);
    await copyExamples(folder);
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
