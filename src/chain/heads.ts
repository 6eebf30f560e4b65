// New heads of a chain, announced over a WebSocket (eth_subscribe): a reason to look at the chain now, and nothing more. What
// an announcement says is not read, so an endpoint that lies there gains nothing; one that is silent costs nothing but
// time. Connects again by itself, with growing pauses.
import type { WebSocket } from 'undici';
import { ConnectionError } from './errors.ts';

export interface HeadsOptions {
  /** A new head was announced. */
  onHead: () => void;
  /** Called when the subscription begins to work (null), and once when it does not, with the reason. */
  onState?: (fault: ConnectionError | null) => void;
}

/** Milliseconds before the second attempt to connect; doubled for each further one, up to the longest. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;
/** Milliseconds without an announcement after which the connection counts as dead. */
const LONGEST_SILENCE = 10 * 60_000;
/** Milliseconds between two announcements that are passed on. */
const SHORTEST_GAP = 100;
/** Characters of a message; a head has about 2,000. */
const MAX_MESSAGE = 100_000;

export class HeadSubscription {
  readonly #url: string;
  readonly #options: HeadsOptions;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pause = FIRST_PAUSE;
  #announcedAt = 0;
  /** An announcement that waits until the gap is over. */
  #held: NodeJS.Timeout | undefined;
  #works: boolean | undefined;
  #closed = false;

  /** Throws ConnectionError for a URL that does not begin with ws:// or wss://. */
  constructor(url: string, options: HeadsOptions) {
    const protocol = URL.canParse(url) ? new URL(url).protocol : '';
    if (!/^wss?:$/.test(protocol)) throw new ConnectionError(url, 'its URL must begin with ws:// or wss://');
    this.#url = url;
    this.#options = options;
    void this.#connect();
  }

  /** For good. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#held);
    this.#socket?.close();
  }

  async #connect(): Promise<void> {
    const undici = await import('undici');
    if (this.#closed) return;
    const socket = new undici.WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }));
    });
    socket.addEventListener('message', ({ data }) => this.#receive(socket, data));
    // A close follows an error, except where no connection was made.
    socket.addEventListener('error', () => this.#lost(socket, 'the connection failed'));
    socket.addEventListener('close', () => this.#lost(socket, 'the connection was closed'));
    this.#expect(socket);
  }

  #receive(socket: WebSocket, data: unknown): void {
    const message = typeof data === 'string' && data.length <= MAX_MESSAGE ? parse(data) : null;
    const fault = message === null ? 'it sends what is not JSON-RPC' : refusalIn(message);
    if (fault !== null) {
      this.#lost(socket, fault);
      return;
    }
    this.#expect(socket);
    this.#pause = FIRST_PAUSE;
    this.#changed(true);
    if (message?.method === 'eth_subscription') this.#announce();
  }

  /** Passes an announcement on, at the end of the gap if the last one was just now: the last of several must not be lost. */
  #announce(): void {
    if (this.#held !== undefined) return;
    const wait = Math.max(0, this.#announcedAt + SHORTEST_GAP - Date.now());
    this.#held = setTimeout(() => {
      this.#held = undefined;
      this.#announcedAt = Date.now();
      this.#options.onHead();
    }, wait);
  }

  /** Waits for the next message. */
  #expect(socket: WebSocket): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#lost(socket, `nothing within ${LONGEST_SILENCE / 60_000} minutes`),
      LONGEST_SILENCE,
    );
    this.#timer.unref();
  }

  #lost(socket: WebSocket, reason: string): void {
    if (this.#closed || socket !== this.#socket) return;
    this.#socket = undefined;
    socket.close();
    this.#changed(false, reason);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), this.#pause);
    this.#timer.unref();
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }

  #changed(works: boolean, reason = ''): void {
    if (works === this.#works) return;
    this.#works = works;
    this.#options.onState?.(works ? null : new ConnectionError(this.#url, reason));
  }
}

interface Message {
  id?: unknown;
  method?: unknown;
  result?: unknown;
}

const refusalIn = ({ id, result }: Message): string | null =>
  id === 1 && typeof result !== 'string' ? 'it does not take subscriptions to new heads' : null;

function parse(text: string): Message | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
