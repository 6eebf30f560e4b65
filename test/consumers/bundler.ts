// Vite builds the examples of pages with workers, and Chromium opens what it built, under their content security policy: one worker
// computes commitments, a pool of two deals batches.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';
import { findBrowser, visit } from '../browser/chromium.ts';
import { type Consumer, copyExamples, expect, WORKERS } from './consumer.ts';
import { createProject, install, run } from './project.ts';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
const LIMIT_SECONDS = 120;

/** Opens the page in a frame, and posts what it shows once that is no longer "working". */
const OBSERVER = `<!doctype html><title>observer</title><iframe src="/index.html"></iframe><script>
  const frame = document.querySelector('iframe');
  const timer = setInterval(() => {
    const shown = frame.contentDocument?.querySelector('output')?.textContent;
    if (!shown || shown === 'working') return;
    clearInterval(timer);
    fetch('/shown', { method: 'POST', body: shown });
  }, 50);
</script>`;

/** Serves a folder, and the observer; `shown` resolves to what the page shows. */
async function serve(folder: string): Promise<{ url: string; shown: Promise<string>; close(): void }> {
  const server = createServer();
  const shown = new Promise<string>((resolve, reject) => {
    server.on('request', async (request, response) => {
      const path = normalize(new URL(request.url!, 'http://localhost').pathname);
      if (request.method === 'POST') {
        text(request).then(resolve, reject);
        response.writeHead(204).end();
      } else if (path === '/') {
        response.writeHead(200, { 'Content-Type': 'text/html' }).end(OBSERVER);
      } else {
        const body = await readFile(join(folder, path)).catch(() => null);
        response.writeHead(body ? 200 : 404, { 'Content-Type': TYPES[extname(path)] ?? 'text/plain' }).end(body);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, shown, close };
}

const vite: Consumer = {
  name: 'Vite, workers in Chromium',
  lacks: async () => (findBrowser(process.env) === undefined ? 'no Chromium or Chrome found; set CHROME' : undefined),
  async check({ engine, core }) {
    const folder = await createProject('vite');
    await copyExamples(folder);
    await install(folder, engine, core, 'vite@7');
    const shown = [await built(folder, WORKERS.one), await built(folder, WORKERS.pool)];
    expect('the page with a worker', shown[0]!, '1000 commitments by the engine "relaxed"');
    expect('the page with a pool', shown[1]!, '400 records dealt on 2 workers, 0 of them wrong');
    return shown.join('; ');
  },
};

/** What an example's page shows, built by Vite. */
async function built(folder: string, example: string): Promise<string> {
  await run(folder, 'node_modules/.bin/vite', ['build', example, '--outDir', 'dist']);
  const page = await serve(join(folder, example, 'dist'));
  try {
    return await visit(findBrowser(process.env)!, page.url, page.shown, AbortSignal.timeout(1000 * LIMIT_SECONDS));
  } finally {
    page.close();
  }
}

export const bundler: readonly Consumer[] = [vite];
