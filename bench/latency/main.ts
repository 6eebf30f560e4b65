// npm run bench:latency -- [--queries N] [--quick] [--json FILE]
// From the block that seals a query to the sum that the insurer knows: five healthy servers in processes of their own, threshold 3, a
// block each second. The servers look at the chain at once when a block is announced (--websocket), and each second; so does the
// insurer. Half of the queries are asked one after another, half of them three at a time. Needs dist/.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Ending } from '../../test/cluster/stage/ending.ts';
import { programServer } from '../../test/cluster/stage/program-server.ts';
import type { ServerProcess } from '../../test/cluster/stage/server-process.ts';
import { Stage } from '../../test/cluster/stage/stage.ts';
import { until } from '../../test/cluster/stage/waiting.ts';
import { rowsOf, sampleCsv } from '../../test/support/sample.ts';
import { machine } from '../machine.ts';
import { Asking } from './asking.ts';
import { Blocks } from './blocks.ts';

const { values } = parseArgs({
  options: {
    queries: { type: 'string', default: '60' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const SEATS = 5;
const THRESHOLD = 3;
const AT_ONCE = 3;
const ROWS = 40;

const ending = await Ending.prepare('mistore-latency-');
const { folder } = ending;

try {
  const stage = await Stage.set({ folder, threshold: THRESHOLD, seats: SEATS, servers: SEATS, insurers: 3 });
  ending.add(() => stage.chain.stop());
  const announcing = stage.chain.node.url.replace('http', 'ws');
  const env = stage.environment();
  const more = ['--interval', '1', '--websocket', announcing, '--listen', '127.0.0.1:0'];
  const servers = stage.serverSeeds.map((_, s) => programServer(stage, { name: `server${s + 1}`, folder, env, more }));
  for (const server of servers) server.start();
  await until('all servers have joined', 120, () => stage.isActive());
  const rows = rowsOf(sampleCsv(ROWS, 'latency', 1));
  await stage.store(rows, 'a.csv');
  await until('all servers have checked', 60, () => servers.every((server) => server.logged('checked').length > 0));
  const blocks = await Blocks.follow(announcing);
  ending.add(() => blocks.close());

  const patient = rows[0]!.patient;
  const asking = new Asking(stage, blocks, patient, await stage.receipts(patient));
  const half = Math.ceil((values.quick ? 8 : Number(values.queries)) / 2);
  await asking.all(2, 1); // what is read once only is read
  const before = await work(servers);
  const alone = await asking.all(half, 1);
  const overlapping = await asking.all(half, AT_ONCE);
  const after = await work(servers);
  const preparing = await asking.preparing();
  const report = {
    ...spread([...alone, ...overlapping]),
    blockSeconds: 1,
    queries: 2 * half,
    threshold: THRESHOLD,
    servers: SEATS,
    alone: spread(alone),
    overlapping: { atOnce: AT_ONCE, ...spread(overlapping) },
    /** A server's own: to prepare an answer; processor time for each answer that was accepted, with following the chain. */
    server: {
      prepare: spread(preparing),
      cpuSecondsPerAnswer: rounded((after.cpu - before.cpu) / (after.answers - before.answers)),
    },
    machine: machine(),
  };
  console.log(`${2 * half} queries, (${THRESHOLD}, ${SEATS}), blocks of 1 s; seconds from a query's block to its sum:`);
  for (const [name, { p50, p99 }] of Object.entries({
    all: report,
    alone: report.alone,
    overlapping: report.overlapping,
  }))
    console.log(`  ${name.padEnd(12)} p50 ${p50.toFixed(2)}  p99 ${p99.toFixed(2)}`);
  const { prepare, cpuSecondsPerAnswer } = report.server;
  console.log(
    `A server prepares an answer in ${(1000 * prepare.p50).toFixed(0)} ms (p99 ${(1000 * prepare.p99).toFixed(0)} ms),`,
  );
  console.log(
    `and takes ${(1000 * cpuSecondsPerAnswer).toFixed(0)} ms of a processor for each, following the chain included.`,
  );
  if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, 1)}\n`);
} finally {
  await ending.end();
}

/** Processor time of all servers so far, in seconds, and how many of their answers were accepted, by their own metrics. */
async function work(servers: readonly ServerProcess[]): Promise<{ cpu: number; answers: number }> {
  const sum = { cpu: 0, answers: 0 };
  for (const server of servers) {
    const { listening } = server.logged('started').at(-1) as { listening: string };
    const text = await (await fetch(`http://${listening}/metrics`)).text();
    const metric = (name: string) => Number(text.match(new RegExp(`^${name} (\\S+)$`, 'm'))?.[1]);
    sum.cpu += metric('process_cpu_seconds_total');
    sum.answers += metric('mistore_server_answers_accepted_total');
  }
  return sum;
}

function spread(seconds: readonly number[]): { p50: number; p99: number } {
  const sorted = [...seconds].sort((a, b) => a - b);
  const rank = (part: number) => rounded(sorted[Math.ceil(part * sorted.length) - 1]!);
  return { p50: rank(0.5), p99: rank(0.99) };
}

function rounded(seconds: number): number {
  return Math.round(10_000 * seconds) / 10_000;
}
