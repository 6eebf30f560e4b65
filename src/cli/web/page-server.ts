// Serves the page on this machine only: its files, the network file's settings, and an archive if there is one. Takes GET and
// HEAD, for a host that is this machine by name: a page of another site that has its name lead here (DNS rebinding) is refused.
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MIStoreError } from '../../errors.ts';
import { type PageFile, readPageFiles } from './page-files.ts';
import { pageHeaders } from './policy.ts';

export interface PageServerOptions {
  /** Undefined: 8080, or a free one if that is taken. */
  port?: number;
  /** The only endpoint that the page may talk to; undefined for none. */
  endpoint?: string;
  /** What the page reads as network.json. */
  settings: object;
  /** An archive to serve as /archive, and its size in bytes. */
  archive?: { path: string; size: number };
}

const HOST = '127.0.0.1';
const USUAL_PORT = 8080;

export class PageServer {
  readonly #server: Server;
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #headers: Record<string, string>;
  readonly #archive: PageServerOptions['archive'];

  private constructor({ endpoint, settings, archive }: PageServerOptions) {
    const network = { type: 'application/json', content: Buffer.from(`${JSON.stringify(settings, null, 2)}\n`) };
    this.#files = new Map([...readPageFiles(), ['/network.json', network]]);
    this.#headers = pageHeaders(endpoint);
    this.#archive = archive;
    this.#server = createServer((request, response) => this.#reply(request, response));
    this.#server.maxConnections = 64;
  }

  /** Throws LISTEN where the port cannot be had, NO_PAGE where the page was not built. */
  static async open(options: PageServerOptions): Promise<PageServer> {
    const server = new PageServer(options);
    await server.#listen(options.port);
    return server;
  }

  /** "http://127.0.0.1:8080/" */
  get url(): string {
    return `http://${HOST}:${this.#port}/`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #listen(port: number | undefined): Promise<void> {
    this.#server.listen(port ?? USUAL_PORT, HOST);
    try {
      await once(this.#server, 'listening');
    } catch (cause) {
      const { code = '', message } = cause as NodeJS.ErrnoException;
      if (port === undefined && code === 'EADDRINUSE') return this.#listen(0);
      const why = code === 'EADDRINUSE' ? 'the port is in use' : message;
      const place = { host: HOST, port: port ?? USUAL_PORT };
      throw new MIStoreError('LISTEN', `cannot listen on ${HOST}:${place.port}: ${why}`, place, { cause });
    }
  }

  #reply({ method = '', url = '', headers: { host } }: IncomingMessage, response: ServerResponse): void {
    const refuse = (status: number, more = {}) => response.writeHead(status, { ...this.#headers, ...more }).end();
    const path = url.split('?')[0]!;
    const file = this.#files.get(path);
    if (host !== `${HOST}:${this.#port}` && host !== `localhost:${this.#port}`) refuse(421);
    else if (method !== 'GET' && method !== 'HEAD') refuse(405, { Allow: 'GET, HEAD' });
    else if (path === '/archive' && this.#archive) this.#sendArchive(method, response, this.#archive);
    else if (file === undefined) refuse(404);
    else {
      response.writeHead(200, { ...this.#headers, 'Content-Type': file.type, 'Content-Length': file.content.length });
      response.end(method === 'HEAD' ? undefined : file.content);
    }
  }

  /** As many bytes as the file had at the start: it may be written to meanwhile. */
  #sendArchive(method: string, response: ServerResponse, { path, size }: { path: string; size: number }): void {
    const type = { 'Content-Type': 'application/octet-stream', 'Content-Length': size };
    response.writeHead(200, { ...this.#headers, ...type });
    if (method === 'HEAD' || size === 0) response.end();
    else {
      const content = createReadStream(path, { end: size - 1 });
      content.once('error', () => response.destroy()).pipe(response);
    }
  }
}
