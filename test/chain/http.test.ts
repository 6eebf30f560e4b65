// What an HTTP status and its headers mean: which are tried again and when, which are not, and what of the endpoint's words
// is shown.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConnectionError, RpcError } from '../../src/chain/errors.ts';
import { MAX_REPLY_BYTES } from '../../src/chain/platform/http-reply.ts';
import { Rpc, type RpcOptions } from '../../src/chain/rpc.ts';
import { type Answer, type Endpoint, startEndpoint } from '../support/endpoint/proxy.ts';

let endpoint: Endpoint | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await endpoint?.stop();
});

/** An Rpc whose calls are answered by these, one after the other, and then by the last. */
async function answering(answers: Answer[], options: RpcOptions = {}): Promise<Rpc> {
  endpoint = await startEndpoint(({ number }) => answers[Math.min(number, answers.length - 1)]!);
  return new Rpc(`${endpoint.url}/v3/secret-key?token=secret%20token`, options);
}
const failure = (rpc: Rpc): Promise<ConnectionError> => rpc.call<never>('eth_test').catch((reason) => reason);
const html = (status: number, title: string): Answer => ({
  status,
  text: `<html>\r\n<head><title>${title}</title></head>\r\n<body><center><h1>${title}</h1></center><hr>nginx</body></html>`,
});

describe('a status', () => {
  it.each([400, 401, 403, 404, 405, 410, 413, 301, 308])('%i is not tried again', async (status) => {
    const error = await failure(await answering([html(status, 'No'), { result: 1 }]));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(new RegExp(`HTTP status ${status}( to a request of \\d+ bytes)?: No nginx$`));
    expect(endpoint!.calls.length).toBe(1);
  });

  it.each([408, 425, 429, 500, 502, 503, 504, 521])('%i is', async (status) => {
    const rpc = await answering([html(status, 'Later'), { result: 1 }]);
    expect(await rpc.call('eth_test')).toBe(1);
    expect(endpoint!.calls.length).toBe(2);
  });

  it('413 says how large the request was', async () => {
    const rpc = await answering([html(413, '413 Request Entity Too Large')]);
    const error = await rpc.call('eth_test', ['x'.repeat(1000)]).catch((reason: unknown) => reason);
    expect((error as Error).message).toMatch(
      /: HTTP status 413 to a request of 10\d\d bytes: 413 Request Entity Too Large nginx$/,
    );
  });

  it('with a JSON-RPC error is a refusal of the node', async () => {
    const text = JSON.stringify({ error: { code: -32614, message: 'eth_getLogs is limited to a 100 range' } });
    const error = await failure(await answering([{ status: 413, text }]));
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ rpcCode: -32614, rpcMessage: 'eth_getLogs is limited to a 100 range' });
  });
});

describe("an endpoint's words", () => {
  it('come without the keys of its URL, which some endpoints quote', async () => {
    const words = 'Cannot POST /v3/secret-key?token=secret%20token, secret token';
    const quoting: Answer[] = [
      { status: 404, text: words },
      { status: 200, text: JSON.stringify({ error: { code: 1, message: words } }) },
    ];
    for (const answer of quoting) {
      const error = await failure(await answering([answer]));
      await endpoint!.stop();
      expect(error.message).toMatch(/Cannot POST/);
      expect(`${error.message} ${JSON.stringify(error.details)}`).not.toMatch(/secret/);
    }
  });

  it('come on one short line, without control characters', async () => {
    const message = `\u001b[2J one\r\n two\u0000\u009b \u202ethree ${'x'.repeat(1000)}`;
    const error = await failure(await answering([{ error: { code: 1, message } }]));
    expect(error.message).toMatch(/^the node refuses eth_test: \[2J one two three x+… \(1\)$/);
    expect(error.message.length).toBeLessThan(400);
  });
});

describe('an endpoint that says when to come again', () => {
  const error = (data: unknown) => ({ error: { code: -32005, message: 'request rate exceeded', data } });
  const waits: [string, Answer, number][] = [
    ['in seconds', { status: 429, text: '', headers: { 'retry-after': '30' } }, 30],
    ['at a date', { status: 429, text: '', headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:40 GMT' } }, 40],
    ['while it is unavailable', { status: 503, text: '', headers: { 'retry-after': '20' } }, 20],
    ['by backoff_seconds', { status: 429, text: JSON.stringify(error({ backoff_seconds: 25 })) }, 25],
    ['by backoff_seconds of a rate', error({ rate: { backoff_seconds: 26.5 }, see: 'https://…' }), 26.5],
    [
      'in two ways',
      { status: 429, text: JSON.stringify(error({ backoff_seconds: 7 })), headers: { 'retry-after': '9' } },
      9,
    ],
  ];
  it.each(waits)('%s is left alone until then', async (_, answer, seconds) => {
    const rpc = await answering([answer, { result: 7 }], { retries: 0, timeout: 1e6 });
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const call = rpc.call('eth_test');
    // Until the refusal has come back, and the wait has begun.
    await expect.poll(() => timers.mock.calls.some(([, wait]) => wait! <= 1000 * seconds)).toBe(true);
    const other = rpc.call('eth_other'); // It is held back too, though it was not refused itself.
    await vi.advanceTimersByTimeAsync(1000 * seconds - 500);
    expect(endpoint!.calls.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect([await call, await other]).toEqual([7, 7]);
    expect(endpoint!.calls.length).toBe(3);
  });

  it('in an hour is told to the user at once', async () => {
    const rpc = await answering([{ status: 429, text: 'quota', headers: { 'retry-after': '3600' } }]);
    const refused = await failure(rpc);
    expect(refused.message).toMatch(/: it is asked too often \(HTTP status 429\): quota; it asks for 3600 s of quiet$/);
    expect(endpoint!.calls.length).toBe(1);
  });

  it('in no time is asked a few times a second at most', async () => {
    const rpc = await answering([{ status: 429, text: '', headers: { 'retry-after': '0' } }], { maxWait: 10_000 });
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const refused = failure(rpc);
    let ended = false;
    void refused.then(() => {
      ended = true;
    });
    for (let second = 0; second < 40 && !ended; second += 0.25) {
      await new Promise((resolve) => setImmediate(resolve));
      await vi.advanceTimersByTimeAsync(250);
    }
    await expect.poll(() => ended).toBe(true);
    expect(endpoint!.calls.length).toBeLessThanOrEqual(41);
  });
});

describe('a reply', () => {
  it('that stops in the middle is given up in time', async () => {
    const server = createServer((_, response) => response.writeHead(200).write('{"jsonrpc":'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const rpc = new Rpc(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { retries: 0, timeout: 100 });
    expect((await failure(rpc)).message).toMatch(/: nothing within 100 ms$/);
    server.closeAllConnections();
    server.close();
  });

  it('whose id is written as a string is taken', async () => {
    const rpc = await answering([{ status: 200, text: '{"jsonrpc":"2.0","id":"1","result":"0x2a"}' }], { retries: 0 });
    expect(await rpc.call('eth_test')).toBe('0x2a');
  });

  it('larger than any that is needed is not read to its end', async () => {
    const text = `{"jsonrpc":"2.0","id":1,"result":"${'0'.repeat(MAX_REPLY_BYTES)}"}`;
    const error = await failure(await answering([{ status: 200, text }, { result: 1 }]));
    expect(error.message).toMatch(/: its reply is larger than 67108864 bytes$/);
    expect(endpoint!.calls.length).toBe(1);
  });
});
