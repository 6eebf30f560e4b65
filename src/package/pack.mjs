// npm run pack: writes the two packages that are published, build/mistore-core-VERSION.tgz (the whole, from dist/) and
// build/mistore-engine-VERSION.tgz (the engine and sharing, bundled here), with manifests that have no scripts and no
// development dependencies. It publishes nothing.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { build } from 'esbuild';
import { licensesOf } from './licenses.mjs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const { version } = manifest;

/** Writes a folder's manifest and makes its tarball; returns the tarball's path. */
function pack(folder, published) {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  const options = ['--pack-destination', 'build', '--ignore-scripts', '--silent'];
  return `build/${execFileSync('npm', ['pack', `./${folder}`, ...options], { encoding: 'utf8' }).trim()}`;
}

function emptyFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Tarballs of other versions would be taken for these. */
function removeTarballs() {
  const names = readdirSync('build').filter((name) => /^mistore-(core|engine)-.*\.tgz$/.test(name));
  for (const name of names) rmSync(join('build', name));
}

function packCore() {
  const folder = emptyFolder('build/packages/core');
  for (const name of ['dist', 'README.md', 'CHANGELOG.md', 'LICENSE']) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  // "browser" says which sources the build exchanges for browsers; sources are not published.
  const { scripts, devDependencies, browser, ...published } = manifest;
  return pack(folder, published);
}

async function packEngine() {
  const folder = emptyFolder('build/packages/engine');
  const dependencies = pick(manifest.dependencies, ['@assemblyscript/loader', '@noble/hashes']);
  const { metafile } = await build({
    entryPoints: { index: 'src/engine/index.ts', sharing: 'src/sharing/index.ts' },
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    platform: 'neutral',
    target: 'es2022',
    format: 'esm',
    external: Object.keys(dependencies).flatMap((name) => [name, `${name}/*`]),
    metafile: true,
    logLevel: 'warning',
  });
  copyTypes(folder, ['engine/index.d.ts', 'sharing/index.d.ts']);
  for (const name of ['sharing.json', 'sharing.schema.json'])
    cpSync(`test/vectors/${name}`, join(folder, 'vectors', name));
  cpSync('docs/engine-package.md', join(folder, 'README.md'));
  cpSync('LICENSE', join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'dist/licenses.txt'), licensesOf([metafile]));
  const { type, license, engines, publishConfig } = manifest;
  return pack(folder, {
    name: '@mistore/engine',
    version,
    description: 'Verifiable secret sharing and batched BN254 arithmetic in WebAssembly, for Node and browsers',
    keywords: KEYWORDS,
    license,
    type,
    sideEffects: false,
    engines,
    exports: {
      '.': { types: './dist/types/engine/index.d.ts', default: './dist/index.js' },
      './sharing': { types: './dist/types/sharing/index.d.ts', default: './dist/sharing.js' },
      './vectors/sharing.json': './vectors/sharing.json',
      './vectors/sharing.schema.json': './vectors/sharing.schema.json',
      './package.json': './package.json',
    },
    files: ['dist', 'vectors'],
    dependencies,
    publishConfig,
  });
}

/** Words by which people look for the engine; those of the whole are in package.json. */
const KEYWORDS = [
  'secret-sharing',
  'verifiable-secret-sharing',
  'shamir',
  'pedersen',
  'commitment',
  'threshold',
  'bn254',
  'alt_bn128',
  'multi-scalar-multiplication',
  'webassembly',
  'simd',
];

const pick = (object, names) => Object.fromEntries(names.map((name) => [name, object[name]]));

/** Declarations of dist/types and all that they import. */
function copyTypes(folder, entries) {
  const done = new Set();
  const copy = (file) => {
    if (done.has(file)) return;
    done.add(file);
    const text = readFileSync(join('dist/types', file), 'utf8');
    for (const [, name] of text.matchAll(/\bfrom '(\.[^']+)'/g)) {
      copy(normalize(join(dirname(file), name)).replace(/\.ts$/, '.d.ts'));
    }
    cpSync(join('dist/types', file), join(folder, 'dist/types', file));
  };
  entries.forEach(copy);
}

removeTarballs();
for (const tarball of [packCore(), await packEngine()]) console.log(tarball);
