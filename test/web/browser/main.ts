// npm run test:web: the page by clicks in real browsers, Chromium and Firefox. Ends with 0 if all checks have passed, 1 if one has
// failed, 2 if there is no browser and so nothing was done.
import { accessStory } from './access-story.ts';
import { billsStory } from './bills-story.ts';
import { type FoundBrowser, findBrowsers, startBrowser } from './browsers.ts';
import { Checks } from './checks.ts';
import { consentStory } from './consent-story.ts';
import { faultStory } from './fault-story.ts';
import { setStage } from './stage.ts';
import { sumStory } from './sum-story.ts';

const STORIES = { bills: billsStory, consent: consentStory, sum: sumStory, faults: faultStory, access: accessStory };

const browsers = findBrowsers(process.env).filter(({ name }) => !process.env.ONLY || process.env.ONLY === name);
if (browsers.length === 0) {
  console.error('test:web did nothing: no Chromium, Chrome or Firefox found; set CHROME or FIREFOX to a binary');
  process.exitCode = 2;
} else process.exitCode = await run();

async function run(): Promise<number> {
  const checks = new Checks();
  // Beside each other, each on a stage of its own: they wait for their chains most of the time.
  await Promise.all(browsers.map((found) => play(found, checks.within(found.name))));
  const failed = checks.failed.length > 0 ? `, ${checks.failed.length} failed` : '';
  console.log(`${checks.passed} checks passed${failed}`);
  return checks.failed.length === 0 ? 0 : 1;
}

async function play(found: FoundBrowser, checks: Checks): Promise<void> {
  const stage = await setStage();
  const started = await startBrowser(found);
  try {
    console.log(`${await started.browser.version()}`);
    for (const [name, story] of Object.entries(STORIES)) {
      if (process.argv[2] && process.argv[2] !== name) continue;
      try {
        await story(checks, started, stage);
      } catch (error) {
        await checks.check(`${name}: the story runs to its end`, () => Promise.reject(error));
      }
    }
  } finally {
    await started.close();
    await stage.stop();
  }
}
