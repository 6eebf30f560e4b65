// JSON-RPC over HTTP: one call, one checked result or typed error. Faults that pass (dropped connections, rate limits,
// bodies cut short) are tried again after growing pauses, or after the time that the endpoint asks for; every method used
// here may safely be repeated. Not by a library's provider, which copies the 260 KB of a batch several times.
import type { Hex } from '../bytes.ts';
import type { MIStoreError } from '../errors.ts';
import { ConnectionError, hostOf, inWords, ReplyError, RpcError, type Transience } from './errors.ts';
import { HttpEndpoint } from './platform/http.ts';
import type { HttpReply } from './platform/http-reply.ts';
import { type Read, Reply } from './reply.ts';
import type { BlockTag } from './types.ts';
import { type OnWait, SILENT, telling, type Wait } from './waiting/wait.ts';

export interface RpcOptions {
  /** Milliseconds that one attempt may take; 30 s if not given. */
  timeout?: number;
  /** How often a passing fault is tried again; 6 times if not given (about 6 s of pauses). */
  retries?: number;
  /** Milliseconds that one call waits in all because the endpoint says for how long; 10 minutes if not given. */
  maxWait?: number;
  /** Told of waits at this endpoint, and of those of whoever sends or reads through it. */
  onWait?: OnWait;
}

const TOO_LARGE = 413;
const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;
/** Statuses below 500 of faults that pass: timeout, too early. */
const PASSING_STATUSES: readonly number[] = [408, 425];
/** Milliseconds before the second attempt; doubled for each further one. */
const FIRST_PAUSE = 100;
/** Milliseconds that an endpoint is left alone at least, if it asks for less. */
const SHORTEST_WAIT = 250;
/** Milliseconds that an answer may take before that is told: large ranges of logs take seconds. */
const SLOW = 3000;
/** Characters of a part of the URL that may be a key or a password. */
const SHORTEST_KEY = 6;

/** A connection to the JSON-RPC endpoint of an Ethereum node, whose replies are read strictly. */
export class Rpc {
  readonly url: string;
  /** Hosts of the witnesses that must agree with this endpoint: none here. */
  readonly witnesses: readonly string[] = [];
  readonly onWait: OnWait | undefined;
  readonly #endpoint: HttpEndpoint;
  readonly #retries: number;
  readonly #maxWait: number;
  #id = 0;
  /** Time (ms) until which the endpoint wants no call. */
  #quietUntil = 0;

  constructor(url: string, { timeout = 30_000, retries = 6, maxWait = 600_000, onWait }: RpcOptions = {}) {
    // The URL itself is not shown: it may hold an access key.
    const protocol = URL.canParse(url) ? new URL(url).protocol : '';
    if (protocol === 'ws:' || protocol === 'wss:') {
      const reason = "WebSocket endpoints are not supported: give the node's HTTP endpoint (http:// or https://)";
      throw new ConnectionError(url, reason);
    }
    if (!/^https?:$/.test(protocol)) throw new ConnectionError(url, 'its URL must begin with http:// or https://');
    this.url = url;
    this.#endpoint = new HttpEndpoint(url, timeout);
    this.#retries = retries;
    this.#maxWait = maxWait;
    this.onWait = onWait;
  }

  /** The result, unchecked: T is the caller's word. Nothing in src/ relies on it. */
  call<T = unknown>(method: string, params?: readonly unknown[]): Promise<T>;
  /**
   * The result as `read` reads it. Throws RpcError when the node refuses, ConnectionError when there is no usable answer,
   * ReplyError when the result is not what the method returns.
   */
  call<T>(method: string, params: readonly unknown[], read: Read<T>, retries?: number): Promise<T>;
  async call<T>(
    method: string,
    params: readonly unknown[] = [],
    read: Read<T | unknown> = ({ value }) => value,
    retries = this.#retries,
  ): Promise<T | unknown> {
    const since = Date.now();
    let reason: string | undefined;
    const wait = (): Wait | null => {
      const { host } = this;
      if (Date.now() < this.#quietUntil) return null; // Told there.
      if (reason !== undefined) return { kind: 'endpoint', host, reason, since };
      return Date.now() - since < SLOW ? null : { kind: 'answer', host, method, since };
    };
    const onFault = (error: unknown) => {
      reason = reasonOf(error);
    };
    return telling(this.onWait, wait, this.#repeat(method, params, read, retries, onFault));
  }

  /** Attempts until one succeeds, or a fault does not pass; each fault that is followed by another attempt is told. */
  async #repeat<T>(
    method: string,
    params: readonly unknown[],
    read: Read<T>,
    retries: number,
    onFault: (error: unknown) => void,
  ): Promise<T> {
    let waited = 0;
    for (let attempt = 0; ; ) {
      waited += await this.#quiet();
      try {
        return read(new Reply(method, await this.#attempt(method, params)));
      } catch (error) {
        const { passing, limitsRate, retryAfter } = transience(error);
        if (retryAfter !== undefined) {
          const wait = Math.max(retryAfter, SHORTEST_WAIT);
          if (waited + wait > this.#maxWait) throw error;
          this.#quietUntil = Math.max(this.#quietUntil, Date.now() + wait);
        } else {
          if (!passing || attempt >= (limitsRate ? this.#retries : retries)) throw error;
          onFault(error);
          await pause(FIRST_PAUSE * 2 ** attempt++ * (0.75 + Math.random() / 2));
        }
      }
    }
  }

  get host(): string {
    return hostOf(this.url);
  }

  /**
   * As call(), for what more than money or time depends on: where there are witnesses, all must give the same result. Of
   * a method that asks for the state as of a block, `block` is the last parameter.
   */
  agreed<T extends Hex | bigint>(
    method: string,
    params: readonly unknown[],
    read: Read<T>,
    block?: BlockTag,
  ): Promise<T> {
    return this.call(method, block === undefined ? params : [...params, block], read);
  }

  /** Waits until the endpoint wants calls again. Returns the milliseconds. */
  async #quiet(): Promise<number> {
    const wait = Math.max(0, this.#quietUntil - Date.now());
    if (wait === 0) return 0;
    const quiet = (): Wait => ({ kind: 'quiet', host: this.host, until: this.#quietUntil });
    await telling(this.onWait, quiet, pause(wait), wait < SILENT ? SILENT : 0);
    return wait;
  }

  async #attempt(method: string, params: readonly unknown[]): Promise<unknown> {
    const id = ++this.#id;
    const request = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const http = await this.#endpoint.post(request);
    const reply = parse(http.text);
    if (http.status !== TOO_MANY_REQUESTS && isObject(reply?.error)) {
      throw this.#rpcError(method, reply.error, http.retryAfter);
    }
    if (http.status !== 200) throw this.#statusError(http, reply, request.length);
    const passing = { passing: true };
    if (reply === null) throw new ConnectionError(this.url, 'the reply is not JSON-RPC, or cut short', passing);
    // Some gateways write the id as a string.
    if (reply.id !== id && reply.id !== `${id}`) {
      throw new ConnectionError(this.url, 'the reply belongs to another request', passing);
    }
    if (reply.result === undefined) throw new ConnectionError(this.url, 'the reply has no result', passing);
    return reply.result;
  }

  #rpcError(method: string, { code, message, data }: Members, retryAfter: number | undefined): RpcError {
    const number = typeof code === 'number' || typeof code === 'string' ? Number(code) : 0;
    const words = typeof message === 'string' ? this.#withoutKeys(message) : 'no reason given';
    return new RpcError(method, number, words, data, longest(retryAfter, backoff(data)));
  }

  #statusError({ status, text, retryAfter }: HttpReply, reply: Members | null, requestBytes: number): ConnectionError {
    const error = isObject(reply?.error) ? reply.error : {};
    const words = inWords(this.#withoutKeys(typeof error.message === 'string' ? error.message : text));
    const what = status === TOO_MANY_REQUESTS ? 'it is asked too often (HTTP status 429)' : `HTTP status ${status}`;
    const size = status === TOO_LARGE ? ` to a request of ${requestBytes} bytes` : '';
    const limitsRate = status === TOO_MANY_REQUESTS;
    return new ConnectionError(this.url, `${what}${size}${words === '' ? '' : `: ${words}`}`, {
      passing: status >= 500 || limitsRate || PASSING_STATUSES.includes(status),
      limitsRate,
      retryAfter: limitsRate || status === UNAVAILABLE ? longest(retryAfter, backoff(error.data)) : undefined,
    });
  }

  /** Endpoints quote what they were asked: the parts of a URL that may be keys are taken out. */
  #withoutKeys(words: string): string {
    const { pathname, search, username, password } = new URL(this.url);
    const parts = [...pathname.split('/'), ...search.split(/[?&=]/), username, password];
    const keys = parts.flatMap((part) => [part, decoded(part)]).filter((part) => part.length >= SHORTEST_KEY);
    return keys.reduce((text, key) => text.replaceAll(key, '…'), words);
  }
}

type Members = Record<string, unknown>;

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null;

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function parse(text: string): Members | null {
  try {
    const reply: unknown = JSON.parse(text);
    return isObject(reply) ? reply : null;
  } catch {
    return null;
  }
}

/** Milliseconds that an error's data asks for: backoff_seconds in it, or in its member `rate`. */
function backoff(data: unknown): number | undefined {
  if (!isObject(data)) return undefined;
  const seconds = data.backoff_seconds ?? (isObject(data.rate) ? data.rate.backoff_seconds : undefined);
  return typeof seconds === 'number' && seconds >= 0 ? 1000 * seconds : undefined;
}

const longest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);

function transience(error: unknown): Transience {
  if (error instanceof ConnectionError || error instanceof RpcError) return error;
  return { passing: error instanceof ReplyError, limitsRate: false, retryAfter: undefined };
}

/** In a few words. */
function reasonOf(error: unknown): string {
  if (error instanceof RpcError) return error.rpcMessage;
  const { details, message } = error as MIStoreError;
  return typeof details?.reason === 'string' ? details.reason : message;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A number as JSON-RPC writes it. */
export const quantity = (value: number | bigint): Hex => `0x${value.toString(16)}`;
