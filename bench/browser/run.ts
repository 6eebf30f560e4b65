// One browser's run: every work in the page and in Node, with each of the two WASM engines, in turn; before that its result, which has to
// be that of the BigInt twin in Node.
import type { Page } from 'puppeteer-core';
import { type FoundBrowser, startBrowser } from '../../test/web/browser/browsers.ts';
import type { Form } from '../kernel-module.ts';
import type { PlaceBench } from './bench.ts';
import type { Timing } from './sample.ts';
import { works } from './work.ts';

export const FORMS: readonly Form[] = ['relaxed', 'scalar'];
/** Of both places in turn, of which the best counts. */
const ROUNDS = { full: 5, quick: 2 };

export interface Row {
  work: string;
  unit: string;
  /** Operations in one call. */
  size: number;
  times: { [form in Form]?: { browser: Timing; node: Timing } };
}

export interface BrowserRun {
  /** Name and version. */
  browser: string;
  /** What was set that is not so by itself. */
  preferences: Record<string, boolean>;
  /** Why the engine with relaxed SIMD does not run, or null. */
  lacksRelaxed: string | null;
  /** Milliseconds by which the page's clock moves. */
  clockStep: number;
  rows: Row[];
}

export interface Setting {
  url: string;
  node: PlaceBench;
  quick: boolean;
  /** Calls of works by the twin, once for all browsers. */
  expected(number: number): Promise<string>;
  progress(text: string): void;
}

export async function runBrowser(
  found: FoundBrowser,
  preferences: Record<string, boolean>,
  setting: Setting,
): Promise<BrowserRun> {
  const { browser, close } = await startBrowser(found, preferences);
  try {
    const page = await browser.newPage();
    await page.goto(setting.url);
    await page.waitForFunction(() => 'bench' in globalThis);
    const lacks = await page.evaluate(() => globalThis.bench.lacks('relaxed'));
    const forms = FORMS.filter((form) => form === 'scalar' || lacks == null);
    const rows: Row[] = [];
    for (const [number, { name, unit, size }] of works(setting.quick).entries()) {
      setting.progress(`${found.name}: ${name}, ${size} at once`);
      const times: Row['times'] = {};
      for (const form of forms) times[form] = await timeWork(page, number, form, setting);
      rows.push({ work: name, unit, size, times });
    }
    const clockStep = await page.evaluate(() => globalThis.bench.step);
    return { browser: named(await browser.version()), preferences, lacksRelaxed: lacks ?? null, clockStep, rows };
  } finally {
    await close();
  }
}

/** Times one work in both places, the best of the rounds. Throws an Error where a result is wrong. */
export async function timeWork(
  page: Pick<Page, 'evaluate'>,
  number: number,
  form: Form,
  { node, quick, expected, progress }: Omit<Setting, 'url'>,
): Promise<{ browser: Timing; node: Timing }> {
  const places = {
    browser: {
      result: () => page.evaluate((...job) => globalThis.bench.result(...job), number, form, quick),
      time: () => page.evaluate((...job) => globalThis.bench.time(...job), number, form, quick),
    },
    node: { result: () => node.result(number, form, quick), time: () => node.time(number, form, quick) },
  };
  for (const [place, { result }] of Object.entries(places)) {
    if ((await result()) !== (await expected(number))) {
      progress('');
      const { name, size } = works(quick)[number]!;
      throw new Error(
        `${name}, ${size} at once, ${form}, in ${place}: its result is not that of the BigInt twin in Node`,
      );
    }
  }
  let best: { browser: Timing; node: Timing } | undefined;
  for (let round = 0; round < (quick ? ROUNDS.quick : ROUNDS.full); round++) {
    const times = { browser: await places.browser.time(), node: await places.node.time() };
    best =
      best === undefined
        ? times
        : { browser: faster(best.browser, times.browser), node: faster(best.node, times.node) };
  }
  return best!;
}

const faster = (a: Timing, b: Timing): Timing => (a.milliseconds <= b.milliseconds ? a : b);

/** "Chrome/156.0.1" as "Chrome 156.0.1". */
const named = (version: string): string => version.replace(/^(\w)/, (letter) => letter.toUpperCase()).replace('/', ' ');
