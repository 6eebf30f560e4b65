// A page that is open under watch: all that it asks for, all that its console says, and every breach of its policy. And what people do
// on it: click by the words on a button, choose files, type.
import { strict as assert } from 'node:assert';
import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { type Language, Words } from '../../../web/text/words.ts';

export interface VisitOptions {
  language?: Language;
  dark?: boolean;
  /** Pixels. */
  width?: number;
  /** Where the page may ask: origins. */
  allowed: readonly string[];
  /** Messages of the browser itself that this visit provokes. */
  expected?: RegExp;
  /** Run in the page before its own scripts. */
  before?: string;
}

interface Ending extends Pick<VisitOptions, 'expected'> {
  /** Breaches that were provoked. */
  breached?: string[];
}

/** Milliseconds that anything may take; the machine may be busy. */
const PATIENCE = 30_000;

/** Only what is seen: views that are not shown are still there. */
const SHOWN = 'main > div:not([hidden])';

export class Visit {
  readonly page: Page;
  readonly words: Words;
  readonly #options: VisitOptions;
  readonly #requests: string[] = [];
  readonly #said: string[] = [];

  private constructor(page: Page, options: VisitOptions) {
    this.page = page;
    this.#options = options;
    this.words = new Words(options.language ?? 'en');
  }

  static async open(browser: Browser, url: string, options: VisitOptions): Promise<Visit> {
    const page = await browser.newPage();
    const visit = new Visit(page, options);
    page.setDefaultTimeout(PATIENCE);
    page.on('request', (request) => visit.#requests.push(request.url()));
    page.on('console', (message) => {
      if (['error', 'warn'].includes(message.type())) visit.#said.push(message.text());
    });
    page.on('pageerror', (error) => visit.#said.push(String(error)));
    await page.evaluateOnNewDocument(WATCH);
    if (options.before) await page.evaluateOnNewDocument(options.before);
    const { width = 1200, dark = false, language = 'en' } = options;
    await page.setViewport({ width, height: width < 500 ? 740 : 900 });
    await page.goto(url);
    await page.waitForSelector('h1');
    await page.select('header select', language);
    await visit.setDark(dark);
    return visit;
  }

  /** By the button in the head, which goes through system, light and dark. */
  async setDark(dark: boolean): Promise<void> {
    const wanted = dark ? 'dark' : 'light';
    for (let i = 0; i < 3; i++) {
      const label = await this.page.$eval('header .icon-button', (button) => button.getAttribute('aria-label') ?? '');
      const now = this.words.say('theme', { now: this.words.say(`theme.${wanted}`), next: '' }).split('.')[0]!;
      if (label.startsWith(now)) return;
      await this.page.click('header .icon-button');
    }
  }

  /** The first element in the view, or under a selector, whose text is exactly this. */
  async find(text: string, selector = 'button, a, summary, label, h2, h3', under = SHOWN): Promise<ElementHandle> {
    const handle = await this.page.waitForFunction(
      (wanted: string, one: string, root: string) =>
        [...document.querySelectorAll(root)]
          .flatMap((part) => [...part.querySelectorAll<HTMLElement>(one)])
          .find((element) => element.textContent?.trim() === wanted && element.checkVisibility()),
      {},
      text,
      selector,
      under,
    );
    return handle.asElement() as ElementHandle;
  }

  async click(text: string, under = SHOWN): Promise<void> {
    const element = await this.find(text, 'button, a, summary, label', under);
    await element.evaluate((one) => one.scrollIntoView({ block: 'center' }));
    await element.click();
  }

  /** The input that a label with this text is for. */
  async field(label: string): Promise<ElementHandle<HTMLInputElement>> {
    const element = await this.find(label, 'label, .drop-title, .tick span, .radio span');
    const input = await element.evaluateHandle((one) => {
      const owner = one.closest('label')!;
      return owner.htmlFor === '' ? owner.querySelector('input') : document.getElementById(owner.htmlFor);
    });
    return input as ElementHandle<HTMLInputElement>;
  }

  async type(label: string, text: string): Promise<void> {
    const input = await this.field(label);
    await input.evaluate((one) => {
      one.value = '';
    });
    await input.type(text);
  }

  /** Into a field of dates, whose keys depend on the browser's own language. */
  async setDate(label: string, date: string): Promise<void> {
    const input = await this.field(label);
    await input.evaluate((one, value) => {
      one.value = value;
      one.dispatchEvent(new Event('input', { bubbles: true }));
    }, date);
  }

  async choose(label: string, path: string): Promise<void> {
    await (await this.field(label)).uploadFile(path);
  }

  async goTo(view: 'bills' | 'consent' | 'sum' | 'ledger'): Promise<void> {
    const isThere = await this.page.evaluate((hash) => location.hash === hash, `#${view}`);
    if (isThere) return;
    await this.click(this.words.say(`nav.${view}`), 'header');
    await this.page.waitForFunction((id) => document.activeElement?.id === id, {}, `${view}-title`);
  }

  /** Waits until the view has this text, and gives all of the view's. */
  async see(text: string): Promise<string> {
    try {
      await this.page.waitForFunction(
        (wanted: string, root: string) =>
          // biome-ignore lint/performance/useDomNodeTextContent: what is not seen does not count
          document.querySelector<HTMLElement>(root)?.innerText.replace(/\s+/g, ' ').includes(wanted),
        {},
        text.replace(/\s+/g, ' '),
        SHOWN,
      );
    } catch (cause) {
      throw new Error(`waited for "${text}"; the view says:\n${await this.text()}`, { cause });
    }
    return this.text();
  }

  /** All that the view says, with single spaces. */
  async text(): Promise<string> {
    // biome-ignore lint/performance/useDomNodeTextContent: what is not seen does not count
    return this.page.$eval(SHOWN, (view) => (view as HTMLElement).innerText.replace(/\s+/g, ' '));
  }

  /** Throws where the page has asked others, its console has complained, or its policy was breached. Closes it. */
  async end({ expected = this.#options.expected, breached = [] }: Ending = {}): Promise<void> {
    const breaches = await this.page.evaluate(() => (window as unknown as { breaches: string[] }).breaches);
    await this.page.close();
    const { allowed } = this.#options;
    const foreign = this.#requests.filter(
      (url) => !/^(data|blob):/.test(url) && !allowed.includes(new URL(url).origin),
    );
    assert.deepEqual(foreign, [], 'asked others');
    assert.deepEqual(breaches, breached, 'breached its policy');
    assert.deepEqual(
      this.#said.filter((text) => !expected?.test(text)),
      [],
      'complained in the console',
    );
  }
}

const WATCH = `
  window.breaches = [];
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    breaches.push(violatedDirective + ' ' + blockedURI));
`;
