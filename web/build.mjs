// Builds the page to dist/web/: static files that any host can serve. The first view is one script and one stylesheet; what
// computes is in scripts of its own, loaded when it is needed. network.json is what the host fills in, if it wants to: see
// docs/page.md.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licensesOf } from '../src/package/licenses.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here('../dist/web/');

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const { metafile } = await build({
  entryPoints: { page: here('main.tsx'), style: here('style/main.css') },
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome110', 'firefox116', 'safari16.4'],
  chunkNames: 'part-[hash]',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
});
for (const file of ['index.html', 'mark.svg']) copyFileSync(here(file), `${out}${file}`);
writeFileSync(`${out}network.json`, '{}\n');
writeFileSync(`${out}licenses.txt`, licensesOf([metafile]));
