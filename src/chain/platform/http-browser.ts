// One POST to an endpoint from a browser, in place of http.ts: by fetch. Sends no cookies and no referrer, follows no
// redirection: the endpoint that the person named is asked, and no other.
import { ConnectionError } from '../errors.ts';
import { type HttpReply, MAX_REPLY_BYTES, retryAfter } from './http-reply.ts';

const INIT = {
  method: 'POST',
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
  redirect: 'error',
  cache: 'no-store',
} as const satisfies RequestInit;

export class HttpEndpoint {
  readonly #url: string;
  readonly #timeout: number;

  /** `timeout`: milliseconds for a whole request. */
  constructor(url: string, timeout: number) {
    this.#url = url;
    this.#timeout = timeout;
  }

  /** Throws ConnectionError where nothing usable comes back. Any status is a reply. */
  async post(text: string): Promise<HttpReply> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), this.#timeout);
    try {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(this.#url, { ...INIT, headers, body: text, signal: abort.signal });
      const received = await readBody(response);
      if (received !== null) {
        return { status: response.status, text: received, retryAfter: retryAfter(response.headers.get('retry-after')) };
      }
      abort.abort();
    } catch {
      // A browser does not say more of a failed request, so that pages cannot explore networks.
      const refused = 'nothing answers there, or the endpoint does not allow this page to ask it (CORS)';
      const reason = abort.signal.aborted ? `nothing within ${this.#timeout} ms` : refused;
      throw new ConnectionError(this.#url, reason, { passing: true });
    } finally {
      clearTimeout(timer);
    }
    throw new ConnectionError(this.#url, `its reply is larger than ${MAX_REPLY_BYTES} bytes`);
  }
}

/** Null where it is too large; the rest is not read. */
async function readBody(response: Response): Promise<string | null> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let text = '';
  let size = 0;
  for (;;) {
    const chunk = await reader?.read();
    if (chunk === undefined || chunk.done) return text + decoder.decode();
    size += chunk.value.length;
    if (size > MAX_REPLY_BYTES) return null;
    text += decoder.decode(chunk.value, { stream: true });
  }
}
