// npm run bench:browser: the main subjects of the bench in Chromium and Firefox, with relaxed SIMD and without, beside Node in the same
// run. Ends with 1 where a result is wrong, with 2 where a browser is missing.
import { writeFileSync } from 'node:fs';
import { findBrowsers } from '../../test/web/browser/browsers.ts';
import { readKernels } from '../kernels.ts';
import { machine } from '../machine.ts';
import { PlaceBench } from './bench.ts';
import { choose, parseOptions, USAGE } from './options.ts';
import { type BrowserRun, runBrowser, type Setting } from './run.ts';
import { serveBench } from './serve.ts';
import { textOf } from './table.ts';

/** Of Firefox, in versions where relaxed SIMD is off by itself. */
const RELAXED_PREFERENCE = 'javascript.options.wasm_relaxed_simd';

const options = parseOptions(process.argv.slice(2));
const chosen = choose(options.browsers, findBrowsers(process.env));
if (options.help) console.log(USAGE);
else if (typeof chosen === 'string') {
  console.error(chosen);
  process.exitCode = 2;
} else await main(chosen);

async function main(browsers: Exclude<typeof chosen, string>): Promise<void> {
  const { quick } = options;
  const where = machine();
  console.log(
    `${where.processor}, ${where.cores} cores, ${where.system}, Node ${where.node}, one thread but for workers\n`,
  );
  const page = await serveBench();
  const node = new PlaceBench({ kernels: async (form) => readKernels(form) });
  const twin = new PlaceBench({ kernels: async (form) => readKernels(form) });
  const expected = new Map<number, Promise<string>>();
  const setting: Setting = {
    url: page.url,
    node,
    quick,
    expected(number) {
      if (!expected.has(number)) expected.set(number, twin.result(number, 'reference', quick));
      return expected.get(number)!;
    },
    progress(text) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
    },
  };
  const runs: BrowserRun[] = [];
  const add = async (found: (typeof browsers)[number], preferences: Record<string, boolean>) => {
    const run = await runBrowser(found, preferences, setting);
    setting.progress('');
    console.log(`${textOf(run)}\n`);
    runs.push(run);
    return run;
  };
  try {
    for (const found of browsers) {
      const { lacksRelaxed } = await add(found, {});
      if (lacksRelaxed !== null && found.name === 'firefox') await add(found, { [RELAXED_PREFERENCE]: true });
    }
  } finally {
    await node.end();
    await twin.end();
    page.close();
  }
  console.log('times: of one operation, in the fastest sample; every result was that of the BigInt twin in Node');
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ machine: where, quick, runs }, null, 1)}\n`);
  }
}
