// Bundles MIStore with esbuild. `node src/build.mjs worker`: the worker thread, as a module that exports its source text
// (build/worker/), so that it runs wherever the library does: from the sources in tests, from dist/, from a user's own
// bundle. `node src/build.mjs`: library, CLI, and for browsers too the engine alone, sharing, the part of the library that works
// there, and the script of its Web Workers, to dist/; dependencies stay external, the WASM, the contract's artifact, the worker and the
// packages of package/bundled.json are bundled in. The schemas of profiles and of network files go along, for editors, and the licences
// of what is bundled.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { licensesOf } from './package/licenses.mjs';

const WORKER_METAFILE = 'build/worker/metafile.json';
const BUNDLED = JSON.parse(readFileSync('src/package/bundled.json', 'utf8'));
const packageOf = (path) => /^(?:@[^/]+\/)?[^/]+/.exec(path)[0];
/** What the sources import stays outside unless it is in BUNDLED; what those packages import in turn goes in with them. */
const dependenciesOutside = {
  name: 'dependencies-outside',
  setup(bundle) {
    bundle.onResolve({ filter: /^[^./#]/ }, ({ path, importer, kind }) => {
      const own = kind !== 'entry-point' && !importer.includes('/node_modules/');
      return own && !BUNDLED.includes(packageOf(path)) ? { path, external: true } : undefined;
    });
  },
};

const common = { bundle: true, platform: 'node', target: 'node20.19', logLevel: 'warning' };

if (process.argv[2] === 'worker') {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: ['src/vss/worker.ts'],
    format: 'cjs',
    minify: true,
    write: false,
    metafile: true,
  });
  mkdirSync('build/worker', { recursive: true });
  writeFileSync('build/worker/source.js', `export const source = ${JSON.stringify(outputFiles[0].text)};\n`);
  writeFileSync(WORKER_METAFILE, JSON.stringify(metafile));
  writeFileSync(
    'build/worker/source.d.ts',
    '/** Script of the worker thread, CommonJS. */\nexport const source: string;\n',
  );
} else {
  rmSync('dist', { recursive: true, force: true });
  const { metafile } = await build({
    ...common,
    entryPoints: {
      index: 'src/index.ts',
      engine: 'src/engine/index.ts',
      sharing: 'src/sharing/index.ts',
      cli: 'src/cli/main.ts',
    },
    outdir: 'dist',
    splitting: true,
    format: 'esm',
    plugins: [dependenciesOutside],
    sourcemap: 'linked',
    metafile: true,
  });
  // With the twins that package.json's field "browser" names.
  const browser = await build({
    ...common,
    platform: 'browser',
    target: 'es2022',
    entryPoints: { browser: 'src/browser.ts' },
    outdir: 'dist',
    format: 'esm',
    plugins: [dependenciesOutside],
    sourcemap: 'linked',
    metafile: true,
  });
  // In one file without imports, so that a page's host can serve it as it is.
  const webWorker = await build({
    ...common,
    platform: 'browser',
    target: 'es2022',
    entryPoints: ['src/vss/worker.ts'],
    outdir: 'dist',
    format: 'iife',
    minify: true,
    metafile: true,
  });
  copyFileSync('src/records/profile.schema.json', 'dist/profile.schema.json');
  copyFileSync('src/network/network.schema.json', 'dist/network.schema.json');
  const worker = JSON.parse(readFileSync(WORKER_METAFILE, 'utf8'));
  writeFileSync('dist/licenses.txt', licensesOf([metafile, browser.metafile, webWorker.metafile, worker]));
}
