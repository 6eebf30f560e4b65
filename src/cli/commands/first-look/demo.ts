// mistore demo: the whole story on an embedded chain of its own.
import { rmSync } from 'node:fs';
import { mkdtemp, open, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Option } from 'commander';
import { MIStoreError } from '../../../errors.ts';
import { PRESETS, presetProfile } from '../../../records/profile-presets.ts';
import { defineCommand } from '../../command.ts';
import { chosenEngine } from '../../engine.ts';
import { integer } from '../../options.ts';
import type { Output } from '../../output.ts';
import { onInterrupt } from '../../signals.ts';

interface DemoFlags {
  csv?: string;
  preset: string;
  threshold: number;
  servers: number;
  rows: number;
}

export const demo = defineCommand({
  examples: [
    'mistore demo',
    'mistore demo --csv encounters.csv --preset synthea-encounters --threshold 2 --servers 3 --json',
  ],
  configure: (command) =>
    command
      .option('--csv <file>', 'a CSV of yours; a made-up sample if not given')
      .addOption(
        new Option('--preset <name>', 'how the CSV is read')
          .choices(Object.keys(PRESETS))
          .default('synthea-encounters'),
      )
      .option('--threshold <t>', 'how many servers it takes to answer', integer(1, 255), 3)
      .option('--servers <n>', 'how many servers there are', integer(1, 255), 5)
      .option('--rows <count>', 'rows of the made-up sample', integer(1, 1e6), 2000),
  run: runDemo,
});

async function runDemo(output: Output, { csv, preset, threshold, servers, rows }: DemoFlags): Promise<object> {
  const { tellStory } = await import('../../../demo/story.ts');
  if (threshold > servers) {
    throw new MIStoreError(
      'INVALID_THRESHOLD',
      `--threshold ${threshold} with --servers ${servers}; it must be 1 ≤ threshold ≤ servers ≤ 255`,
    );
  }
  if (csv !== undefined && !(await stat(csv)).isFile()) {
    throw new MIStoreError('NOT_A_FILE', `${csv} must be a file: the demonstration reads the CSV more than once`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'mistore-'));
  const clear = () => rmSync(folder, { recursive: true, force: true });
  const interruptible = onInterrupt(clear);
  const started = performance.now();
  try {
    const file = csv ?? (await writeSample(join(folder, 'encounters.csv'), rows));
    if (csv === undefined) output.print(`Made up ${rows} encounters in Synthea's CSV format.`);
    const story = await tellStory({
      engine: await chosenEngine(),
      csv: file,
      rejectedFile: join(folder, 'rejected.csv'),
      profile: presetProfile(preset),
      threshold,
      servers,
      say: (text) => output.print(text),
      progress: (...bar) => output.progress(...bar),
    });
    const { sums, expected, exact } = story.query;
    output.table(
      ['lane', { head: 'sum from chain and servers', amount: true }, { head: 'sum from the CSV', amount: true }],
      Object.keys(expected).map((lane) => [lane, sums[lane]!, expected[lane]!]),
    );
    output.print(exact ? 'The insurer has the exact sum, and nobody else learnt it.' : 'THE SUMS DIFFER.');
    output.print(
      `Gas: ${story.gas.perRecord} a record, ${story.gas.query} the query, ${story.gas.answer} an answer. ${((performance.now() - started) / 1000).toFixed(1)} s.`,
    );
    if (!exact) process.exitCode = 1;
    return story;
  } finally {
    interruptible();
    clear();
  }
}

async function writeSample(file: string, rows: number): Promise<string> {
  const { sampleEncounters } = await import('../../../demo/sample.ts');
  const handle = await open(file, 'w');
  try {
    for (const piece of sampleEncounters({ rows, patients: 100, seed: 'demo' })) await handle.appendFile(piece);
  } finally {
    await handle.close();
  }
  return file;
}
