// What a server's daemon tells on this machine over HTTP: /healthz for whoever restarts it, /metrics for Prometheus. It takes no
// commands, and it listens on loopback addresses only.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MIStoreError } from '../../errors.ts';
import type { DaemonEvent } from '../../parties/server/daemon/daemon-events.ts';
import { Metrics } from './metrics.ts';

/** Where to listen. */
export interface ListenAddress {
  host: string;
  /** 0 for a free one. */
  port: number;
}

/** Milliseconds within which a round must have been done. */
const LEAST_LIMIT = 60_000;

export class Listener {
  readonly #metrics = new Metrics();
  readonly #server: Server;
  readonly #limit: number;
  readonly #startedAt = Date.now();
  #last: (DaemonEvent & { kind: 'round' }) | undefined;
  #lastAt: number | undefined;
  #fault: string | undefined;

  private constructor(interval: number) {
    this.#limit = Math.max(LEAST_LIMIT, 3 * interval);
    this.#server = createServer((request, response) => void this.#reply(request, response));
    this.#server.maxConnections = 64;
  }

  /** `interval`: milliseconds between rounds. Throws LISTEN where the address cannot be had. */
  static async open({ host, port }: ListenAddress, interval: number): Promise<Listener> {
    const listener = new Listener(interval);
    listener.#server.listen(port, host);
    try {
      await once(listener.#server, 'listening');
    } catch (cause) {
      const { code = '', message } = cause as NodeJS.ErrnoException;
      const why = code === 'EADDRINUSE' ? 'the port is in use' : message;
      throw new MIStoreError('LISTEN', `cannot listen on ${host}:${port}: ${why}`, { host, port }, { cause });
    }
    return listener;
  }

  /** "127.0.0.1:9090", as it is. */
  get address(): string {
    const { address, family, port } = this.#server.address() as AddressInfo;
    return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
  }

  add(event: DaemonEvent): void {
    this.#metrics.add(event);
    if (event.kind === 'away') this.#fault = event.error.message;
    if (event.kind !== 'round') return;
    this.#last = event;
    this.#lastAt = Date.now();
    this.#fault = undefined;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #reply({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    if (url === '/metrics') {
      const text = await this.#metrics.text();
      response.writeHead(200, { 'content-type': this.#metrics.contentType }).end(text);
    } else if (url === '/healthz') {
      const { status, ...health } = this.#health();
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(health)}\n`);
    } else response.writeHead(404).end();
  }

  #health(): { status: number; healthy: boolean; reason?: string; secondsSinceRound?: number; head?: number } {
    const since = Date.now() - (this.#lastAt ?? this.#startedAt);
    const seconds = Math.round(since / 1000);
    const { head, settled, pending } = this.#last ?? {};
    const state = { head, settled, pending, ...(this.#lastAt !== undefined && { secondsSinceRound: seconds }) };
    if (this.#lastAt !== undefined && since <= this.#limit) return { status: 200, healthy: true, ...state };
    const waiting = this.#lastAt === undefined ? 'no round has been done yet' : `no round was done for ${seconds} s`;
    return { status: 503, healthy: false, reason: this.#fault ?? waiting, ...state };
  }
}
