// The page that starts the workers and posts what they say back to the server that the page came from, on 127.0.0.1: under the policy of
// MIStore's own page, and isolated from other origins, which gives its clock a resolution of 5 µs.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import type { Examination } from './examine.ts';
import type { PoolStory } from './pool-story.ts';

export type Message = { browser: string; found: Examination; pooled: PoolStory } | { failure: string };

const PAGE = `<!doctype html><title>MIStore's engine</title><script type="module" src="/window.js"></script>`;
/** Scripts that are no workers of the pool's. */
const CHATTING = "onmessage = () => postMessage('hello')";
const BROKEN = "onmessage = () => { throw new Error('broken inside'); }";

const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Content-Security-Policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
  'Cache-Control': 'no-store',
};

/** What the page loads. */
export interface Scripts {
  window: string;
  /** Examines the engine. */
  worker: string;
  /** The pool's, as the package has it. */
  poolWorker: string;
}

/** The scripts for browsers. Rejects where a module of Node is imported: browsers have none. */
export async function bundleScripts(): Promise<Scripts> {
  const [window, worker, poolWorker] = await Promise.all(
    ['test/browser/window.ts', 'test/browser/worker.ts', 'src/vss/worker.ts'].map(bundleScript),
  );
  return { window: window!, worker: worker!, poolWorker: poolWorker! };
}

/** One of them, bundled. */
export async function bundleScript(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path],
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
export async function servePage(scripts: Scripts): Promise<{ url: string; message: Promise<Message>; close(): void }> {
  const script = (body: string) => ['text/javascript; charset=utf-8', body] as const;
  const files: Record<string, readonly [type: string, body: string]> = {
    '/': ['text/html; charset=utf-8', PAGE],
    '/window.js': script(scripts.window),
    '/worker.js': script(scripts.worker),
    '/pool-worker.js': script(scripts.poolWorker),
    '/chatting.js': script(CHATTING),
    '/broken.js': script(BROKEN),
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
