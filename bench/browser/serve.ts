// Serves the bench's page on 127.0.0.1, isolated from other origins, for the finest clock that a browser gives, and under the content
// security policy of MIStore's own page.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bundleScript } from '../../test/browser/page.ts';
import { readKernels } from '../kernels.ts';

const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Content-Security-Policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
  'Cache-Control': 'no-store',
};
const PAGE = '<!doctype html><title>bench</title><script type="module" src="/page.js"></script>';

export async function serveBench(): Promise<{ url: string; close(): void }> {
  const [page, worker] = await Promise.all([bundleScript('bench/browser/page.ts'), bundleScript('src/vss/worker.ts')]);
  const files: Record<string, readonly [type: string, body: string | Uint8Array]> = {
    '/': ['text/html', PAGE],
    '/page.js': ['text/javascript', page],
    '/pool-worker.js': ['text/javascript', worker],
    '/kernels-relaxed.wasm': ['application/wasm', readKernels('relaxed')],
    '/kernels-scalar.wasm': ['application/wasm', readKernels('scalar')],
  };
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    if (file) response.writeHead(200, { ...HEADERS, 'Content-Type': file[0] }).end(file[1]);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}
