// What `npm run bench:browser` takes, and which browsers it needs for it.
import { parseArgs } from 'node:util';
import type { FoundBrowser } from '../../test/web/browser/browsers.ts';

export const USAGE = `npm run bench:browser -- [options]
  --quick           small sizes and few samples, for CI
  --browser NAME    only this one: chromium or firefox
  --json FILE       all results for a program
  --help            this text
CHROME and FIREFOX name the browsers' binaries, where they are not among the usual ones in PATH.`;

export type BrowserName = 'chromium' | 'firefox';

export interface Options {
  quick: boolean;
  browsers: readonly BrowserName[];
  json: string | undefined;
  help: boolean;
}

const NAMES: readonly BrowserName[] = ['chromium', 'firefox'];
/** Puppeteer's name, the browser's own, and the variable that names its binary. */
const KNOWN = {
  chromium: { name: 'chrome', title: 'Chromium or Chrome', variable: 'CHROME' },
  firefox: { name: 'firefox', title: 'Firefox', variable: 'FIREFOX' },
} as const;

/** Throws an Error for an option that is not there, or a browser of another name. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      browser: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick, browser, json, help } = values;
  const browsers = NAMES.filter((name) => browser === undefined || browser === name);
  if (browsers.length === 0) throw new Error(`--browser is "${browser}"; it must be chromium or firefox`);
  return { quick, browsers, json, help };
}

/** The browsers that are wanted, or what to say of the first that is not there. */
export function choose(wanted: readonly BrowserName[], found: readonly FoundBrowser[]): FoundBrowser[] | string {
  const chosen: FoundBrowser[] = [];
  for (const each of wanted) {
    const { name, title, variable } = KNOWN[each];
    const there = found.find((browser) => browser.name === name);
    if (there === undefined) return `bench:browser did nothing: no ${title} found; set ${variable} to its binary`;
    chosen.push(there);
  }
  return chosen;
}
