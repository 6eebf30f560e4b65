// Consents by clicks: what is chosen and said before, signed by keystore and by wallets, taken by the library, and revoked.
import { strict as assert } from 'node:assert';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSignedConsent, type SignedConsent } from '../../../src/records/consent-file.ts';
import { cents } from '../../support/sample.ts';
import { hundredths } from './bills-story.ts';
import type { StartedBrowser } from './browsers.ts';
import type { Checks } from './checks.ts';
import { serveWithNetwork } from './site.ts';
import { PASSWORD, type Stage } from './stage.ts';
import { Visit } from './visit.ts';
import { injectWallet, walletScript } from './wallet.ts';

/** In a hundred days, on this machine, whose time zone is the browser's: its last second, and as a field of dates has it. */
const LAST = new Date(new Date().setHours(23, 59, 59, 0) + 100 * 86_400_000);
const UNTIL = [LAST.getFullYear(), LAST.getMonth() + 1, LAST.getDate()]
  .map((part) => String(part).padStart(2, '0'))
  .join('-');

export async function consentStory(checks: Checks, browser: StartedBrowser, stage: Stage): Promise<void> {
  await byKeystore(checks.within('consent by keystore'), browser, stage);
  await byWallet(checks.within('consent by wallet'), browser, stage);
}

async function byKeystore(checks: Checks, started: StartedBrowser, stage: Stage): Promise<void> {
  const site = await serveWithNetwork(stage);
  const visit = await Visit.open(started.browser, site.url, { allowed: [site.origin, stage.chain.node.url] });
  const { words } = visit;
  const say = words.say.bind(words);
  const { category, own } = largestCategory(stage);
  await checks.check('it asks for checked bills first', async () => {
    await visit.goTo('consent');
    await visit.see(say('consent.open.first'));
    await openChecked(visit, stage);
  });
  await checks.check('too few records are refused before anything is signed', async () => {
    await visit.page.click('.scroller tbody input');
    await visit.see(say('obstacle.too-few-records', { n: 3, records: 1 }));
    await visit.click(say('consent.tick.none'));
  });
  await checks.check('a category is chosen at once, and the sentence has sum, number, insurer and day', async () => {
    await (await visit.page.$('.filters:has(~ .row) select'))!.select(category);
    await visit.click(say('consent.tick.all', { n: own.length }));
    await visit.type(say('consent.insurer'), 'acme');
    await visit.setDate(say('consent.until'), UNTIL);
    const sums = [0, 1].map((lane) => own.reduce((sum, { amounts }) => sum + cents(amounts[lane]!), 0n));
    for (const sum of sums) await visit.see(`${words.format.decimal(hundredths(sum))} USD`);
    await visit.see('You agree that acme learns the sums');
    await visit.see(`of ${own.length} records, until ${words.format.longDay(deadline())}.`);
  });
  await checks.check('what is missing for signing is said: no insurer, no password', async () => {
    await visit.type(say('consent.insurer'), 'nobody');
    await visit.choose(say('sign.keystore.drop'), stage.file('keystore.json'));
    await visit.click(say('consent.sign'));
    await visit.see(say('sign.password.missing'));
    await visit.type(say('sign.password'), PASSWORD);
    await visit.click(say('consent.sign'));
    await visit.see(say('consent.insurer.wrong'));
    await visit.type(say('consent.insurer'), 'acme');
  });
  await checks.check('a wrong password and a keystore of another account are told in words', async () => {
    await visit.type(say('sign.password'), 'wrong');
    await visit.click(say('consent.sign'));
    await visit.see(say('error.KEYSTORE'));
    await visit.choose(say('sign.keystore.drop'), stage.file('other-keystore.json'));
    await visit.type(say('sign.password'), PASSWORD);
    await visit.click(say('consent.sign'));
    await visit.see(say('error.NOT_YOUR_RECEIPTS'));
  });
  await checks.check('it is signed, downloaded, and the insurer can ask with it', async () => {
    await visit.choose(say('sign.keystore.drop'), stage.file('keystore.json'));
    await visit.type(say('sign.password'), PASSWORD);
    await visit.click(say('consent.sign'));
    await visit.see(say('consent.is.signed', { until: words.format.longDay(deadline()) }));
    const { consent } = await downloaded(visit, started);
    const { records } = await stage.insurer.query(consent);
    assert.equal(records, own.length);
    assert.equal(consent.consent.deadline, deadline());
  });
  await checks.check('then it is used, and can no longer be revoked', async () => {
    await visit.click(say('signed.look'));
    await visit.see(say('consent.is.used'));
    assert.ok(!(await visit.text()).includes(say('revoke.title')));
  });
  await checks.check('it has asked nobody else, and nothing complains', () => visit.end());
  site.close();
}

async function byWallet(checks: Checks, started: StartedBrowser, stage: Stage): Promise<void> {
  const site = await serveWithNetwork(stage);
  const announced = 'Test Wallet';
  const allowed = [site.origin, stage.chain.node.url];
  const visit = await Visit.open(started.browser, site.url, { allowed, before: walletScript(announced) });
  const wallet = await injectWallet(visit.page, stage.patientKey, stage.chain.node.url);
  const { words } = visit;
  const say = words.say.bind(words);
  await openChecked(visit, stage);
  await visit.click(say('consent.tick.all', { n: stage.receipts.records.length }));
  await visit.type(say('consent.insurer'), 'acme');
  await visit.setDate(say('consent.until'), UNTIL);
  await visit.click(say('sign.wallet'));
  await checks.check('refusal, another account: told in words, and nothing is signed', async () => {
    wallet.isRefusing = true;
    await visit.click(say('consent.sign'));
    await visit.see(say('error.WALLET_REFUSED'));
    wallet.isRefusing = false;
    wallet.account = `0x${'12'.repeat(20)}`;
    await visit.click(say('consent.sign'));
    await visit.see(say('error.WRONG_ACCOUNT', { account: wallet.address.toLowerCase() }));
    wallet.account = undefined;
  });
  let signed: { consent: SignedConsent; path: string } | undefined;
  await checks.check('a wallet on another chain is asked to change, and signs', async () => {
    wallet.chainId = '0x1';
    await visit.click(say('consent.sign'));
    await visit.see(say('consent.is.signed', { until: words.format.longDay(deadline()) }));
    assert.ok(wallet.calls.includes('wallet_switchEthereumChain'));
    signed = await downloaded(visit, started);
  });
  await checks.check('it says what revoking costs, and the wallet revokes it', async () => {
    await visit.click(say('revoke.title'));
    await visit.see(say('revoke.cost', { about: '', most: '', balance: '' }).slice(0, 8));
    await visit.click(say('sign.wallet'));
    await visit.click(say('revoke'));
    await visit.see(say('consent.is.revoked'));
    await assert.rejects(stage.insurer.query(signed!.consent), { code: 'CONSENT_IS_REVOKED' });
  });
  await checks.check('a consent from its file can be looked up and revoked with a keystore', async () => {
    await visit.click(say('signed.close'));
    await visit.choose(say('consent.file.drop'), signed!.path);
    await visit.see(say('consent.is.revoked'));
    await visit.click(say('signed.close'));
    await visit.click(say('consent.tick.all', { n: stage.receipts.records.length }));
    await visit.type(say('consent.insurer'), `0x${'34'.repeat(20)}`);
    await visit.choose(say('sign.keystore.drop'), stage.file('keystore.json'));
    await visit.type(say('sign.password'), PASSWORD);
    await visit.click(say('consent.sign'));
    await visit.click(say('revoke.title'));
    await visit.choose(say('sign.keystore.drop'), stage.file('keystore.json'));
    await visit.type(say('sign.password'), PASSWORD);
    await visit.click(say('revoke'));
    await visit.see(say('consent.is.revoked'));
  });
  await checks.check('it has asked nobody else, and nothing complains', () => visit.end());
  site.close();
}

async function openChecked(visit: Visit, stage: Stage): Promise<void> {
  const say = visit.words.say.bind(visit.words);
  if ((await visit.text()).includes(say('consent.title'))) await visit.goTo('bills');
  await visit.choose(say('bills.drop'), stage.file('receipts.json'));
  await visit.see(say('bills.unchecked'));
  await visit.click(say('bills.check'));
  await visit.see(say('bills.complete'));
  await visit.goTo('consent');
}

/** The consent that the browser downloads, and its file. */
async function downloaded(
  visit: Visit,
  { downloads }: StartedBrowser,
): Promise<{ consent: SignedConsent; path: string }> {
  const before = await readdir(downloads);
  await visit.click(visit.words.say('signed.download'));
  for (let i = 0; i < 100; i++) {
    const found = (await readdir(downloads)).filter((name) => !before.includes(name) && name.endsWith('.json'));
    const path = join(downloads, found[0] ?? '');
    const text = found[0] === undefined ? '' : await readFile(path, 'utf8');
    if (text.endsWith('}\n')) return { consent: parseSignedConsent(text), path };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing was downloaded: ${await readdir(downloads)}`);
}

function largestCategory({ receipts: { records, terms } }: Stage) {
  const lists = terms.categories.map((category) => ({
    category,
    own: records.filter((record) => record.category === category),
  }));
  return lists.sort((a, b) => b.own.length - a.own.length)[0]!;
}

const deadline = (): bigint => BigInt(new Date(LAST).setHours(23, 59, 59, 0) / 1000);
