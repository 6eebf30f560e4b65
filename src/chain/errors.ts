// Typed errors of the chain and its endpoints; the contract's own errors are in contract/errors.ts. An endpoint is named
// by its origin only, because the rest of an RPC URL is often an access key.
import type { Hex } from '../bytes.ts';
import { MIStoreError } from '../errors.ts';

/** Scheme, host and port of an endpoint, without user, path and query. */
function originOf(url: string): string {
  try {
    const { origin } = new URL(url);
    return origin === 'null' ? 'the endpoint' : origin;
  } catch {
    return 'the endpoint';
  }
}

/** Host of an endpoint, with its port where the URL has one: how people know it, without what may be a key. */
export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'the endpoint');

/** Whether a fault passes, and when. */
export interface Transience {
  /** Whether the same request may succeed later. */
  readonly passing: boolean;
  /** Whether it is certain that the request came too early, and not that it asked for too much. */
  readonly limitsRate: boolean;
  /** Milliseconds after which the endpoint wants to be asked again, if it says so. */
  readonly retryAfter: number | undefined;
}

/** No usable answer from the endpoint: refused, timed out, not JSON-RPC, rate-limited, or an HTTP status that is not 200. */
export class ConnectionError extends MIStoreError implements Transience {
  readonly passing: boolean;
  readonly limitsRate: boolean;
  readonly retryAfter: number | undefined;

  constructor(url: string, reason: string, { passing, limitsRate, retryAfter }: Partial<Transience> = {}) {
    const origin = originOf(url);
    super('CONNECTION_FAILED', `no answer from ${origin}: ${reason}${quietness(retryAfter)}`, { origin, reason });
    this.passing = passing ?? false;
    this.limitsRate = limitsRate ?? false;
    this.retryAfter = retryAfter;
  }
}

/** "Limit exceeded" of EIP-1474. Some nodes say it of too many calls, others of too many logs. */
const LIMIT_EXCEEDED = -32005;
const TOO_MANY_REQUESTS = 429;
const RATE_LIMIT = /rate.?limit|too many requests|per second|compute units|throughput|temporarily|try again/i;

/** The endpoint answered with a JSON-RPC error. */
export class RpcError extends MIStoreError implements Transience {
  readonly method: string;
  readonly rpcCode: number;
  /** The node's words, as one line. */
  readonly rpcMessage: string;
  /** As the node gave it. For a revert, the revert data is somewhere in it. */
  readonly data: unknown;
  readonly retryAfter: number | undefined;

  constructor(method: string, rpcCode: number, words: string, data?: unknown, retryAfter?: number) {
    const rpcMessage = inWords(words);
    const message = `the node refuses ${method}: ${rpcMessage} (${rpcCode})${quietness(retryAfter)}`;
    super('RPC_ERROR', message, { method, rpcCode, rpcMessage });
    this.method = method;
    this.rpcCode = rpcCode;
    this.rpcMessage = rpcMessage;
    this.data = data;
    this.retryAfter = retryAfter;
  }

  /** The revert data, 0x-hex of at least 4 bytes; null where there is none. Nodes give it in several shapes. */
  get revertData(): Hex | null {
    return revertDataIn(this.data);
  }

  get limitsRate(): boolean {
    return this.rpcCode === TOO_MANY_REQUESTS || this.retryAfter !== undefined;
  }

  get passing(): boolean {
    return this.limitsRate || this.rpcCode === LIMIT_EXCEEDED || RATE_LIMIT.test(this.rpcMessage);
  }
}

/** Levels of nesting at which nodes put revert data. */
const MAX_DEPTH = 8;
/** Characters of a text that is searched for revert data: the contract's longest error takes some 500. */
const MAX_LENGTH = 10_000;

/** Revert data in an error's `data`: hex, "Reverted 0x…", or an object that holds one of these. */
function revertDataIn(data: unknown, depth = 0): Hex | null {
  if (typeof data === 'string') {
    return (/0x(?:[0-9a-fA-F]{2}){4,}/.exec(data.slice(0, MAX_LENGTH))?.[0] as Hex | undefined) ?? null;
  }
  if (typeof data !== 'object' || data === null || depth === MAX_DEPTH) return null;
  for (const value of Object.values(data)) {
    const found = revertDataIn(value, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** The endpoint's result is not what the method returns. */
export class ReplyError extends MIStoreError {
  constructor(method: string, field: string, value: unknown, allowed: string) {
    const message = `the reply to ${method} is malformed: ${field} is ${shown(value)}; it must be ${allowed}`;
    super('INVALID_REPLY', message, { method, field });
  }
}

/** The endpoint does not say which block is final. */
export class NoFinalityError extends MIStoreError {
  constructor(said: string) {
    const message = `the endpoint does not say which block is final (${said}): count blocks instead (confirmations, --confirmations 64), or use another endpoint`;
    super('NO_FINALITY', message, { said });
  }
}

export class WrongChainError extends MIStoreError {
  constructor(actual: bigint, expected: bigint) {
    super('WRONG_CHAIN', `the endpoint serves chain ${actual}; it must be chain ${expected}`, { actual, expected });
  }
}

/** Another contract stands at the address than the one that was pinned. */
export class WrongCodeError extends MIStoreError {
  constructor(address: string, actual: string, expected: string) {
    const message = `the code at ${address} has the hash ${actual}; the pinned one is ${expected}: it is another contract, or the endpoint lies`;
    super('WRONG_CODE', message, { address, actual, expected });
  }
}

export class NoContractError extends MIStoreError {
  constructor(address: string, chainId: bigint) {
    const message = `there is no contract at ${address} on chain ${chainId}`;
    super('NO_CONTRACT', message, { address, chainId });
  }
}

/** The endpoint leaves out logs that must exist, or has pruned them (EIP-4444). */
export class IncompleteLogsError extends MIStoreError {
  constructor(message: string, details: Record<string, unknown>) {
    super('INCOMPLETE_LOGS', message, details);
  }
}

/** The embedded chain cannot be started. */
export class NodeError extends MIStoreError {
  constructor(message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super('NODE_FAILED', message, details, options);
  }
}

/** Wei as decimal ether, exact. */
export function ether(wei: bigint): string {
  const whole = wei / 10n ** 18n;
  const part = (wei % 10n ** 18n).toString().padStart(18, '0').replace(/0+$/, '');
  return part === '' ? `${whole}` : `${whole}.${part}`;
}

/** Wei a gas as decimal gwei, exact. */
export function gwei(wei: bigint): string {
  const part = `${wei % 10n ** 9n}`.padStart(9, '0').replace(/0+$/, '');
  return `${wei / 10n ** 9n}${part === '' ? '' : `.${part}`} gwei`;
}

const MAX_WORDS = 300;

/** Text of an endpoint for people: without tags and control characters, on one line, of bounded length. */
export function inWords(text: string): string {
  const plain = text.slice(0, 10 * MAX_WORDS).replace(/<(style|script|title)\b[^>]*>[^<]*<\/\1>|<[^<>]*>/gi, ' ');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = plain.replace(/[\s\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
  return line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS)}…` : line;
}

const quietness = (retryAfter: number | undefined): string =>
  retryAfter === undefined ? '' : `; it asks for ${Math.ceil(retryAfter / 1000)} s of quiet`;

/** A value of a reply, short. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return inWords(JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value));
}
