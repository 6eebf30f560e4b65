// Endpoints behind a proxy that the environment names: http by the proxy's own request, https by a tunnel, this machine and
// NO_PROXY without it; and undici, which does this, is loaded only then.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Rpc } from '../../src/chain/rpc.ts';
import { readChainId } from '../../src/chain/state.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint/proxy.ts';

let endpoint: Endpoint;
let proxy: Server;
let proxyUrl: string;
let closesTunnels = false;
/** What the proxy was asked: method, target, and the authorization meant for the endpoint. */
let asked: (string | undefined)[][] = [];
beforeAll(async () => {
  endpoint = await startEndpoint(({ method }) => (method === 'eth_chainId' ? { result: '0x2a' } : 'drop'));
  proxy = createServer((request, response) => {
    asked.push([request.method, request.url, request.headers.authorization]);
    void relay(request).then(({ status, text }) => response.writeHead(status).end(text));
  });
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push([request.method, request.url]);
    socket.on('error', () => undefined);
    socket.end(closesTunnels ? '' : 'HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  proxyUrl = `http://user:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await endpoint?.stop();
  proxy?.closeAllConnections();
  proxy?.close();
});
afterEach(() => {
  vi.unstubAllEnvs();
  asked = [];
  closesTunnels = false;
});

/** What the proxy fetches for a name that only it knows. */
async function relay(request: IncomingMessage): Promise<{ status: number; text: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { pathname } = new URL(request.url!);
  const answered = await fetch(endpoint.url + pathname, { method: 'POST', body: Buffer.concat(chunks) });
  return { status: answered.status, text: await answered.text() };
}
/** Only these variables. */
function environment(variables: Record<string, string>): void {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']) {
    vi.stubEnv(name, variables[name]);
  }
}
const rpcOf = (url: string) => new Rpc(url, { retries: 0, timeout: 5000 });

describe('a proxy in the environment', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])(
    '%s is asked for an http endpoint, which gets its own password',
    async (name) => {
      environment({ [name]: proxyUrl });
      expect(await readChainId(rpcOf('http://clinic:p%40ss@node.example:8545/key'))).toBe(42n);
      const authorization = `Basic ${Buffer.from('clinic:p@ss').toString('base64')}`;
      expect(asked).toEqual([['POST', 'http://node.example:8545/key', authorization]]);
    },
  );

  it.each(['HTTPS_PROXY', 'https_proxy'])('%s is asked for a tunnel to an https endpoint', async (name) => {
    environment({ [name]: proxyUrl });
    const error = await readChainId(rpcOf('https://node.example/secret')).catch((reason: unknown) => reason as Error);
    expect(asked).toEqual([['CONNECT', 'node.example:443']]);
    expect((error as Error).message).toMatch(/^no answer from https:\/\/node.example: .* \(through a proxy\)$/);
    expect((error as Error).message).not.toMatch(/secret/);
  });

  it.each(['node.example', '.example', '*', 'other.example,node.example:8545'])(
    'is not for what NO_PROXY has as %s',
    async (names) => {
      environment({ HTTP_PROXY: proxyUrl, NO_PROXY: names });
      await expect(readChainId(rpcOf('http://node.example:8545'))).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
      expect(asked).toEqual([]);
    },
  );

  it('is not for this machine', async () => {
    environment({ HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl });
    const { port } = new URL(endpoint.url);
    for (const host of ['127.0.0.1', 'localhost']) expect(await readChainId(rpcOf(`http://${host}:${port}`))).toBe(42n);
    expect(asked).toEqual([]);
  });

  it('that closes every tunnel without a word is given up in time', async () => {
    environment({ HTTPS_PROXY: proxyUrl });
    closesTunnels = true;
    const rpc = new Rpc('https://node.example', { retries: 0, timeout: 300 });
    await expect(readChainId(rpc)).rejects.toThrow(/: nothing within 300 ms \(through a proxy\)$/);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked.length).toBe(before);
  });

  it('that is away is told as such, without its password', async () => {
    environment({ HTTP_PROXY: 'http://user:secret@127.0.0.1:1' });
    await expect(readChainId(rpcOf('http://node.example'))).rejects.toThrow(
      /^no answer from http:\/\/node.example: connection refused; is it running\? \(through a proxy\)$/,
    );
  });
});

describe('without a proxy in the environment', () => {
  it('undici is not loaded', async () => {
    vi.doMock('undici', () => {
      throw new Error('loaded');
    });
    vi.resetModules();
    const { Rpc: FreshRpc } = await import('../../src/chain/rpc.ts');
    environment({});
    expect(await new FreshRpc(endpoint.url).call('eth_chainId')).toBe('0x2a');
    environment({ HTTP_PROXY: proxyUrl });
    const proxied = new FreshRpc('http://node.example', { retries: 0 }).call('eth_chainId');
    await expect(proxied).rejects.toThrow(/loaded|mock/);
    vi.doUnmock('undici');
  });
});
