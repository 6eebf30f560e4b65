// npm run bench:start -- [--runs N] [--quick] [--json FILE]
// How long the program takes to start: of "--version", "--help" and each command's "--help" the median over some runs,
// beside that of "node -e 0" in the same run, which is Node's own part. The runs of all go round in turn, so that a busy
// moment of the machine falls on all alike. Needs dist/.
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { COMMANDS } from '../../src/cli/commands/list.ts';
import { machine } from '../machine.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '15' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const runs = values.quick ? 3 : Number(values.runs);
const NODE = 'node -e 0';

/** What is started, by its name in the report; arguments of node. */
const lines = new Map<string, string[]>([[NODE, ['-e', '0']]]);
for (const words of [
  ['--version'],
  ['--help'],
  ...[...COMMANDS.keys()].map((name) => [...name.split(' '), '--help']),
]) {
  lines.set(`mistore ${words.join(' ')}`, ['dist/cli.js', ...words]);
}

const times = new Map([...lines.keys()].map((name) => [name, [] as number[]]));
for (let round = 0; round <= runs; round++) {
  for (const [name, args] of lines) {
    const started = performance.now();
    execFileSync(process.execPath, args, { stdio: 'pipe' });
    if (round > 0) times.get(name)!.push(performance.now() - started); // The first reads the files from the disk.
  }
}

/** Milliseconds. */
const median = (all: number[]) => Math.round(all.sort((a, b) => a - b)[Math.floor(all.length / 2)]!);
const starts = [...times].map(([name, all]) => ({ name, milliseconds: median(all) }));
const node = starts[0]!.milliseconds;
const table = new Table({ head: ['', 'ms', `of "${NODE}"`], style: { head: [], border: [], compact: true } });
table.push(...starts.map(({ name, milliseconds }) => [name, milliseconds, (milliseconds / node).toFixed(2)]));
console.log(table.toString());
console.log(`Medians of ${runs} runs.`);
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ machine: machine(), runs, node, starts }, null, 2)}\n`);
}
