// npm run bench:web -- [--runs N] [--quick] [--json FILE]
// How soon the page's first view is there, from `mistore web` on loopback, in a new window of Chromium each time: milliseconds from the
// navigation's start until the browser has painted text, and until the view takes input; and how large the page is. Needs dist/web/.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import Table from 'cli-table3';
import { readPageFiles } from '../../src/cli/web/page-files.ts';
import { PageServer } from '../../src/cli/web/page-server.ts';
import { findBrowsers, startBrowser } from '../../test/web/browser/browsers.ts';
import { machine } from '../machine.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '15' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const runs = values.quick ? 3 : Number(values.runs);
const found = findBrowsers(process.env).find(({ name }) => name === 'chrome');
if (found === undefined) {
  console.error('bench:web did nothing: no Chromium or Chrome found; set CHROME to its binary');
  process.exit(2);
}

const server = await PageServer.open({ port: 0, settings: {} });
const { browser, close } = await startBrowser(found);
const painted: number[] = [];
const usable: number[] = [];
for (let run = 0; run <= runs; run++) {
  const context = await browser.createBrowserContext(); // with a cache of its own
  const page = await context.newPage();
  await page.goto(server.url);
  await page.waitForSelector('main form button[type=submit]');
  const times = await page.evaluate(async () => {
    const now = performance.now();
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    return { painted: paint?.startTime ?? now, usable: now };
  });
  await context.close();
  if (run === 0) continue; // The first reads the browser's own files from the disk.
  painted.push(times.painted);
  usable.push(times.usable);
}
await close();
server.close();

/** Milliseconds. */
const median = (all: number[]) => Math.round(all.sort((a, b) => a - b)[Math.floor(all.length / 2)]!);
const sizes = [...readPageFiles()].filter(([path]) => path !== '/').map(([, { content }]) => gzipSync(content).length);
const figures = {
  painted: median(painted),
  usable: median(usable),
  slowest: Math.round(Math.max(...usable)),
  kilobytes: Math.round(sizes.reduce((a, b) => a + b) / 1000),
};
const table = new Table({ head: ['the page from loopback', ''], style: { head: [], border: [], compact: true } });
table.push(
  ['first text painted, ms', figures.painted],
  ['takes input, ms', figures.usable],
  ['takes input, the slowest, ms', figures.slowest],
  ['all files, compressed, KB', figures.kilobytes],
);
console.log(table.toString());
console.log(`Medians of ${runs} runs.`);
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ machine: machine(), runs, ...figures }, null, 2)}\n`);
}
