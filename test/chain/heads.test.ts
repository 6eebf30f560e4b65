// Announcements of new heads: from a real node, and from endpoints that hang up, refuse, babble, or are not there. Whatever they
// do, it ends in a wake-up or in nothing.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ConnectionError } from '../../src/chain/errors.ts';
import { HeadSubscription } from '../../src/chain/heads.ts';
import { startChain, type TestChain } from '../support/chain.ts';

let chain: TestChain;
beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain?.stop());

/** A subscription and what it has told. */
function subscribe(url: string) {
  const told = { heads: 0, states: [] as (ConnectionError | null)[] };
  const heads = new HeadSubscription(url, {
    onHead: () => {
      told.heads++;
    },
    onState: (fault) => told.states.push(fault),
  });
  onTestFinished(() => heads.close());
  return { heads, told };
}

/** A WebSocket server that does `talk` with each connection, once a message has come. */
async function socketServer(
  talk: (socket: Duplex, connection: number) => void,
): Promise<{ url: string; server: Server }> {
  const server = createServer();
  let connections = 0;
  server.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const connection = connections++;
    socket.once('data', () => talk(socket, connection));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** A frame of text, unmasked, as servers send it. */
function frame(text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = bytes.length < 126 ? Buffer.of(0x81, bytes.length) : Buffer.of(0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0);
  if (bytes.length >= 126) head.writeUInt32BE(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}

const accepted = frame(JSON.stringify({ jsonrpc: '2.0', id: 1, result: '0x1' }));
const head = frame(JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params: { result: 'anything' } }));

describe('new heads', () => {
  it('of a node are announced, until the subscription is closed', async () => {
    const { heads, told } = subscribe(chain.node.url.replace('http', 'ws'));
    await expect.poll(() => told.states).toEqual([null]);
    await chain.mine();
    await expect.poll(() => told.heads).toBeGreaterThan(0);
    heads.close();
    const before = told.heads;
    await chain.mine();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(told).toMatchObject({ heads: before, states: [null] });
  });

  it('are passed on ten times a second at most, and their contents are not read', async () => {
    const { url } = await socketServer((socket) => {
      socket.write(accepted);
      for (let i = 0; i < 5000; i++) socket.write(head);
    });
    const { told } = subscribe(url);
    await expect.poll(() => told.heads).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(told.heads).toBeLessThan(100);
  });

  it('are passed on after the last of several that came at once', async () => {
    let last = 0;
    const { url } = await socketServer((socket) => {
      socket.write(accepted);
      socket.write(head);
      setTimeout(() => {
        last = Date.now();
        socket.write(head);
      }, 40);
    });
    let told = 0;
    const heads = new HeadSubscription(url, {
      onHead: () => {
        told = Date.now();
      },
    });
    onTestFinished(() => heads.close());
    await expect.poll(() => last > 0 && told >= last).toBe(true);
  });

  it('are asked for again after the connection was closed', async () => {
    const { url } = await socketServer((socket, connection) => {
      socket.write(accepted);
      if (connection === 0) socket.end();
      else socket.write(head);
    });
    const { told } = subscribe(url);
    await expect.poll(() => told.heads).toBeGreaterThan(0);
    expect(told.states.map((fault) => fault?.message ?? null)).toEqual([
      null,
      expect.stringMatching(/the connection (was closed|failed)/),
      null,
    ]);
  });

  it.each([
    [
      'refuses',
      frame(JSON.stringify({ id: 1, error: { code: -32601, message: 'no' } })),
      'does not take subscriptions',
    ],
    ['babbles', frame('hello'), 'not JSON-RPC'],
    ['sends a list', frame('[1]'), 'not JSON-RPC'],
    ['sends a message without end', frame(`"${'x'.repeat(200_000)}"`), 'not JSON-RPC'],
  ])('of an endpoint that %s are not announced, which is told once', async (_, answer, words) => {
    let connections = 0;
    const { url } = await socketServer((socket) => {
      connections++;
      socket.write(answer);
    });
    const { told } = subscribe(url);
    await expect.poll(() => connections).toBeGreaterThan(1);
    expect(told.heads).toBe(0);
    expect(told.states).toHaveLength(1);
    expect(told.states[0]).toMatchObject({ code: 'CONNECTION_FAILED', message: expect.stringContaining(words) });
  });

  it('of an endpoint that is not there are tried for; its key is not shown', async () => {
    const { told } = subscribe('ws://user:secret@127.0.0.1:1/v3/key-of-an-account');
    await expect.poll(() => told.states.length).toBe(1);
    expect(told.states[0]!.message).toContain('ws://127.0.0.1:1');
    expect(JSON.stringify(told.states[0]!.details) + told.states[0]!.message).not.toMatch(/secret|key-of/);
  });

  it.each(['http://127.0.0.1:1', '127.0.0.1', ''])('of %j are refused', (url) => {
    expect(() => new HeadSubscription(url, { onHead: () => undefined })).toThrow('ws:// or wss://');
  });
});
