// Finds Chromium and Firefox, and starts them without a window, each with a profile and a folder for downloads of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';
import { findProgram } from '../../browser/chromium.ts';

export interface FoundBrowser {
  name: 'chrome' | 'firefox';
  path: string;
}

export interface StartedBrowser {
  name: FoundBrowser['name'];
  browser: Browser;
  downloads: string;
  close(): Promise<void>;
}

const NAMES = {
  chrome: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
  firefox: ['firefox-esr', 'firefox'],
};

/** Those that CHROME and FIREFOX name, else the first of the usual names in PATH. */
export function findBrowsers(env: NodeJS.ProcessEnv): FoundBrowser[] {
  const given = { chrome: env.CHROME, firefox: env.FIREFOX };
  return (['chrome', 'firefox'] as const).flatMap((name) => {
    const path = findProgram(given[name] ? [given[name]] : NAMES[name], env.PATH);
    return path === undefined ? [] : [{ name, path }];
  });
}

/** `preferences`: of Firefox, besides those that all runs need. */
export async function startBrowser(
  { name, path }: FoundBrowser,
  preferences: Record<string, boolean> = {},
): Promise<StartedBrowser> {
  const downloads = await mkdtemp(join(tmpdir(), 'mistore-downloads-'));
  const browser = await puppeteer.launch({
    browser: name,
    executablePath: path,
    headless: true,
    ...(name === 'chrome'
      ? { args: chromeArguments() }
      : { extraPrefsFirefox: { ...firefoxPreferences(downloads), ...preferences } }),
  });
  if (name === 'chrome') await allowDownloads(browser, downloads);
  return {
    name,
    browser,
    downloads,
    async close() {
      await browser.close();
      await rm(downloads, { recursive: true });
    },
  };
}

function chromeArguments(): string[] {
  // root has no namespaces of its own in containers, and Chromium refuses to run as root with its sandbox
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return [...sandbox, '--disable-gpu', '--no-first-run', ...quiet];
}

const firefoxPreferences = (downloads: string) => ({
  'browser.download.dir': downloads,
  'browser.download.folderList': 2,
  'browser.download.useDownloadDir': true,
  'browser.download.always_ask_before_handling_new_types': false,
  'browser.helperApps.neverAsk.saveToDisk': 'application/json',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
});

async function allowDownloads(browser: Browser, downloadPath: string): Promise<void> {
  const session = await browser.target().createCDPSession();
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath });
}
