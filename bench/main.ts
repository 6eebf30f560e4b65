// npm run bench: times our engines and the peers on the same work, one subject after the other, in one process and
// (but for the subject threads) one thread. Ratios compare within a run; absolute times are this machine's.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createEngine } from '../src/engine/load.ts';
import { createReferenceEngine } from '../src/engine/reference/engine.ts';
import { unitsFrom } from './bound.ts';
import { commitment } from './cases/commitment.ts';
import { deals } from './cases/deal.ts';
import { decompression } from './cases/decompression.ts';
import { field } from './cases/field.ts';
import { inversion } from './cases/inversion.ts';
import { merkle } from './cases/merkle.ts';
import { msm } from './cases/msm.ts';
import { multiplication } from './cases/multiplication.ts';
import { reconstruct } from './cases/reconstruct.ts';
import { serverCheck } from './cases/server-check.ts';
import { threads } from './cases/threads.ts';
import { busyNote, machine } from './machine.ts';
import { compare, measure } from './measure.ts';
import { report, summary } from './report.ts';
import type { Result, Subject } from './subject.ts';
import { tables } from './table.ts';
import { libraries, versions } from './versions.ts';

/** What the others are counted in. */
const UNITS: readonly Subject[] = [field, inversion];
const SUBJECTS: readonly Subject[] = [
  ...UNITS,
  commitment,
  decompression,
  multiplication,
  msm,
  ...deals,
  reconstruct,
  serverCheck,
  merkle,
  threads,
];

const LEGEND = `spread: median absolute deviation. products: the time in products of our fastest Fp batch; own products: in those
of the same library. "products 62 %": what an operation's products in batches take of the time; "one point alone":
what those in no batch take; both counted (docs/engine.md, "What bounds them").
${libraries()}`;

const USAGE = `npm run bench -- [options]
  --quick          small sizes and few samples, for CI
  --subject NAME   only this subject, besides field and inversion, the units (may be repeated):
                   ${SUBJECTS.map(({ name }) => name).join(', ')}
  --json FILE      all results for a program
  --report FILE    one HTML page with plots
  --picture FILE   the summary of that page as an SVG`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    subject: { type: 'string', multiple: true },
    json: { type: 'string' },
    report: { type: 'string' },
    picture: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) console.log(USAGE);
else await main();

async function main(): Promise<void> {
  const unknown = options.subject?.find((name) => !SUBJECTS.some((subject) => subject.name === name));
  if (unknown !== undefined) throw new Error(`there is no subject ${unknown}\n${USAGE}`);
  const chosen = SUBJECTS.filter(
    ({ name }) => UNITS.some((unit) => unit.name === name) || (options.subject?.includes(name) ?? true),
  );
  const where = machine();
  console.log(`${where.processor}, ${where.cores} cores, ${where.system}, Node ${where.node}, one thread\n`);

  const setting = {
    engines: [await createEngine({ kind: 'relaxed' }), await createEngine({ kind: 'scalar' }), createReferenceEngine()],
    quick: options.quick,
  };
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  const results: Result[] = [];
  const progress = (text: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  };
  for (const subject of chosen) results.push(...(await measure(subject, setting, progress)));
  progress('');
  const [products, inversions] = UNITS.map(({ name }) => results.filter(({ subject }) => subject === name));
  compare(results, SUBJECTS, unitsFrom(products!, inversions!));

  console.log(tables(results, chosen));
  console.log(`\n${LEGEND}`);
  const { user, system } = process.cpuUsage(cpu); // microseconds
  const note = busyNote(performance.now() - from, (user + system) / 1000);
  if (note) console.log(`\n${note}`);
  if (options.json)
    writeFileSync(options.json, `${JSON.stringify({ machine: where, libraries: versions(), results }, null, 1)}\n`);
  if (options.report) writeFileSync(options.report, report(where, results, chosen));
  if (options.picture) writeFileSync(options.picture, summary(results, chosen));
}
