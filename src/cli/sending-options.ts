// The options of commands that send: the cap on fees, and for those that send much how transactions are followed.
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_MAX_FEE, GWEI } from '../chain/sending/fees.ts';
import type { SiteOptions } from '../ledger/site.ts';
import { integer } from './options.ts';

export interface FeeFlags {
  /** Wei a gas. */
  maxFee: bigint;
}

export interface SendingFlags extends FeeFlags {
  threads: number;
  confirmations: number | 'finalized';
  window: number;
}

export function sendingOptions(command: Command): Command {
  return command
    .addOption(threadsOption())
    .addOption(maxFeeOption())
    .addOption(
      new Option('--confirmations <blocks>', "blocks until a transaction counts as settled, or 'finalized'")
        .default(1)
        .argParser(confirmations),
    )
    .option('--window <count>', 'transactions that no block has taken yet, at most', integer(1, 1000), 8);
}

export const maxFeeOption = () =>
  new Option('--max-fee <gwei>', 'most to offer for a unit of gas, in gwei')
    .default(DEFAULT_MAX_FEE, `${DEFAULT_MAX_FEE / GWEI}`)
    .argParser(gwei);

/** For openRole. */
export const cappedBy = ({ maxFee }: FeeFlags): Pick<SiteOptions, 'sending'> => ({ sending: { maxFeePerGas: maxFee } });

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
    maxFeePerGas: flags.maxFee,
  },
});

function confirmations(text: string): number | 'finalized' {
  if (text === 'finalized') return text;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a number of blocks from 1, or 'finalized'.");
}

/** Gwei in decimals as wei, exact. */
function gwei(text: string): bigint {
  const [, whole = '', part = ''] = /^(\d{1,7})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  const wei = BigInt(whole) * GWEI + BigInt(part.padEnd(9, '0'));
  if (wei > 0n && wei <= 1_000_000n * GWEI) return wei;
  throw new InvalidArgumentError('It must be a number above 0 and up to 1000000, with at most 9 decimals.');
}
