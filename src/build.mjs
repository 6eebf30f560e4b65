// Bundles MIStore with esbuild. `node src/build.mjs worker`: the worker thread, as a module that exports its source text
// (build/worker/), so that it runs wherever the library does: from the sources in tests, from dist/, from a user's own
// bundle. `node src/build.mjs`: library, CLI, the engine alone and the library for browsers to dist/; dependencies stay external there,
// the WASM, the contract's artifact and the worker are bundled in. The schemas of profiles and of network files go along, for editors.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const common = { bundle: true, platform: 'node', target: 'node20.19', logLevel: 'warning' };

if (process.argv[2] === 'worker') {
  const { outputFiles } = await build({
    ...common,
    entryPoints: ['src/vss/worker.ts'],
    format: 'cjs',
    minify: true,
    write: false,
  });
  mkdirSync('build/worker', { recursive: true });
  writeFileSync('build/worker/source.js', `export const source = ${JSON.stringify(outputFiles[0].text)};\n`);
  writeFileSync(
    'build/worker/source.d.ts',
    '/** Script of the worker thread, CommonJS. */\nexport const source: string;\n',
  );
} else {
  rmSync('dist', { recursive: true, force: true });
  await build({
    ...common,
    entryPoints: { index: 'src/index.ts', engine: 'src/engine/index.ts', cli: 'src/cli/main.ts' },
    outdir: 'dist',
    splitting: true,
    format: 'esm',
    packages: 'external',
    sourcemap: 'linked',
  });
  // With the twins that package.json's field "browser" names.
  await build({
    ...common,
    platform: 'browser',
    target: 'es2022',
    entryPoints: { browser: 'src/browser.ts' },
    outdir: 'dist',
    format: 'esm',
    packages: 'external',
    sourcemap: 'linked',
  });
  copyFileSync('src/records/profile.schema.json', 'dist/profile.schema.json');
  copyFileSync('src/network/network.schema.json', 'dist/network.schema.json');
}
