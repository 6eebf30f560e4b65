// npm run screens: pictures of each view in light and dark for docs/screens/, with the made-up data of the tests. As WebP, which Chromium
// writes small.
import { mkdir } from 'node:fs/promises';
import { findBrowsers, startBrowser } from './browsers.ts';
import { serveWithNetwork } from './site.ts';
import { setStage } from './stage.ts';
import { Visit } from './visit.ts';

const FOLDER = 'docs/screens';
const HEIGHT = 1000;

const found = findBrowsers(process.env).find(({ name }) => name === 'chrome');
if (found === undefined) {
  console.error('screens did nothing: no Chromium or Chrome found; set CHROME to its binary');
  process.exitCode = 2;
} else {
  await mkdir(FOLDER, { recursive: true });
  const stage = await setStage();
  const site = await serveWithNetwork(stage);
  const started = await startBrowser(found);
  for (const dark of [false, true]) {
    const allowed = [site.origin, stage.chain.node.url];
    const visit = await Visit.open(started.browser, site.url, { dark, allowed });
    await visit.page.setViewport({ width: 1100, height: HEIGHT });
    await pictures(visit, stage, dark ? 'dark' : 'light');
    await visit.end();
  }
  const phone = await Visit.open(started.browser, site.url, { allowed: [site.origin], language: 'de', width: 390 });
  await picture(phone, 'start-phone');
  await phone.page.close();
  await started.close();
  site.close();
  await stage.stop();
}

async function pictures(visit: Visit, stage: Awaited<ReturnType<typeof setStage>>, look: string): Promise<void> {
  const say = visit.words.say.bind(visit.words);
  await picture(visit, `start-${look}`);
  await visit.choose(say('bills.drop'), stage.file('older.json'));
  await visit.see(say('bills.unchecked'));
  await visit.click(say('bills.check'));
  await visit.see(say('bills.missing', { n: 2 }));
  await picture(visit, `bills-${look}`);
  await visit.page.click('.bills .bill-text button');
  await visit.page.waitForSelector('dialog .facts code');
  await picture(visit, `proof-${look}`);
  await visit.page.keyboard.press('Escape');
  await visit.goTo('consent');
  await visit.click(say('consent.tick.all', { n: stage.receipts.records.length - 2 }));
  await visit.type(say('consent.insurer'), 'acme');
  const review = await visit.find(say('consent.review'));
  await review.evaluate((heading) => heading.scrollIntoView({ block: 'center' }));
  await picture(visit, `consent-${look}`);
  await visit.goTo('sum');
  await visit.choose(say('sum.drop'), stage.file('proof.json'));
  await visit.click(say('sum.check'));
  await visit.see(say('sum.about'));
  await picture(visit, `sum-${look}`);
  await visit.goTo('ledger');
  await visit.click(say('ledger.read'));
  await visit.see(say('ledger.figures'));
  await picture(visit, `ledger-${look}`);
}

async function picture({ page }: Visit, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(() => {
    if (location.hash !== '#consent') scrollTo(0, 0);
    for (const animation of document.getAnimations()) animation.finish();
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await page.screenshot({ path: `${FOLDER}/${name}.webp`, type: 'webp', quality: 72 });
}
