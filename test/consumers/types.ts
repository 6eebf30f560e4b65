// TypeScript in its strictest form, with the two ways in which packages are resolved, in the newest version and in one that most
// people still have: a program that uses every entry, and the examples as checked JavaScript. Declarations are checked too.
import { type Consumer, copyExamples } from './consumer.ts';
import { createProject, install, run } from './project.ts';

const MAIN = `
import { createEngine, type Engine, type EngineOptions, type Dealing, EngineUnavailableError } from '@mistore/engine';
import { type Committee, dealShares, type DealtShares, reconstruct, type Reconstruction, verify } from '@mistore/engine/sharing';
import vectors from '@mistore/engine/vectors/sharing.json' with { type: 'json' };
import * as core from '@mistore/core';
import * as browser from '@mistore/core/browser';
import type {} from '@mistore/core/worker';
import * as coreEngine from '@mistore/core/engine';
import * as coreSharing from '@mistore/core/sharing';
import type { Hospital, Receipts, Site, SumProof } from '@mistore/core';

const options: EngineOptions = { kind: 'scalar' };
const engine: Engine = await createEngine(options);
const committee: Committee = { threshold: 2, seats: 3 };
const dealt: DealtShares = dealShares(engine, committee, new Uint8Array(32));
const wrong: number[] = verify(engine, committee, 1, dealt.shares[0]!, dealt.commitments);
const found: Reconstruction = reconstruct(engine, committee, [{ seat: 1, shares: dealt.shares[0]! }], dealt.commitments);
// @ts-expect-error: the message may not be there
const message: Uint8Array = found.messages[0];
// @ts-expect-error: bytes, not text
dealShares(engine, committee, 'secret');
export const all = [wrong, message, vectors.format, core.Hospital, browser.checkReceipts, coreEngine.subsetsOf, coreSharing.deal];
export const pool = (start: () => Worker) => new browser.VssPool(engine, 2, start);
export type All = [Hospital, Receipts, Site, SumProof, Dealing, EngineUnavailableError];
`;

const STRICT = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: false,
  resolveJsonModule: true,
  allowJs: true,
  checkJs: true,
  noEmit: true,
  target: 'es2023',
  lib: ['es2023', 'dom'],
  types: ['node'],
};
const RESOLUTIONS = {
  node16: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
};
const VERSIONS = ['5.9', 'latest'];

const typescript: Consumer = {
  name: 'TypeScript, strict',
  async check({ core, engine }) {
    const configs = Object.entries(RESOLUTIONS).map(([name, resolution]) => [
      `tsconfig.${name}.json`,
      JSON.stringify({
        compilerOptions: { ...STRICT, ...resolution },
        include: ['main.mts', '*.mjs', 'worker/*.mjs', 'pool/*.mjs'],
      }),
    ]);
    const files = { 'main.mts': MAIN, ...Object.fromEntries(configs) };
    const found: string[] = [];
    const folder = await createProject('typescript', { type: 'module' }, files);
    await copyExamples(folder);
    const compilers = VERSIONS.map((version) => `typescript-${version}@npm:typescript@${version}`);
    await install(folder, core, engine, '@types/node@20', ...compilers);
    for (const version of VERSIONS) {
      const compile = (...args: string[]) =>
        run(folder, process.execPath, [`node_modules/typescript-${version}/bin/tsc`, ...args]);
      for (const name of Object.keys(RESOLUTIONS)) await compile('--project', `tsconfig.${name}.json`);
      found.push((await compile('--version')).stdout.trim().replace('Version ', ''));
    }
    return `${found.join(' and ')}, by ${Object.keys(RESOLUTIONS).join(' and ')}`;
  },
};

export const types: readonly Consumer[] = [typescript];
