// `mistore web`: what it serves, to whom and with which headers; and that all of the page together is small.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPageFiles } from '../../src/cli/web/page-files.ts';
import { PageServer } from '../../src/cli/web/page-server.ts';
import { endpointSource, pageHeaders } from '../../src/cli/web/policy.ts';
import { bundleCli, Cli } from '../support/cli.ts';

const ENDPOINT = 'http://127.0.0.1:8545';
const MAX_COMPRESSED = 600_000;

let folder: string;
let server: PageServer;
let cli: Cli;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-web-'));
  await writeFile(join(folder, 'a.archive'), 'twelve bytes');
  const archive = { path: join(folder, 'a.archive'), size: 12 };
  server = await PageServer.open({ port: 0, endpoint: ENDPOINT, settings: { endpoint: ENDPOINT }, archive });
  cli = new Cli(await bundleCli(), folder);
});
afterAll(async () => {
  server?.close();
  cli?.close();
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string, options: RequestInit = {}) => fetch(new URL(path, server.url), options);

/** Status of a request with another Host than fetch would send. */
const statusFor = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    request(server.url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    })
      .once('error', reject)
      .end();
  });

describe('the server', () => {
  it('sends the page, its parts, the settings and the archive, each with its type', async () => {
    const page = await get('/');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await page.text();
    for (const [, path] of html.matchAll(/(?:src|href)="([^"#]+)"/g)) {
      expect((await get(`/${path}`)).status, path).toBe(200);
    }
    expect((await get('/page.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await (await get('/network.json')).json()).toEqual({ endpoint: ENDPOINT });
    expect(await (await get('/archive')).text()).toBe('twelve bytes');
    expect((await get('/archive', { method: 'HEAD' })).headers.get('content-length')).toBe('12');
  });

  it('sends the policy and its companions with every reply, refusals too', async () => {
    for (const path of ['/', '/page.js', '/network.json', '/archive', '/nothing']) {
      const { headers } = await get(path);
      for (const [name, value] of Object.entries(pageHeaders(ENDPOINT))) expect(headers.get(name), path).toBe(value);
    }
  });

  it('has no other file, takes no other method, and knows no other name of this machine', async () => {
    for (const path of ['/nothing', '/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/page.js/']) {
      expect((await get(path)).status, path).toBe(404);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await get('/', { method })).status).toBe(405);
    const { port } = new URL(server.url);
    expect(await statusFor(`localhost:${port}`)).toBe(200);
    for (const host of ['example.org', `example.org:${port}`, '127.0.0.1', `127.0.0.1:${Number(port) + 1}`]) {
      expect(await statusFor(host), host).toBe(421);
    }
  });

  it('says which port it cannot have', async () => {
    const port = Number(new URL(server.url).port);
    await expect(PageServer.open({ port, settings: {} })).rejects.toMatchObject({
      code: 'LISTEN',
      message: `cannot listen on 127.0.0.1:${port}: the port is in use`,
    });
  });
});

describe('the policy', () => {
  it('is as strict as it can be, and names exactly the endpoint', () => {
    expect(pageHeaders(`${ENDPOINT}/`)['Content-Security-Policy']).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'none'; connect-src 'self' http://127.0.0.1:8545; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(pageHeaders(undefined)['Content-Security-Policy']).toContain("connect-src 'self';");
  });

  it('names an endpoint without what would end the source, the directive or the secret', () => {
    expect(endpointSource('https://user:pass@node.example/v3/KEY?a=b#c')).toBe('https://node.example/v3/KEY');
    expect(endpointSource("https://node.example/a;script-src 'unsafe-inline',b")).toBe(
      'https://node.example/a%3bscript-src%20%27unsafe-inline%27%2cb',
    );
  });
});

describe('the page', () => {
  it(`has at most ${MAX_COMPRESSED / 1000} KB in all, compressed`, () => {
    const sizes = [...readPageFiles()].map(([path, { content }]) => (path === '/' ? 0 : gzipSync(content).length));
    expect(sizes.reduce((a, b) => a + b)).toBeLessThanOrEqual(MAX_COMPRESSED);
  });

  it('names nobody else: no address of another host is in what is loaded', () => {
    const names = ['/index.html', '/style.css'].map((path) => readPageFiles().get(path)!.content.toString());
    expect(names.join('').match(/https?:\/\/(?!127\.0\.0\.1|localhost)[\w.-]+/g) ?? []).toEqual([]);
    expect(names.join('')).not.toMatch(/@import|url\(/);
  });
});

describe('the command', () => {
  it('says where the page is, serves it until it is stopped, and gives the page names and endpoint', async () => {
    const names = { acme: `0x${'12'.repeat(20)}` };
    const network = { chainId: '7', contract: `0x${'34'.repeat(20)}`, codeHash: `0x${'56'.repeat(32)}` };
    await writeFile(join(folder, 'mistore.json'), JSON.stringify({ ...network, endpoint: ENDPOINT, names }));
    const { json, stop } = await cli.start(['web', '--json']);
    const { url, endpoint, ready } = json;
    expect([endpoint, ready]).toEqual([ENDPOINT, true]);
    expect((await fetch(url)).headers.get('content-security-policy')).toContain(`connect-src 'self' ${ENDPOINT};`);
    const settings = await (await fetch(new URL('network.json', url))).json();
    expect(settings).toMatchObject({ ...network, endpoint: ENDPOINT, fixed: true, offline: false, names });
    expect((await stop('SIGINT')).code).toBe(0);
  });

  it('with an archive alone lets the page talk to nobody', async () => {
    const { json, stop } = await cli.start(['web', '--archive', 'a.archive', '--offline', '--json']);
    const { url } = json;
    expect((await fetch(url)).headers.get('content-security-policy')).toContain("connect-src 'self';");
    expect(await (await fetch(new URL('network.json', url))).json()).toMatchObject({
      archive: 'a.archive',
      offline: true,
    });
    await stop('SIGINT');
    expect((await cli.run(['web', '--offline'])).stderr).toContain('--offline');
  });
});
