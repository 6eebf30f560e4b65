// The page that starts the worker and posts what it says back to the server that the page came from, on 127.0.0.1. The
// page is isolated from other origins, which gives its clock a resolution of 5 µs.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import type { Examination } from './examine.ts';

export type Message = { browser: string; found: Examination } | { failure: string };

const PAGE = `<!doctype html><title>MIStore's engine</title><script>
  const post = (message) => fetch('/message', { method: 'POST', body: JSON.stringify(message) });
  const worker = new Worker('/worker.js', { type: 'module' });
  worker.onmessage = ({ data }) => post(data);
  worker.onerror = ({ message }) => post({ failure: message ?? 'the worker script did not load' });
</script>`;

const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cache-Control': 'no-store',
};

/** The worker's script for browsers. Rejects where a module of Node is imported: browsers have none. */
export async function bundleWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['test/browser/worker.ts'],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

/** A server of the page on a free port; `message` resolves to the first message that is posted to it. */
export async function servePage(worker: string): Promise<{ url: string; message: Promise<Message>; close(): void }> {
  const files: Record<string, readonly [type: string, body: string]> = {
    '/': ['text/html; charset=utf-8', PAGE],
    '/worker.js': ['text/javascript; charset=utf-8', worker],
  };
  const server = createServer();
  const message = new Promise<Message>((resolve, reject) => {
    server.on('request', (request, response) => {
      const file = files[request.url ?? ''];
      if (request.method === 'POST' && request.url === '/message') {
        read(request).then(resolve, reject);
        response.writeHead(204).end();
      } else if (file) {
        response.writeHead(200, { ...ISOLATED, 'Content-Type': file[0] }).end(file[1]);
      } else {
        response.writeHead(404).end();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, message, close };
}

const read = async (request: IncomingMessage) => JSON.parse(await text(request)) as Message;
