// For everybody: axe-core finds nothing in any view, light and dark, in both languages, on a narrow phone too; all of it works by keyboard
// alone; nothing is wider than the page.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { StartedBrowser } from './browsers.ts';
import type { Checks } from './checks.ts';
import { type Site, serveWithNetwork } from './site.ts';
import { PASSWORD, type Stage } from './stage.ts';
import { Visit, type VisitOptions } from './visit.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOOKS: Pick<VisitOptions, 'language' | 'dark' | 'width'>[] = [
  { language: 'en', dark: false },
  { language: 'en', dark: true, width: 320 },
  { language: 'de', dark: false, width: 320 },
  { language: 'de', dark: true },
];

export async function accessStory(checks: Checks, { browser }: StartedBrowser, stage: Stage): Promise<void> {
  const site = await serveWithNetwork(stage);
  for (const look of LOOKS) {
    const { language, dark, width = 1200 } = look;
    const within = checks.within(`axe, ${language}, ${dark ? 'dark' : 'light'}, ${width} px`);
    const visit = await Visit.open(browser, site.url, { ...look, allowed: allowedAt(site, stage) });
    await everyView(within, visit, stage);
    await within.check('nothing complains', () => visit.end());
  }
  const visit = await Visit.open(browser, site.url, { allowed: allowedAt(site, stage) });
  await byKeyboard(checks.within('by keyboard'), visit, stage);
  await visit.end();
  site.close();
}

const allowedAt = (site: Site, { chain }: Stage) => [site.origin, chain.node.url];

/** Looks at each view as people have it before them, at its beginning and with something in it. */
async function everyView(checks: Checks, visit: Visit, stage: Stage): Promise<void> {
  const say = visit.words.say.bind(visit.words);
  const look = (name: string) => checks.check(name, () => inspect(visit));
  await look('first view');
  await visit.click(say('bills.check'));
  await look('first view with errors');
  await visit.choose(say('bills.drop'), stage.file('changed.json'));
  await visit.see(say('bills.unchecked'));
  await visit.click(say('bills.check'));
  await visit.see(say('bills.faulty.advice'));
  await visit.click(say('plot.table'));
  await look('bills');
  await visit.page.click('.bills .bill-text button');
  await visit.page.waitForSelector('dialog .facts code');
  await look('proof of a bill');
  await visit.page.keyboard.press('Escape');
  await visit.goTo('consent');
  const all = visit.page.waitForSelector('.scroller tbody tr');
  await all;
  await visit.click(say('consent.tick.all', { n: stage.receipts.records.length }));
  await visit.see(say('obstacle.invalid-receipt', { record: '' }).split(' ')[0]!);
  await visit.click(say('consent.sign'));
  await look('consent');
  await visit.click(say('sign.wallet'));
  await look('consent without a wallet');
  await visit.goTo('sum');
  await visit.choose(say('sum.drop'), stage.file('proof.json'));
  await visit.click(say('sum.check'));
  await visit.see(say('sum.about'));
  await look('proof of a sum');
  await visit.goTo('ledger');
  await visit.click(say('ledger.read'));
  await visit.see(say('ledger.figures'));
  await look('ledgers');
}

/** axe's rules, and that nothing is wider than the page. */
async function inspect({ page }: Visit): Promise<void> {
  await page.evaluate(`if (!window.axe) { ${AXE} }`);
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) animation.finish();
  });
  const found = (await page.evaluate(`axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }).then(({ violations }) => violations.map(({ id, nodes }) =>
    id + ': ' + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 160) + ' ' + failureSummary).join('; ')))`)) as string[];
  assert.deepEqual(found, []);
  const wider = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return '';
    const all = [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > width + 1);
    return all.map(({ outerHTML }) => outerHTML.slice(0, 90)).join('\n');
  });
  assert.equal(wider, '', 'is wider than the page');
}

/** From the first view to a signed consent with Tab, Space, Enter and arrows; only files are chosen by the test itself. */
async function byKeyboard(checks: Checks, visit: Visit, stage: Stage): Promise<void> {
  const { page, words } = visit;
  const say = words.say.bind(words);
  await page.reload(); // the focus begins anew
  await page.waitForSelector('h1');
  await checks.check('the first stop is the link that skips the head', async () => {
    await page.keyboard.press('Tab');
    assert.equal(await focused(visit), say('skip'));
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
  });
  await checks.check('bills are opened, checked and looked into', async () => {
    await tabTo(visit, say('bills.drop'));
    await visit.choose(say('bills.drop'), stage.file('receipts.json'));
    await visit.see(say('bills.unchecked'));
    await tabTo(visit, say('bills.check'));
    await page.keyboard.press('Enter');
    await visit.see(say('bills.complete'));
    const first = await page.$eval('.bills .bill-text button', ({ textContent }) => textContent ?? '');
    await tabTo(visit, first);
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog .facts code');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { hidden: true });
    assert.equal(await focused(visit), first);
  });
  await checks.check('a consent is chosen, signed and there', async () => {
    await tabTo(visit, say('nav.consent'), 'backwards');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.id === 'consent-title');
    await tabTo(visit, say('consent.tick.all', { n: stage.receipts.records.length }));
    await page.keyboard.press(' ');
    await tabTo(visit, say('consent.insurer'));
    await page.keyboard.type('acme');
    await visit.choose(say('sign.keystore.drop'), stage.file('keystore.json'));
    await tabTo(visit, say('sign.password'));
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await visit.see(say('signed.title'));
    await tabTo(visit, say('signed.download'));
  });
}

/** The words of what has the focus: its label's, or its own. It must be seen that it has. */
async function focused({ page }: Visit): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement | null;
    const label = element?.labels?.[0];
    const title = label?.querySelector('.drop-title') ?? label;
    const marked = label?.matches('.drop-label') ? label : element!;
    if (
      element?.matches(':focus-visible') &&
      getComputedStyle(marked).outlineStyle === 'none' &&
      element.id !== 'main'
    ) {
      return `no focus to be seen at ${element.outerHTML.slice(0, 100)}`;
    }
    return (title?.textContent ?? element?.textContent ?? '').trim();
  });
}

async function tabTo(visit: Visit, words: string, direction: 'forwards' | 'backwards' = 'forwards'): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < 600; i++) {
    const now = await focused(visit);
    if (now === words) return;
    assert.ok(!now.startsWith('no focus'), now);
    passed.push(now);
    if (direction === 'backwards') await visit.page.keyboard.down('Shift');
    await visit.page.keyboard.press('Tab');
    if (direction === 'backwards') await visit.page.keyboard.up('Shift');
  }
  throw new Error(`Tab does not lead to "${words}"; it led to: ${[...new Set(passed)].slice(-30).join(' | ')}`);
}
