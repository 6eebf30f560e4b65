// mistore node: an embedded chain that runs until it is stopped.
import { once } from 'node:events';
import { startNode } from '../../../chain/embedded-node.ts';
import { checkRegular } from '../../../files/output-file.ts';
import { defineCommand } from '../../command.ts';
import { integer } from '../../options.ts';
import type { Output } from '../../output.ts';
import { stopSignal } from '../../signals.ts';
import { waitingOf } from '../../sites.ts';

interface NodeFlags {
  port: number;
  state?: string;
  blockTime?: number;
}

export const node = defineCommand({
  examples: ['mistore node', 'mistore node --port 9000 --state chain.json --block-time 12'],
  configure: (command) =>
    command
      .option('--port <number>', 'port on 127.0.0.1', integer(1, 65535), 8545)
      .option('--state <file>', 'read the chain from this file, and write it there at the end; else nothing is kept')
      .option(
        '--block-time <seconds>',
        'seconds from block to block; without it each transaction gets a block at once',
        integer(1, 3600),
      ),
  run: runNode,
});

/** Its object is printed when the chain is ready: whoever started it waits for that. */
async function runNode(output: Output, { port, state, blockTime }: NodeFlags): Promise<undefined> {
  if (state !== undefined) await checkRegular(state);
  // A second Ctrl-C must not end the program either: the chain's own listener would, and the state would not be written.
  const stop = stopSignal({ once: false });
  const { onWait } = waitingOf(output);
  const chain = await startNode({ port, ...(state && { state }), ...(blockTime && { blockTime }), onWait });
  output.print(`Chain ${chain.chainId} at ${chain.url}`);
  output.end({ url: chain.url, chainId: chain.chainId, ready: true });
  output.note(`Ctrl-C stops it. ${keeping(state)}`);
  if (!stop.aborted) await once(stop, 'abort');
  await chain.stop();
  output.note(state === undefined ? 'Stopped.' : `Stopped; the chain is kept in ${state}.`);
  return undefined;
}

const keeping = (state: string | undefined): string =>
  state === undefined
    ? 'Nothing is kept then: contract, ledgers and ether are gone. --state FILE keeps them.'
    : `The chain is kept in ${state}, which the next "mistore node --state" reads.`;
