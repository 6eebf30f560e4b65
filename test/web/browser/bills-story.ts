// The patient's bills by clicks: right and wrong files, against the chain and against an archive alone, and what the page says of each.
import { strict as assert } from 'node:assert';
import type { Browser } from 'puppeteer-core';
import { counted } from '../../../src/counted.ts';
import type { StartedBrowser } from './browsers.ts';
import type { Checks } from './checks.ts';
import { serveOffline, servePlain, serveWithNetwork } from './site.ts';
import type { Stage } from './stage.ts';
import { Visit } from './visit.ts';

export async function billsStory(checks: Checks, { browser }: StartedBrowser, stage: Stage): Promise<void> {
  await byEndpoint(checks.within('bills by endpoint'), browser, stage);
  await byArchive(checks.within('bills by archive'), browser, stage);
  await withServerGone(checks.within('bills without any network'), browser, stage);
}

async function byEndpoint(checks: Checks, browser: Browser, stage: Stage): Promise<void> {
  const site = await serveWithNetwork(stage);
  const visit = await Visit.open(browser, site.url, { allowed: [site.origin, stage.chain.node.url] });
  const { words } = visit;
  const count = counted(stage.receipts.records.length, 'bill');
  const say = words.say.bind(words);
  await checks.check('the first view says what this is, with the endpoint of the network file', async () => {
    await visit.see(say('bills.lead'));
    const endpoint = await visit.field(say('source.url'));
    assert.equal(await endpoint.evaluate((input) => input.value), stage.chain.node.url);
    assert.equal(await endpoint.evaluate((input) => input.readOnly), true);
  });
  await checks.check('a check without a file asks for one', async () => {
    await visit.click(say('bills.check'));
    await visit.see(say('bills.drop.missing'));
  });
  await checks.check('an opened file is listed, and said to be unchecked', async () => {
    await visit.choose(say('bills.drop'), stage.file('receipts.json'));
    await visit.see(say('bills.unchecked'));
    await visit.see(count);
    assert.equal(await visit.page.$$eval('.state.plain', (marks) => marks.length), stage.receipts.records.length);
  });
  await checks.check('all bills are as on the chain, none is missing, and it says by whose word', async () => {
    await visit.click(say('bills.check'));
    const text = await visit.see(`${count}, all as they are on the chain. None is missing in this file.`);
    assert.ok(text.includes(say('word.pinned')));
    assert.equal(await visit.page.$$eval('.state.good', (marks) => marks.length), stage.receipts.records.length);
  });
  await checks.check('the running total ends at the sum by plain arithmetic, exact', async () => {
    const last = await visit.page.$$eval('.bill-total', (cells) => cells.at(-1)!.textContent ?? '');
    for (const sum of stage.sums) assert.ok(last.includes(words.format.decimal(hundredths(sum))), last);
  });
  await checks.check('a category and a period show fewer, in their order', async () => {
    const { category } = stage.receipts.records[0]!;
    const own = stage.receipts.records.filter((one) => one.category === category);
    const select = await visit.page.$('.filters select');
    await select!.select(category);
    await visit.see(`${own.length} of ${stage.receipts.records.length} shown`);
    const days = own.map(({ metadata }) => metadata!.date!.slice(0, 10)).sort();
    await visit.setDate(say('filter.from'), days.at(-1)!);
    const within = days.filter((day) => day >= days.at(-1)!).length;
    await visit.see(`${within} of ${stage.receipts.records.length} shown`);
    await visit.click(say('filter.none'));
  });
  await checks.check('the plots have the same as a table', async () => {
    await visit.click(say('plot.table'));
    const rows = await visit.page.$$eval('.plot tbody tr', (list) => list.length);
    assert.equal(rows, stage.receipts.records.length);
    const inked = await visit.page.$$eval('.plot canvas', (list) =>
      list.map((canvas) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value) => value > 0);
      }),
    );
    assert.deepEqual(inked, [true, true]);
  });
  await checks.check('a click shows batch and proof, Escape closes it, and the focus is back', async () => {
    await visit.page.click('.bills .bill-text button');
    await visit.page.waitForSelector('dialog .facts code');
    const shown = await visit.page.$eval('dialog', (dialog) => dialog.textContent ?? '');
    const { path, commitments } = stage.receipts.records[0]!;
    for (const part of [say('proof.root'), say('state.valid.why')]) assert.ok(shown.includes(part), part);
    assert.ok(commitments.length === 2 && path.length > 0);
    await visit.page.keyboard.press('Escape');
    await visit.page.waitForSelector('dialog', { hidden: true });
    assert.equal(await visit.page.evaluate(() => document.activeElement?.className), 'link');
  });
  await checks.check('an older file is told from a complete one: two records of theirs are missing', async () => {
    await recheck(visit, stage.file('older.json'));
    await visit.see(say('bills.missing', { n: 2 }));
  });
  await checks.check('an amount with one cent more is found, and what is behind it', async () => {
    await recheck(visit, stage.file('changed.json'));
    await visit.see(say('bills.faulty.advice'));
    await visit.page.click('.bills tr:has(.state.bad) button');
    await visit.page.waitForSelector('dialog');
    assert.ok((await visit.page.$eval('dialog', (one) => one.textContent ?? '')).includes(say('fault.wrong-amounts')));
    await visit.page.keyboard.press('Escape');
  });
  await checks.check('a file without bills proves nothing, and it says so', async () => {
    await recheck(visit, stage.file('no-bills.json'));
    await visit.see(say('bills.none'));
  });
  await checks.check('it has asked nobody else, and nothing complains', () => visit.end());
  site.close();
}

async function recheck(visit: Visit, path: string): Promise<void> {
  await visit.click(visit.words.say('bills.change'));
  await visit.choose(visit.words.say('bills.drop'), path);
  await visit.see(visit.words.say('bills.unchecked'));
  await visit.click(visit.words.say('bills.check'));
}

/** The archive is served along, and the page may talk to its host alone. */
async function byArchive(checks: Checks, browser: Browser, stage: Stage): Promise<void> {
  const site = await serveOffline(stage);
  const visit = await Visit.open(browser, site.url, { allowed: [site.origin], language: 'de', dark: true });
  const say = visit.words.say.bind(visit.words);
  await checks.check('right bills are found right, by the word of the archive', async () => {
    await visit.see(say('source.archive.hint'));
    await visit.choose(say('bills.drop'), stage.file('receipts.json'));
    await visit.see(say('bills.unchecked'));
    await visit.click(say('bills.check'));
    await visit.see(say('bills.complete'));
    await visit.see(say('word.archive', { file: 'ledger.archive' }));
  });
  await checks.check('its endpoint can not be chosen', async () => {
    await visit.click(say('bills.change'));
    const radio = await visit.field(say('source.endpoint'));
    assert.equal(await radio.evaluate((input) => input.disabled), true);
  });
  await checks.check('it has asked nobody but its host', () => visit.end());
  site.close();
}

/** A host of plain files, which is gone when the check begins. */
async function withServerGone(checks: Checks, browser: Browser, stage: Stage): Promise<void> {
  const site = await servePlain();
  const visit = await Visit.open(browser, site.url, { allowed: [site.origin] });
  const say = visit.words.say.bind(visit.words);
  await checks.check('an archive that the patient drops is enough, even with the host gone', async () => {
    await visit.choose(say('bills.drop'), stage.file('changed.json'));
    await visit.see(say('bills.unchecked'));
    site.close();
    await visit.click(say('source.archive'));
    await visit.choose(say('source.archive.label'), stage.file('ledger.archive'));
    await visit.click(say('bills.check'));
    await visit.see(say('place.the.archive'));
    await visit.see(say('bills.faulty.advice'));
  });
  await checks.check('from then on the browser lets the page ask nobody', async () => {
    const asked = await visit.page.evaluate(
      (endpoint) =>
        fetch(endpoint, { method: 'POST', body: '{}' }).then(
          () => 'answered',
          () => 'blocked',
        ),
      stage.chain.node.url,
    );
    await visit.page.waitForFunction(() => (window as unknown as { breaches: string[] }).breaches.length > 0);
    assert.equal(asked, 'blocked');
  });
  await checks.check('it has asked nobody but its host', () =>
    visit.end({
      expected: /Content.Security.Policy|violates|Refused to connect/i,
      breached: [`connect-src ${stage.chain.node.url}/`],
    }),
  );
}

/** Minor units with two decimals, as decimal text. */
export const hundredths = (value: bigint): string => {
  const text = (value < 0n ? -value : value).toString().padStart(3, '0');
  return `${value < 0n ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`;
};
