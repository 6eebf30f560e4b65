// npm run test:people: all four roles from an empty folder, through the built program as processes, as people would type it;
// no hex is typed anywhere. Sums are compared with the hospital's CSV, read by another parser. Ends with "N checks passed", or with
// what failed and status 1, or 2 if there is no Chromium for the page. Needs dist/, so `npm run build` first.
import { Ending } from '../cluster/stage/ending.ts';
import { findBrowsers } from '../web/browser/browsers.ts';
import { Checks } from './checks.ts';
import { Stage, WalkEnds } from './stage.ts';
import { tellStory } from './story.ts';

const say = (line: string) => console.error(`${(performance.now() / 1000).toFixed(1).padStart(6)} s  ${line}`);
const chromium = findBrowsers(process.env).find(({ name }) => name === 'chrome')?.path;
if (chromium === undefined) {
  console.error('test:people did nothing: no Chromium or Chrome found; set CHROME to its binary');
  process.exit(2);
}
const ending = await Ending.prepare('mistore-people-');
const checks = new Checks(say);
const stage = new Stage(ending.folder, checks);
ending.add(() => stage.end());
try {
  await tellStory(stage, chromium, say);
  const hex = stage.typed.filter((word) => /0x|[0-9a-f]{16}/i.test(word));
  checks.equal('nobody typed hex', hex, []);
} catch (error) {
  checks.that(
    'the walk comes to its end',
    false,
    error instanceof WalkEnds ? error.message : String((error as Error).stack),
  );
} finally {
  await ending.end();
}
const { passed, failed } = checks;
console.log(failed.length === 0 ? `${passed} checks passed` : `${passed} checks passed, ${failed.length} FAILED`);
process.exit(failed.length === 0 ? 0 : 1);
