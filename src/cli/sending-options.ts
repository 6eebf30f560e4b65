// The options of commands that send: what it may cost, for each of them, and for those that send much how transactions are
// followed.
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_MAX_FEE, DEFAULT_MAX_TIP, GWEI } from '../chain/sending/fees.ts';
import type { SiteOptions } from '../ledger/open-site.ts';
import { integer } from './options.ts';

type SenderFlags = NonNullable<SiteOptions['sending']>;

/** What feeOptions give. */
export interface FeeFlags {
  /** Wei a gas. */
  maxFee: bigint;
  maxTip: bigint;
  /** Wei. */
  maxTotal?: bigint;
}

/** What sendingOptions give. */
export interface SendingFlags extends FeeFlags {
  threads: number;
  confirmations: Pick<SenderFlags, 'confirmations' | 'unlessFinal'>;
  window: number;
}

const MAX_GWEI = 1_000_000n;
const ETHER = GWEI * GWEI;

/** Of every command that sends: caps on fee and tip, and a budget. */
export const feeOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--max-fee <gwei>', 'most to offer for a unit of gas, in gwei')
        .default(DEFAULT_MAX_FEE, `${DEFAULT_MAX_FEE / GWEI}`)
        .argParser(gwei),
    )
    .addOption(
      new Option('--max-tip <gwei>', 'most of that to offer as a tip, in gwei, whatever the endpoint suggests')
        .default(DEFAULT_MAX_TIP, `${DEFAULT_MAX_TIP / GWEI}`)
        .argParser(gwei),
    )
    .addOption(
      new Option(
        '--max-total <ether>',
        'most that all transactions of this run may take; no limit if not given',
      ).argParser(etherAmount()),
    );

/** Of commands that can say their cost and end there. */
export const dryRunOption = () => new Option('--dry-run', 'say what it would take, in gas and ether; send nothing');

/** Of commands that send much. */
export const sendingOptions = (command: Command): Command =>
  feeOptions(command.addOption(threadsOption()))
    .addOption(
      new Option(
        '--confirmations <blocks>',
        "blocks until a transaction counts as settled, or 'finalized', or 'finalized:64' for 64 blocks where the endpoint does not know finality",
      )
        .default({ confirmations: 1 }, '1')
        .argParser(confirmations),
    )
    .option('--window <count>', 'transactions that no block has taken yet, at most', integer(1, 1000), 8);

/** For openRole and createSender. */
export const feesOf = ({ maxFee, maxTip, maxTotal }: FeeFlags): SenderFlags => ({
  maxFeePerGas: maxFee,
  maxTipPerGas: maxTip,
  ...(maxTotal !== undefined && { maxTotal }),
});

/** One thread fewer than there are cores: the main one reads, signs and sends. */
export const threadsOption = () =>
  new Option('--threads <count>', 'worker threads for dealing; 0 for none')
    .default(availableParallelism() - 1, `${availableParallelism() - 1}: one fewer than there are cores`)
    .argParser(integer(0, 256));

/** For openRole. */
export const sendingOf = (flags: SendingFlags): Pick<SiteOptions, 'threads' | 'sending'> => ({
  threads: flags.threads,
  sending: { ...flags.confirmations, window: flags.window, ...feesOf(flags) },
});

function confirmations(text: string): SendingFlags['confirmations'] {
  if (text === 'finalized') return { confirmations: text };
  const [, final, blocks] = /^(finalized:)?([1-9]\d{0,5})$/.exec(text) ?? [];
  if (final !== undefined) return { confirmations: 'finalized', unlessFinal: Number(blocks) };
  if (blocks !== undefined) return { confirmations: Number(blocks) };
  throw new InvalidArgumentError("It must be a number of blocks from 1, 'finalized', or 'finalized:' and a number.");
}

/** Gwei in decimals as wei, exact. */
function gwei(text: string): bigint {
  const wei = decimal(text, 9);
  if (wei !== null && wei > 0n && wei <= MAX_GWEI * GWEI) return wei;
  throw new InvalidArgumentError(`It must be a number above 0 and up to ${MAX_GWEI}, with at most 9 decimals.`);
}

/** Ether in decimals as wei, exact, for commander; none where `allowsNone`. */
export const etherAmount =
  ({ allowsNone = false } = {}) =>
  (text: string): bigint => {
    const wei = decimal(text, 18);
    if (wei !== null && (wei > 0n || allowsNone) && wei <= MAX_GWEI * ETHER) return wei;
    const from = allowsNone ? 'from 0' : 'above 0 and';
    throw new InvalidArgumentError(`It must be a number ${from} up to ${MAX_GWEI}, with at most 18 decimals.`);
  };

/** `text` · 10^decimals; null where it is not such a number. */
function decimal(text: string, decimals: number): bigint | null {
  const [, whole, part = ''] = /^(\d{1,9})(?:\.(\d{1,18}))?$/.exec(text) ?? [];
  if (whole === undefined || part.length > decimals) return null;
  return BigInt(whole + part.padEnd(decimals, '0'));
}
