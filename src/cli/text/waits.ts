// What the program waits for, in words, and how often that is said: once, and then after growing pauses.
import { gwei } from '../../chain/errors.ts';
import type { Wait } from '../../chain/waiting/wait.ts';
import { counted } from '../../counted.ts';
import { clock, durationInWords } from './times.ts';

/** Milliseconds from the first time that something is said to the second; doubled each time, up to the longest. */
const FIRST_PAUSE = 10_000;
const LONGEST_PAUSE = 10 * 60_000;
/** Milliseconds after which something that was not heard of is new. */
const FORGET = 60_000;

/** Decides when something that goes on is said again. */
export class Repetition {
  readonly #said = new Map<string, { saidAt: number; heardAt: number; pause: number }>();

  /** Whether to say it now. `subject`: what it is about, however its digits change. */
  isDue(subject: string, now = Date.now()): boolean {
    const known = this.#said.get(subject);
    if (known === undefined || now - known.heardAt > FORGET) {
      this.#said.set(subject, { saidAt: now, heardAt: now, pause: FIRST_PAUSE });
      return true;
    }
    known.heardAt = now;
    if (now - known.saidAt < known.pause) return false;
    known.saidAt = now;
    known.pause = Math.min(2 * known.pause, LONGEST_PAUSE);
    return true;
  }
}

/** What a wait is about: reports of the same one have the same. */
export const subjectOf = (wait: Wait): string => `${wait.kind} ${'host' in wait ? wait.host : ''}`;

/** One line: what is waited for, why, and what can be done. `now`: milliseconds since 1970. */
export function waitInWords(wait: Wait, now = Date.now()): string {
  const left = (until: number) => durationInWords((until - now) / 1000);
  const lasted = (since: number) => durationInWords((now - since) / 1000);
  switch (wait.kind) {
    case 'endpoint':
      return `No answer from ${wait.host} since ${clock(wait.since)} (${wait.reason}); trying again. --rpc names another endpoint.`;
    case 'answer':
      return `Waiting for ${wait.host} to answer ${wait.method}, for ${lasted(wait.since)} so far.`;
    case 'quiet':
      return `${wait.host} is asked too often and wants to be left alone: going on in ${left(wait.until)}. An endpoint with a higher limit would not wait (--rpc).`;
    case 'block':
      return `Waiting for ${wait.host}, which is at block ${wait.head} and has not reached block ${wait.block}.`;
    case 'fork':
      return `Waiting for ${wait.host} and its witnesses to agree on block ${wait.block}: a reorganisation, or one of them is wrong.`;
    case 'account':
      return `Waiting for ${counted(wait.transactions, 'earlier transaction')} of account ${wait.account} to be mined, for ${left(wait.until)} at most.`;
    case 'fee-cap':
      return `The base fee is ${gwei(wait.baseFee)}, above --max-fee, which is ${gwei(wait.cap)}: waiting for it to fall, for ${left(wait.until)} at most. To go on now, stop this and give a higher --max-fee.`;
    case 'refused':
      return `The node does not take the transaction for now (${wait.said}); trying again, for ${lasted(wait.since)} so far.`;
    case 'mining':
      return miningInWords(wait, left(wait.until));
    case 'settling':
      return settlingInWords(wait);
    case 'receipt':
      return `Waiting for the node to show which transaction of the account has nonce ${wait.nonce}, for ${lasted(wait.since)} so far.`;
    case 'node':
      return `Waiting for the embedded chain to start, for ${lasted(wait.since)} so far.`;
  }
}

function miningInWords({ transactions, nonce, offered, baseFee }: Wait & { kind: 'mining' }, left: string): string {
  const first =
    transactions === 1
      ? `the transaction with nonce ${nonce}`
      : `${transactions} transactions, the first with nonce ${nonce}`;
  return `Waiting for a block to take ${first}. It offers up to ${gwei(offered)}; the base fee is ${gwei(baseFee)}. Given up after ${left} without progress.`;
}

function settlingInWords({ block, missing, final, seconds }: Wait & { kind: 'settling' }): string {
  const about = seconds === undefined ? '' : `, about ${durationInWords(seconds)}`;
  return final
    ? `Waiting for block ${block}, which has the transaction, to become final: ${counted(missing, 'block')} to go${about}.`
    : `Block ${block} has the transaction. Waiting for ${counted(missing, 'more block')} after it${about} (--confirmations).`;
}
