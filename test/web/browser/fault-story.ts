// What goes wrong at people's hands and in the network, and the words that the page has for it: never a stack trace, never a page that
// stands still.
import { strict as assert } from 'node:assert';
import { startEndpoint } from '../../support/endpoint/proxy.ts';
import type { StartedBrowser } from './browsers.ts';
import type { Checks } from './checks.ts';
import { servePlain } from './site.ts';
import type { Stage } from './stage.ts';
import { Visit } from './visit.ts';

/** What a browser itself says of a connection that fails. */
const NO_CONNECTION =
  /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|Cross-Origin Request Blocked|NetworkError/;

export async function faultStory(checks: Checks, { browser }: StartedBrowser, stage: Stage): Promise<void> {
  await wrongFiles(checks.within('wrong files'), browser, stage);
  await wrongEndpoints(checks.within('wrong endpoints'), browser, stage);
  await otherEndpoint(checks.within('another endpoint'), browser, stage);
  await cancelling(checks.within('cancelling'), browser, stage);
}

type Browser = StartedBrowser['browser'];

async function wrongFiles(checks: Checks, browser: Browser, stage: Stage): Promise<void> {
  const site = await servePlain();
  const visit = await Visit.open(browser, site.url, { allowed: [site.origin] });
  const say = visit.words.say.bind(visit.words);
  for (const name of ['notes.txt', 'picture.png', 'proof.json', 'keystore.json'] as const) {
    await checks.check(`${name} is no receipts file`, async () => {
      await visit.choose(say('bills.drop'), stage.file(name));
      const text = await visit.see(say('error.INVALID_ENCODING'));
      assert.ok(!/\bat \w+ \(|TypeError|undefined/.test(text), text);
    });
  }
  await checks.check('a damaged archive is told as one', async () => {
    await visit.choose(say('bills.drop'), stage.file('receipts.json'));
    await visit.see(say('bills.unchecked'));
    await visit.click(say('source.archive'));
    await visit.click(say('bills.check'));
    await visit.see(say('source.archive.missing'));
    await visit.choose(say('source.archive.label'), stage.file('damaged.archive'));
    await visit.click(say('bills.check'));
    await visit.see(say('error.ARCHIVE'));
  });
  await checks.check('nothing complains', () => visit.end());
  site.close();
}

async function wrongEndpoints(checks: Checks, browser: Browser, stage: Stage): Promise<void> {
  const site = await servePlain();
  const attempt = async (endpoint: string, code: Parameters<Visit['words']['say']>[0], allowed: string[] = []) => {
    const visit = await Visit.open(browser, site.url, { allowed: [site.origin, ...allowed], expected: NO_CONNECTION });
    const say = visit.words.say.bind(visit.words);
    await visit.choose(say('bills.drop'), stage.file('receipts.json'));
    await visit.see(say('bills.unchecked'));
    await visit.type(say('source.url'), endpoint);
    await visit.click(say('bills.check'));
    await visit.see(say(code, { origin: endpoint }));
    await visit.end();
  };
  await checks.check('none is named', () => attempt(' ', 'source.url.missing'));
  await checks.check('it is no address', () => attempt('my node', 'source.url.wrong'));
  await checks.check('plain http to another computer', () => attempt('http://example.org', 'source.url.plain'));
  const down = await startEndpoint((_, forward) => forward(), stage.chain.node.url);
  await down.stop();
  await checks.check('one that is down', () => attempt(down.url, 'error.CONNECTION_FAILED', [down.url]));
  const other = await startEndpoint(
    (call, forward) => (call.method === 'eth_chainId' ? { result: '0x1' } : forward()),
    stage.chain.node.url,
  );
  await checks.check('one of another chain', () => attempt(other.url, 'error.WRONG_CHAIN', [other.url]));
  const empty = await startEndpoint(
    (call, forward) => (call.method === 'eth_getCode' ? { result: '0x' } : forward()),
    stage.chain.node.url,
  );
  await checks.check('one without the contract', () => attempt(empty.url, 'error.NO_CONTRACT', [empty.url]));
  await other.stop();
  await empty.stop();
  site.close();
}

/** A page that has been promised to one endpoint is loaded again for another, which it then has in its field. */
async function otherEndpoint(checks: Checks, browser: Browser, stage: Stage): Promise<void> {
  const site = await servePlain();
  const second = await startEndpoint((_, forward) => forward(), stage.chain.node.url);
  const allowed = [site.origin, stage.chain.node.url, second.url];
  const visit = await Visit.open(browser, site.url, { allowed });
  const say = visit.words.say.bind(visit.words);
  await checks.check('works after the page was loaded again, and the browser kept nothing', async () => {
    await visit.choose(say('bills.drop'), stage.file('receipts.json'));
    await visit.see(say('bills.unchecked'));
    await visit.type(say('source.url'), stage.chain.node.url);
    await visit.click(say('bills.check'));
    await visit.see(say('word.named'));
    await visit.click(say('bills.change'));
    await visit.type(say('source.url'), second.url);
    const loaded = visit.page.waitForNavigation();
    await visit.click(say('source.reload'));
    await loaded;
    const endpoint = await visit.field(say('source.url'));
    await visit.page.waitForFunction((input) => input.value !== '', {}, endpoint);
    assert.equal(await endpoint.evaluate((input) => input.value), second.url);
    assert.deepEqual(await kept(visit), { local: 0, session: 0, cookies: '' });
    await visit.choose(say('bills.drop'), stage.file('receipts.json'));
    await visit.see(say('bills.unchecked'));
    await visit.click(say('bills.check'));
    await visit.see(say('bills.complete'));
    assert.ok(second.calls.length > 0);
  });
  await checks.check('what the reader ticks is kept, and only that', async () => {
    await visit.click(say('foot.keep'), 'footer');
    await visit.page.waitForFunction(() => localStorage.length === 1);
    const text = await visit.page.evaluate(() => localStorage.getItem('mistore') ?? '');
    assert.deepEqual(JSON.parse(text), { language: 'en', theme: 'auto', endpoint: second.url });
    await visit.click(say('foot.keep'), 'footer');
    await visit.page.waitForFunction(() => localStorage.length === 0);
  });
  await checks.check('nothing complains', () => visit.end());
  await second.stop();
  site.close();
}

const kept = (visit: Visit) =>
  visit.page.evaluate(() => ({
    local: localStorage.length,
    session: sessionStorage.length,
    cookies: document.cookie,
  }));

/** An endpoint that is silent after a while. */
async function cancelling(checks: Checks, browser: Browser, stage: Stage): Promise<void> {
  const site = await servePlain();
  const slow = await startEndpoint(
    (call, forward) => (call.method === 'eth_getLogs' ? 'silence' : forward()),
    stage.chain.node.url,
  );
  const visit = await Visit.open(browser, site.url, { allowed: [site.origin, slow.url], expected: NO_CONNECTION });
  const say = visit.words.say.bind(visit.words);
  await checks.check('a check that takes long can be ended, and begun again', async () => {
    await visit.choose(say('bills.drop'), stage.file('receipts.json'));
    await visit.see(say('bills.unchecked'));
    await visit.type(say('source.url'), slow.url);
    await visit.click(say('bills.check'));
    await visit.page.waitForSelector('progress');
    await visit.click(say('cancel'));
    await visit.find(say('bills.check'));
    slow.answer = (_, forward) => forward();
    await visit.click(say('bills.check'));
    await visit.see(say('bills.complete'));
  });
  await checks.check('nothing complains', () => visit.end());
  await slow.stop();
  site.close();
}
