// JSON-RPC over HTTP: one call, one result or typed error. Faults that pass (dropped connections, rate limits, bodies
// cut short) are tried again after growing pauses; every method used here may safely be repeated. Written directly on
// node:http, because a library's provider copies the 260 KB of a batch several times.
import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Hex } from '../bytes.ts';
import { ConnectionError, RpcError } from './errors.ts';

export interface RpcOptions {
  /** Milliseconds that one attempt may take; 30 s if not given. */
  timeout?: number;
  /** How often a passing fault is tried again; 6 times if not given (about 6 s of pauses). */
  retries?: number;
}

const RATE_LIMIT = /rate.?limit|too many requests|per second|compute units|throughput|temporarily|try again/i;
/** 429, and "limit exceeded" of EIP-1474, which some nodes also say of too many logs. */
const RATE_LIMIT_CODES: readonly number[] = [429, -32005];
const FIRST_PAUSE = 100;

export class Rpc {
  readonly url: string;
  readonly #timeout: number;
  readonly #retries: number;
  readonly #agent: http.Agent;
  #id = 0;

  constructor(url: string, { timeout = 30_000, retries = 6 }: RpcOptions = {}) {
    // The URL itself is not shown: it may hold an access key.
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new ConnectionError(url, 'its URL must begin with http:// or https://');
    }
    this.url = url;
    this.#timeout = timeout;
    this.#retries = retries;
    this.#agent = new (url.startsWith('https:') ? https : http).Agent({ keepAlive: true });
  }

  /** Throws RpcError when the node refuses, ConnectionError when there is no usable answer. */
  async call<T>(method: string, params: readonly unknown[] = [], retries = this.#retries): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return (await this.#attempt(method, params)) as T;
      } catch (error) {
        if (attempt >= retries || !passes(error)) throw error;
      }
      await pause(FIRST_PAUSE * 2 ** attempt * (0.75 + Math.random() / 2));
    }
  }

  async #attempt(method: string, params: readonly unknown[]): Promise<unknown> {
    const id = ++this.#id;
    const { status, text } = await this.#post(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    if (status === 429) throw new ConnectionError(this.url, 'it is asked too often (HTTP status 429)');
    const reply = parse(text);
    if (reply?.error) {
      const { code, message, data } = reply.error;
      throw new RpcError(method, Number(code ?? 0), String(message ?? 'no reason given'), data);
    }
    if (status !== 200) throw new ConnectionError(this.url, `HTTP status ${status}`);
    if (reply === null) throw new ConnectionError(this.url, 'the reply is not JSON-RPC, or cut short');
    if (reply.id !== id) throw new ConnectionError(this.url, 'the reply belongs to another request');
    if (reply.result === undefined) throw new ConnectionError(this.url, 'the reply has no result');
    return reply.result;
  }

  /** By node:http rather than fetch, which takes more than twice the time for the 260 KB of a batch. */
  async #post(text: string): Promise<{ status: number; text: string }> {
    const body = Buffer.from(text);
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const { request } = this.url.startsWith('https:') ? https : http;
    let timer: NodeJS.Timeout | undefined;
    try {
      const call = request(this.url, { method: 'POST', headers, agent: this.#agent });
      timer = setTimeout(() => call.destroy(new Error(`nothing within ${this.#timeout} ms`)), this.#timeout);
      call.end(body);
      const [response] = (await once(call, 'response')) as [http.IncomingMessage];
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      return { status: response.statusCode!, text: Buffer.concat(chunks).toString() };
    } catch (error) {
      throw new ConnectionError(this.url, networkReason(error as NodeJS.ErrnoException));
    } finally {
      clearTimeout(timer);
    }
  }
}

interface Reply {
  id: unknown;
  result?: unknown;
  error?: { code?: unknown; message?: unknown; data?: unknown };
}

function parse(text: string): Reply | null {
  try {
    const reply: unknown = JSON.parse(text);
    return typeof reply === 'object' && reply !== null ? (reply as Reply) : null;
  } catch {
    return null;
  }
}

function passes(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof RpcError)) return false;
  return RATE_LIMIT_CODES.includes(error.rpcCode) || RATE_LIMIT.test(error.rpcMessage);
}

/** The cause in words; never the URL. */
function networkReason({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host is unknown';
  return code ?? message;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A number as JSON-RPC writes it. */
export const quantity = (value: number | bigint): Hex => `0x${value.toString(16)}`;
