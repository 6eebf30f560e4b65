// A JSON-RPC endpoint that misbehaves: alone (every answer made up) or in front of a real node. Each fault is one that
// public providers are known for.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pause } from '../../../src/chain/rpc.ts';

export interface Call {
  id: number;
  method: string;
  // biome-ignore lint/suspicious/noExplicitAny: each method has its own
  params: any[];
  /** How many calls came before. */
  number: number;
}

/**
 * What to answer. result, error: as JSON-RPC. drop: the connection breaks. silence: nothing comes. status, text: any
 * HTTP reply. id: a reply to another request.
 */
export type Answer =
  | { result: unknown; id?: number }
  | { error: { code: number; message: string; data?: unknown } }
  | { status: number; text: string; headers?: Record<string, string> }
  | 'drop'
  | 'silence';

export interface Endpoint {
  url: string;
  /** Every call so far. */
  calls: Call[];
  /** Changes what is answered from now on. */
  answer: (call: Call, forward: () => Promise<Answer>) => Answer | Promise<Answer>;
  stop(): Promise<void>;
}

/** `target`: the URL that forward() asks. */
export async function startEndpoint(answer: Endpoint['answer'], target?: string): Promise<Endpoint> {
  const endpoint: Endpoint = { url: '', calls: [], answer, stop: async () => undefined };
  const server = createServer((request, response) => void reply(endpoint, target, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  endpoint.stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return endpoint;
}

async function reply(
  endpoint: Endpoint,
  target: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
) {
  // Pages of any origin may ask, as they may ask anvil.
  response.setHeader('access-control-allow-origin', '*');
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { 'access-control-allow-headers': 'content-type' }).end();
    return;
  }
  let body = '';
  for await (const chunk of request) body += chunk;
  const call: Call = { ...JSON.parse(body), number: endpoint.calls.length };
  endpoint.calls.push(call);
  const forward = async (): Promise<Answer> => {
    const headers = { 'content-type': 'application/json' };
    const answered = await fetch(target!, { method: 'POST', headers, body }).catch(() => null);
    return answered === null ? 'drop' : ((await answered.json()) as Answer);
  };
  const answer = await endpoint.answer(call, forward);
  if (answer === 'silence') return;
  if (answer === 'drop') response.destroy();
  else if ('text' in answer) response.writeHead(answer.status, answer.headers).end(answer.text);
  else response.end(JSON.stringify({ jsonrpc: '2.0', ...{ id: call.id }, ...answer }));
}

/** Numbers in 0..1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * In front of a node: one call in `every` meets a fault drawn by `seed` (the request lost, the reply lost, both late,
 * sent twice, held until a later call has passed, refused for its rate, cut short, answered for another request).
 */
export function hostile(seed: number, every: number): Endpoint['answer'] {
  const random = randomFrom(seed);
  let held: (() => void) | undefined;
  const faults: Endpoint['answer'][] = [
    () => 'drop',
    async (_, forward) => {
      await forward();
      return 'drop';
    },
    async (_, forward) => {
      await pause(50 * random());
      const answer = await forward();
      await pause(50 * random());
      return answer;
    },
    async (_, forward) => {
      await forward();
      return forward();
    },
    async (_, forward) => {
      const released = new Promise<void>((resolve) => {
        held = resolve;
      });
      await Promise.race([released, pause(60)]);
      return forward();
    },
    () => ({ error: { code: -32005, message: 'daily request count exceeded, request rate limited' } }),
    () => ({ status: 429, text: 'Too Many Requests' }),
    () => ({ status: 502, text: '<html>Bad Gateway</html>' }),
    async (call, forward) => ({
      status: 200,
      text: JSON.stringify({ id: call.id, ...Object(await forward()) }).slice(0, -9),
    }),
    async (call, forward) => ({ ...Object(await forward()), id: call.id + 1 }),
  ];
  return async (call, forward) => {
    const answer =
      random() * every < 1 ? await faults[Math.floor(random() * faults.length)]!(call, forward) : await forward();
    held?.();
    return answer;
  };
}
