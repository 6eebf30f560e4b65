// The proof of a sum by clicks, right and wrong, and the ledger view, by endpoint and by archive.
import { strict as assert } from 'node:assert';
import { hundredths } from './bills-story.ts';
import type { StartedBrowser } from './browsers.ts';
import type { Checks } from './checks.ts';
import { serveOffline, serveWithNetwork } from './site.ts';
import type { Stage } from './stage.ts';
import { Visit } from './visit.ts';

export async function sumStory(checks: Checks, { browser }: StartedBrowser, stage: Stage): Promise<void> {
  for (const source of ['endpoint', 'archive'] as const) {
    const within = checks.within(`by ${source}`);
    const site = source === 'endpoint' ? await serveWithNetwork(stage) : await serveOffline(stage);
    const allowed = [site.origin, ...(source === 'endpoint' ? [stage.chain.node.url] : [])];
    const visit = await Visit.open(browser, site.url, { allowed });
    await sums(within, visit, stage);
    await ledgers(within, visit, stage, source);
    await within.check('it has asked nobody else, and nothing complains', () => visit.end());
    site.close();
  }
}

async function sums(checks: Checks, visit: Visit, stage: Stage): Promise<void> {
  const say = visit.words.say.bind(visit.words);
  await checks.check('a right proof is right, with its sum and the number of records', async () => {
    await visit.goTo('sum');
    await visit.choose(say('sum.drop'), stage.file('proof.json'));
    await visit.click(say('sum.check'));
    const text = await visit.see(say('sum.about'));
    for (const sum of stage.provenSums) assert.ok(text.includes(visit.words.format.decimal(hundredths(sum))), text);
    assert.ok(text.includes(`Right: the sum of ${stage.receipts.records.length} records`), text);
  });
  await checks.check('a proof with another sum is wrong', async () => {
    await visit.choose(say('sum.drop'), stage.file('wrong-proof.json'));
    await visit.click(say('sum.check'));
    const text = await visit.see(say('sum.wrong'));
    assert.ok(!text.includes(say('sum.about')));
  });
  await checks.check('a receipts file is no proof, and it says so', async () => {
    await visit.choose(say('sum.drop'), stage.file('receipts.json'));
    await visit.click(say('sum.check'));
    await visit.see(say('error.INVALID_ENCODING'));
  });
}

async function ledgers(checks: Checks, visit: Visit, stage: Stage, source: 'endpoint' | 'archive'): Promise<void> {
  const say = visit.words.say.bind(visit.words);
  await checks.check('the ledger view has the ledger, its batches and its query with answers by seat', async () => {
    await visit.goTo('ledger');
    await visit.click(say('ledger.read'));
    const text = await visit.see(say('ledger.figures'));
    assert.ok(text.includes(say('ledger.terms', { n: 3, threshold: 2, records: 3 })), text);
    assert.ok(text.includes(source === 'endpoint' ? say('plot.by.time') : say('plot.by.block')));
    const answers = await visit.page.$$eval('section[aria-labelledby=queries-title] td', (cells) =>
      cells.map(({ textContent }) => textContent),
    );
    for (const seat of [1, 2]) assert.ok(answers.some((cell) => cell.includes(`seat ${seat}`)));
    const rows = await visit.page.$$eval('section[aria-labelledby=servers-title] tbody tr', (list) => list.length);
    assert.equal(rows, stage.cast.servers.length);
  });
  await checks.check('gas and fees are there where receipts of transactions can be read', async () => {
    const figures = await visit.page.$eval('.figures', (list) => list.textContent ?? '');
    assert.equal(figures.includes(say('ledger.gas')), source === 'endpoint');
  });
}
