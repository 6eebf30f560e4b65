// npm run test:cluster -- [--json] [--quick] [--seed N]
// Seven servers in processes of their own at threshold 4, killed at random, with a liar, a complainer, an endpoint that stalls, a seat
// that changes hands and a record that becomes void. Three insurers ask 200 queries. Ends with 0 if every query ended as it must,
// no wrong answer was accepted, and the contract holds what it owes. Needs dist/, so `npm run build` first.
import { parseArgs } from 'node:util';
import { randomFrom } from '../support/endpoint/proxy.ts';
import { Ending } from './stage/ending.ts';
import { Stage } from './stage/stage.ts';
import { startStalling } from './stage/stalling.ts';
import { SEATS, tellStory } from './story.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
  },
});
const say = (text: string) => console.error(`${(performance.now() / 1000).toFixed(1).padStart(6)} s  ${text}`);
const ending = await Ending.prepare('mistore-cluster-');
const { folder } = ending;

try {
  say(`--seed ${values.seed}`);
  const stage = await Stage.set({ folder, threshold: 4, seats: SEATS, servers: SEATS + 1, insurers: 3 });
  ending.add(() => stage.chain.stop());
  const stalling = await startStalling(stage.chain.node.url);
  ending.add(() => stalling.stop());
  const { faults, ...report } = await tellStory(stage, {
    folder,
    stalling,
    queries: values.quick ? 40 : 200,
    kills: values.quick ? 4 : 20,
    random: randomFrom(Number(values.seed)),
    say,
  });
  for (const fault of faults) console.error(`FAILED: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
  if (values.json) console.log(JSON.stringify(report));
  else console.log(report);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await ending.end();
  process.exit(); // after a failure the kills would go on
}
