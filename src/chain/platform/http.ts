// One POST to an endpoint: the status, the text of the reply, and how long the endpoint asks to be left alone. Replies are
// capped in size. Through a proxy where HTTPS_PROXY, HTTP_PROXY and NO_PROXY say so; never for this machine itself. In browsers
// http-browser.ts stands in for this file, with the same exports.
import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Dispatcher } from 'undici';
import { ConnectionError } from '../errors.ts';
import { type HttpReply, MAX_REPLY_BYTES, retryAfter } from './http-reply.ts';

type Headers = Record<string, string | string[] | undefined>;

/** The answer to one request, before its body is read. */
interface Incoming {
  status: number;
  headers: Headers;
  body: AsyncIterable<Uint8Array>;
}

export class HttpEndpoint {
  readonly #url: string;
  readonly #timeout: number;
  readonly #agent: http.Agent;
  readonly #proxied: boolean;
  #dispatcher: Dispatcher | undefined;

  /** `timeout`: milliseconds for a whole request. */
  constructor(url: string, timeout: number) {
    this.#url = url;
    this.#timeout = timeout;
    this.#agent = new (url.startsWith('https:') ? https : http).Agent({ keepAlive: true });
    this.#proxied = namesProxy(process.env) && !isLoopback(new URL(url).hostname);
  }

  /** Throws ConnectionError where nothing usable comes back. Any status is a reply. */
  async post(text: string): Promise<HttpReply> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), this.#timeout);
    try {
      const body = Buffer.from(text);
      const incoming = await (this.#proxied ? this.#viaProxy(body, abort.signal) : this.#direct(body, abort.signal));
      const received = await readBody(incoming.body);
      if (received === null) abort.abort();
      else return { status: incoming.status, text: received, retryAfter: retryAfter(incoming.headers['retry-after']) };
    } catch (error) {
      const reason = abort.signal.aborted ? `nothing within ${this.#timeout} ms` : reasonOf(error);
      throw new ConnectionError(this.#url, this.#proxied ? `${reason} (through a proxy)` : reason, { passing: true });
    } finally {
      clearTimeout(timer);
    }
    throw new ConnectionError(this.#url, `its reply is larger than ${MAX_REPLY_BYTES} bytes`);
  }

  /** By node:http rather than fetch, which takes more than twice the time for the 260 KB of a batch. */
  async #direct(body: Buffer, signal: AbortSignal): Promise<Incoming> {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const { request } = this.#url.startsWith('https:') ? https : http;
    const call = request(this.#url, { method: 'POST', headers, agent: this.#agent, signal });
    call.end(body);
    const [response] = (await once(call, 'response')) as [http.IncomingMessage];
    return { status: response.statusCode!, headers: response.headers, body: response };
  }

  /** undici knows the variables and their rules. It is loaded only here. */
  async #viaProxy(body: Buffer, signal: AbortSignal): Promise<Incoming> {
    const { EnvHttpProxyAgent, request } = await import('undici');
    // A tunnel for https only: many proxies allow none to other ports.
    this.#dispatcher ??= new EnvHttpProxyAgent({ proxyTunnel: false });
    const url = new URL(this.#url);
    const headers = { 'content-type': 'application/json', ...authorization(url) };
    Object.assign(url, { username: '', password: '' });
    const asked = request(url, { method: 'POST', headers, body, dispatcher: this.#dispatcher, signal });
    // undici goes on connecting to a proxy that closes its tunnels at once, whatever the signal says.
    const response = await Promise.race([asked, once(signal, 'abort').then(() => this.#closeDispatcher())]);
    return { status: response.statusCode, headers: response.headers, body: response.body };
  }

  async #closeDispatcher(): Promise<never> {
    void this.#dispatcher?.destroy();
    this.#dispatcher = undefined;
    throw new Error('aborted');
  }
}

/** Null where it is too large; the rest is not read. */
async function readBody(body: AsyncIterable<Uint8Array>): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_REPLY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function namesProxy(environment: NodeJS.ProcessEnv): boolean {
  return ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].some((name) => environment[name]);
}

/** As Go's and Python's clients have it: a proxy elsewhere cannot reach this machine's own node. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function authorization({ username, password }: URL): { authorization?: string } {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** The cause in words; never the URL. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'connection refused; is it running?';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host is unknown';
  return code ?? message;
}
