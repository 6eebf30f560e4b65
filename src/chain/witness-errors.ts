// Errors of reading with witnesses. Endpoints are named by their hosts; what they said is public state of the chain.
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex, utf8 } from '../bytes.ts';
import { MIStoreError } from '../errors.ts';

/** What one endpoint said. */
export interface Statement {
  host: string;
  /** Its result, or that the call reverts with what data. */
  said: string;
}

/** The endpoint and its witnesses do not say the same, so at least one of them lies or is broken: nothing is believed. */
export class WitnessDisagreementError extends MIStoreError {
  /** `what`: what they were asked. */
  constructor(what: string, statements: readonly Statement[]) {
    const bySaid = new Map<string, string[]>();
    for (const { host, said } of statements) bySaid.set(said, [...(bySaid.get(said) ?? []), host]);
    const sides = [...bySaid].map(([said, hosts]) => ({ hosts, said: shortly(said) }));
    const words = sides.map(({ hosts, said }) => `${hosts.join(' and ')}: ${said}`).join('; ');
    super('WITNESS_DISAGREES', `the endpoints disagree about ${what}, so none is believed. ${words}`, { what, sides });
  }
}

/** An endpoint did not reach within a time what another one has. */
export class WitnessLagsError extends MIStoreError {
  /** `host` lags: its newest block is `head`. `other` has `block`. `patience`: milliseconds. */
  constructor(host: string, head: number, other: string, block: number, patience: number) {
    const message = `${host} is at block ${head} and has not reached block ${block}, which ${other} names, within ${patience / 1000} s: it lags, or the other one made that block up`;
    super('WITNESS_LAGS', message, { host, head, other, block, patience });
  }
}

/** Characters of a statement that is shown whole: a word of storage, or a number. */
const SHOWN = 80;

/** What was said, for people: whole if it is short, else the beginning, the length, and the beginning of its SHA-256. */
function shortly(said: string): string {
  if (said.length <= SHOWN) return said;
  return `${said.slice(0, SHOWN / 2)}… (${said.length} characters, SHA-256 ${toHex(sha256(utf8(said))).slice(0, 18)}…)`;
}
