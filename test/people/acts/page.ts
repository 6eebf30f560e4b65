// The patient's part again, by clicks on the page in Chromium: bills, a consent signed with the keystore, which the insurer asks
// with, and the proof of the sum.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type StartedBrowser, startBrowser } from '../../web/browser/browsers.ts';
import { Visit } from '../../web/browser/visit.ts';
import { type Bill, grouped, sumsOf } from '../bills.ts';
import type { Person, Stage } from '../stage.ts';

const UNTIL = '2027-05-03';

/** `chromium`: path of the browser. */
export async function byClicks(
  stage: Stage,
  { patient, acme, chromium }: { patient: Person; acme: Person; chromium: string },
  bills: readonly Bill[],
): Promise<void> {
  const url = await servePage(patient);
  const browser = await startBrowser({ name: 'chrome', path: chromium });
  try {
    const { endpoint } = JSON.parse(await patient.read('../mistore.json'));
    const visit = await Visit.open(browser.browser, url, { allowed: [new URL(url).origin, endpoint] });
    const see = async (text: string) => {
      const seen = await visit.see(text).then(() => '', String);
      stage.checks.that(`the page says "${text}"`, seen === '', seen);
    };
    await seeBills(visit, patient, bills, see);
    const [category, own] = largestCategory(bills);
    await agree(visit, patient, { category, own }, see);
    await writeFile(join(acme.folder, 'from-page.json'), await downloaded(visit, browser));
    const sums = Object.values(sumsOf(own)).map(grouped);
    await acme.does('query ask from-page.json --keystore insurer.json');
    await acme.does('sum open from-page.json --keystore insurer.json --wait --out page-sum.json', ...sums);
    await acme.gives(patient, 'page-sum.json');
    await visit.goTo('sum');
    await visit.choose(visit.words.say('sum.drop'), join(patient.folder, 'page-sum.json'));
    await visit.click(visit.words.say('sum.check'));
    await see(`Right: the sum of ${own.length} records`);
    for (const sum of sums) await see(sum);
    const faults = await visit.end().then(() => '', String);
    stage.checks.that(
      'the page asks nobody but itself and the endpoint, and complains of nothing',
      faults === '',
      faults,
    );
  } finally {
    await browser.close();
  }
}

async function servePage(patient: Person): Promise<string> {
  const running = await patient.starts('web', /Ctrl-C stops it/);
  return /The page is at (\S+)/.exec(running.stdout)![1]!;
}

type See = (text: string) => Promise<void>;

async function seeBills(visit: Visit, patient: Person, bills: readonly Bill[], see: See): Promise<void> {
  const say = visit.words.say.bind(visit.words);
  await visit.choose(say('bills.drop'), join(patient.folder, 'receipts.json'));
  await see(say('bills.unchecked'));
  await visit.click(say('bills.check'));
  await see(`${bills.length} bills, all as they are on the chain. None is missing in this file.`);
  for (const sum of Object.values(sumsOf(bills))) await see(grouped(sum));
}

async function agree(
  visit: Visit,
  patient: Person,
  { category, own }: { category: string; own: readonly Bill[] },
  see: See,
): Promise<void> {
  const say = visit.words.say.bind(visit.words);
  await visit.goTo('consent');
  await (await visit.page.$('.filters:has(~ .row) select'))!.select(category);
  await visit.click(say('consent.tick.all', { n: own.length }));
  await visit.type(say('consent.insurer'), 'acme');
  await visit.setDate(say('consent.until'), UNTIL);
  await see('You agree that acme learns the sums');
  await see(`of ${own.length} records, until May 3, 2027.`);
  for (const sum of Object.values(sumsOf(own))) await see(grouped(sum));
  await visit.choose(say('sign.keystore.drop'), join(patient.folder, 'patient.json'));
  await visit.type(say('sign.password'), (await patient.read('password')).trimEnd());
  await visit.click(say('consent.sign'));
  await visit.see(say('signed.download'));
}

/** The consent that the browser downloads. */
async function downloaded(visit: Visit, { downloads }: StartedBrowser): Promise<string> {
  await visit.click(visit.words.say('signed.download'));
  for (let i = 0; i < 100; i++) {
    const file = (await readdir(downloads)).find((name) => name.endsWith('.json'));
    const text = file === undefined ? '' : await readFile(join(downloads, file), 'utf8');
    if (text.endsWith('}\n')) return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the page downloads no consent');
}

function largestCategory(bills: readonly Bill[]): [string, Bill[]] {
  const own = (category: string) => bills.filter((bill) => bill.category === category);
  const categories = [...new Set(bills.map(({ category }) => category))];
  const largest = categories.reduce((most, next) => (own(next).length > own(most).length ? next : most));
  return [largest, own(largest)];
}
