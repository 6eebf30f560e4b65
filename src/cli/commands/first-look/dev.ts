// mistore dev: a development network for all roles in one folder, with its servers running, until it is stopped.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import { PRESETS } from '../../../records/profile-presets.ts';
import { defineCommand } from '../../command.ts';
import { integer } from '../../options.ts';
import type { Output } from '../../output.ts';
import { stopSignal } from '../../signals.ts';

interface DevFlags {
  dir?: string;
  servers?: number;
  threshold?: number;
  preset?: string;
  port?: number;
  blockTime?: number;
}

export const dev = defineCommand({
  examples: ['mistore dev', 'mistore dev --dir trial --servers 5 --threshold 3 --port 9000 --block-time 12'],
  configure: (command) =>
    command
      .addOption(
        new Option('--dir <folder>', 'where all of it is kept; made if it does not exist').default(
          undefined,
          'mistore-dev, or the working folder if it is such a folder itself',
        ),
      )
      .addOption(
        new Option('--servers <n>', 'how many servers there are').default(undefined, '3').argParser(integer(1, 255)),
      )
      .addOption(
        new Option('--threshold <t>', 'how many of them it takes to answer')
          .default(undefined, '2')
          .argParser(integer(1, 255)),
      )
      .addOption(
        new Option('--preset <name>', "how the ledger's rows are read")
          .choices(Object.keys(PRESETS))
          .default(undefined, 'synthea-encounters'),
      )
      .addOption(
        new Option('--port <number>', 'port on 127.0.0.1')
          .default(undefined, 'as before, at first 8545')
          .argParser(integer(1, 65535)),
      )
      .option(
        '--block-time <seconds>',
        'seconds from block to block; without it each transaction gets a block at once',
        integer(1, 3600),
      ),
  run: runDev,
});

/** Its object is printed when the network is ready: whoever started it waits for that. */
async function runDev(output: Output, options: DevFlags): Promise<undefined> {
  const { servers, threshold, preset, port, blockTime } = options;
  const { startDevNetwork } = await import('../../../dev/network.ts');
  const { chosenEngine } = await import('../../engine.ts');
  const { createLog } = await import('../../daemon/log.ts');
  const { PLAN_FILE } = await import('../../../dev/plan.ts');
  const { inWords, levelOf } = await import('../../daemon/words.ts');
  const { describe, naming, summary } = await import('../../dev/words.ts');
  // A second Ctrl-C must not end the program either: the chain's own listener would, and its state would not be written.
  const stop = stopSignal({ once: false });
  const log = createLog(output, 'text', 'info');
  const folder = options.dir ?? (existsSync(PLAN_FILE) ? '.' : 'mistore-dev');
  if (!existsSync(join(folder, PLAN_FILE))) output.note('Setting the network up: some seconds.');
  const network = await startDevNetwork({
    folder,
    plan: {
      ...(servers !== undefined && { servers }),
      ...(threshold !== undefined && { threshold }),
      ...(preset !== undefined && { preset }),
    },
    ...(port !== undefined && { port }),
    ...(blockTime !== undefined && { blockTime }),
    engine: await chosenEngine(),
    onUnsaved: ({ message }) => output.note(`The chain cannot be saved now: ${message}. It is tried again.`),
  });
  try {
    describe(output, folder, network);
    output.end(summary(folder, network));
    const named = await naming(folder);
    network.run((server, event) => levelOf(event) !== 'debug' && log.say(`${server}: ${inWords(event, named)}`));
    if (!stop.aborted) await once(stop, 'abort');
  } finally {
    output.note('Stopping.');
    await network.stop();
  }
  output.note(`Stopped. The same command goes on with the network in ${folder}.`);
  return undefined;
}
