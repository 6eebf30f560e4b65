// npm run test:browser: the engine in a worker of a real browser, and a pool of two workers, compared byte for byte with Node. Ends
// with 0 if all is the same, 1 if something is not, 2 if there is no browser and so nothing was done. The times are for
// the reader; nothing depends on them.
import type { EngineName } from '../../src/engine/engine.ts';
import { createReferenceEngine } from '../../src/engine/reference/engine.ts';
import { VssPool } from '../../src/vss/pool.ts';
import { findBrowser, visit } from './chromium.ts';
import { compare, comparePools } from './compare.ts';
import { BATCH, type Examination, examine, KINDS, RECORDS } from './examine.ts';
import { bundleScripts, type Message, servePage } from './page.ts';
import { tellPool } from './pool-story.ts';

const LIMIT_SECONDS = 180;

const browser = findBrowser(process.env);
if (browser === undefined) {
  const looked = process.env.CHROME ? `CHROME=${process.env.CHROME} is not a program` : 'set CHROME to its binary';
  console.error(`test:browser did nothing: no Chromium or Chrome found; ${looked}`);
  process.exitCode = 2;
} else {
  process.exitCode = await run(browser);
}

async function run(browser: string): Promise<number> {
  const message = await ask(browser);
  if ('failure' in message) {
    console.error(`FAILED: ${message.failure}`);
    return 1;
  }
  const { found } = message;
  const node = await examine();
  const engines = compare({ browser: found, node });
  const pools = comparePools(message.pooled, await tellPool(new VssPool(createReferenceEngine())));
  const agreed = engines.agreed + pools.agreed;
  const faults = [...engines.faults, ...pools.faults];

  console.log(`${message.browser.match(/\S*Chrom\S*/)?.[0] ?? message.browser} beside Node ${process.version}`);
  for (const kind of KINDS) console.log(line(kind, found));
  console.log(`createEngine() chose ${found.chosen} in the browser's worker, ${node.chosen} in Node`);
  const times = [found, node].map(({ milliseconds }) => `${milliseconds.toFixed(2)} ms`);
  const ratio = (found.milliseconds / node.milliseconds).toFixed(2);
  console.log(`${BATCH} commitments: ${times[0]} in the browser, ${times[1]} in Node (${ratio} times)`);
  console.log(`pool of 2 threads: ${message.pooled.started} workers did ${message.pooled.results.length} jobs`);
  for (const fault of faults) console.error(`FAILED: ${fault}`);
  console.log(`${agreed} results are the same, ${faults.length} faults`);
  return faults.length === 0 ? 0 : 1;
}

function line(kind: EngineName, { told }: Examination): string {
  const stories = told[kind];
  return `${kind.padEnd(9)}  ${typeof stories === 'string' ? stories : `ran on ${RECORDS.join(', ')} records`}`;
}

async function ask(browser: string): Promise<Message> {
  const page = await servePage(await bundleScripts());
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(`no answer within ${LIMIT_SECONDS} s`), 1000 * LIMIT_SECONDS);
  const interrupt = () => stop.abort('interrupted');
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await visit(browser, page.url, page.message, stop.signal);
  } catch (error) {
    return { failure: (error as Error).message };
  } finally {
    clearTimeout(limit);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    page.close();
  }
}
