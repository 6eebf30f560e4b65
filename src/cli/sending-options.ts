// The options of commands that send much: threads, and how transactions are priced and followed.
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SiteOptions } from '../parties/site.ts';
import { integer } from './options.ts';

export interface SendingFlags {
  threads: number;
  maxFee?: number;
  confirmations: number | 'finalized';
  window: number;
}

const GWEI = 1_000_000_000n;

export function sendingOptions(command: Command): Command {
  return command
    .addOption(threadsOption())
    .option('--max-fee <gwei>', 'most to offer for a unit of gas, in gwei', integer(1, 1_000_000), 500)
    .addOption(
      new Option('--confirmations <blocks>', "blocks until a transaction counts as settled, or 'finalized'")
        .default(1)
        .argParser(confirmations),
    )
    .option('--window <count>', 'transactions that no block has taken yet, at most', integer(1, 1000), 8);
}

/** One thread fewer than there are cores: the main one reads, signs and sends. */
export const threadsOption = () =>
  new Option('--threads <count>', 'worker threads for dealing; 0 for none')
    .default(availableParallelism() - 1, `${availableParallelism() - 1}: one fewer than there are cores`)
    .argParser(integer(0, 256));

export const sendingOf = (flags: SendingFlags): Pick<SiteOptions, 'threads' | 'sending'> => ({
  threads: flags.threads,
  sending: {
    confirmations: flags.confirmations,
    window: flags.window,
    ...(flags.maxFee !== undefined && { maxFeePerGas: BigInt(flags.maxFee) * GWEI }),
  },
});

function confirmations(text: string): number | 'finalized' {
  if (text === 'finalized') return text;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a number of blocks from 1, or 'finalized'.");
}
