// One JSON-RPC call against an endpoint that misbehaves in every way: tried again where that can help, else a typed
// error that never tells the URL's key.
import { afterEach, describe, expect, it } from 'vitest';
import { ConnectionError, RpcError } from '../../src/chain/errors.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { type Answer, type Endpoint, startEndpoint } from '../support/endpoint/proxy.ts';

let endpoint: Endpoint | undefined;
afterEach(async () => {
  await endpoint?.stop();
  endpoint = undefined;
});

/** An Rpc whose calls are answered by these, one after the other, and then by the last. */
async function answering(answers: Answer[], options = {}): Promise<Rpc> {
  endpoint = await startEndpoint(({ number }) => answers[Math.min(number, answers.length - 1)]!);
  return new Rpc(`${endpoint.url}/v3/secret-key?token=secret-key`, { timeout: 200, ...options });
}

const PASSING: [string, Answer][] = [
  ['a broken connection', 'drop'],
  ['no answer in time', 'silence'],
  ['a rate limit by HTTP status', { status: 429, text: 'slow down' }],
  ['a rate limit by error', { error: { code: -32005, message: 'rate limit exceeded' } }],
  ['a rate limit by code', { error: { code: 429, message: 'capacity' } }],
  [
    'compute units',
    { error: { code: -32000, message: 'Your app has exceeded its compute units per second capacity' } },
  ],
  ['a gateway error', { status: 502, text: '<html>' }],
  ['an empty body', { status: 200, text: '' }],
  ['a body cut short', { status: 200, text: '{"jsonrpc":"2.0","id":1,"resul' }],
  ['JSON that is no reply', { status: 200, text: 'null' }],
  ['a list', { status: 200, text: '[]' }],
  ['a reply to another request', { result: '0xbad', id: 999 }],
  ['a reply without result', { status: 200, text: '{"jsonrpc":"2.0","id":1}' }],
];

describe('a fault that passes', () => {
  it.each(PASSING)('%s: is tried again, and the right answer returned', async (_, fault) => {
    const rpc = await answering([fault, { result: '0x2a' }]);
    expect(await rpc.call('eth_test', [1, 'a'])).toBe('0x2a');
    expect(endpoint!.calls.map(({ method, params }) => [method, params])).toEqual([
      ['eth_test', [1, 'a']],
      ['eth_test', [1, 'a']],
    ]);
  });

  it.each(PASSING)('%s: ends typed when it does not pass, without the key', async (_, fault) => {
    const rpc = await answering([fault], { retries: 1 });
    const error = await rpc.call('eth_test').catch((reason: unknown) => reason);
    expect(error instanceof ConnectionError || error instanceof RpcError).toBe(true);
    expect(`${(error as Error).message} ${JSON.stringify((error as ConnectionError).details)}`).not.toMatch(
      /secret-key/,
    );
    expect(endpoint!.calls.length).toBe(2);
  });

  it('silence is told as such', async () => {
    const rpc = await answering(['silence'], { retries: 0, timeout: 50 });
    await expect(rpc.call('eth_test')).rejects.toThrow(/: nothing within 50 ms$/);
  });

  it('null is an answer', async () => {
    const rpc = await answering([{ result: null }]);
    expect(await rpc.call('eth_getTransactionReceipt', ['0x'])).toBeNull();
  });
});

describe('a refusal', () => {
  it('is not tried again, and tells what the node said', async () => {
    const rpc = await answering([{ error: { code: 3, message: 'execution reverted', data: '0x1234' } }]);
    const error = (await rpc.call('eth_call').catch((reason: unknown) => reason)) as RpcError;
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({
      code: 'RPC_ERROR',
      method: 'eth_call',
      rpcCode: 3,
      rpcMessage: 'execution reverted',
      data: '0x1234',
    });
    expect(endpoint!.calls.length).toBe(1);
  });

  it('without code or words is typed all the same', async () => {
    const rpc = await answering([{ status: 400, text: '{"error":{}}' }]);
    await expect(rpc.call('eth_call')).rejects.toThrow('the node refuses eth_call: no reason given (0)');
  });
});

describe('an endpoint that is not there', () => {
  it('refuses the connection', async () => {
    const rpc = await answering([{ result: 1 }], { retries: 0 });
    await endpoint!.stop();
    await expect(rpc.call('eth_chainId')).rejects.toThrow(
      /no answer from http:\/\/127.0.0.1:\d+: connection refused; is it running\?$/,
    );
  });

  it('or has no name', async () => {
    const rpc = new Rpc('http://no-such-host.invalid/secret-key', { retries: 0 });
    await expect(rpc.call('eth_chainId')).rejects.toThrow(/^no answer from http:\/\/no-such-host.invalid: /);
    for (const url of ['not a url', 'ws://127.0.0.1:8545/secret-key', '127.0.0.1:8545', '']) {
      expect(() => new Rpc(url), url).toThrow(
        /^no answer from (the endpoint: its URL must begin with http|ws:\/\/127.0.0.1:8545: WebSocket endpoints are not supported: give the node's HTTP endpoint)/,
      );
    }
  });

  it('keeps user and password of its URL to itself', async () => {
    const rpc = new Rpc('http://user:secret@127.0.0.1:1/', { retries: 0 });
    const error = await rpc.call('eth_chainId').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).not.toMatch(/secret/);
  });
});
