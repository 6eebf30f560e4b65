// What is found out before anything is sent: whether the endpoint knows finality where that is to be waited for, and where
// the account stands, as far as the endpoint tells.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NoFinalityError } from '../../../src/chain/errors.ts';
import { Rpc } from '../../../src/chain/rpc.ts';
import { readHead } from '../../../src/chain/state.ts';
import { type Answer, type Endpoint, startEndpoint } from '../../support/endpoint/proxy.ts';
import { manualChain, note } from './manual-chain.ts';

const chain = manualChain();
let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
});
afterAll(() => endpoint?.stop());
afterEach(() => {
  endpoint.answer = (_, forward) => forward();
});
const rpcOf = () => new Rpc(endpoint.url, { retries: 0 });

const UNKNOWN: [string, Answer, string][] = [
  ['null', { result: null }, 'it answers null'],
  ['an unknown block', { error: { code: -39001, message: 'Unknown block' } }, 'Unknown block'],
  [
    'an invalid tag',
    { error: { code: -32602, message: 'invalid argument 0: hex string without 0x prefix' } },
    'invalid arg',
  ],
];
describe.each(UNKNOWN)('an endpoint to which the final block is %s', (_, unknown, said) => {
  const answer: Endpoint['answer'] = (call, forward) =>
    call.method === 'eth_getBlockByNumber' && call.params[0] === 'finalized' ? unknown : forward();

  it('is told before anything is sent', async () => {
    endpoint.answer = answer;
    const before = endpoint.calls.length;
    const opened = chain.open({ rpc: rpcOf(), confirmations: 'finalized' });
    await expect(opened).rejects.toBeInstanceOf(NoFinalityError);
    const error = await opened.catch((reason: unknown) => reason as NoFinalityError);
    expect(error).toMatchObject({ code: 'NO_FINALITY', details: { said: expect.stringContaining(said) } });
    expect((error as Error).message).toMatch(/count blocks instead \(confirmations, --confirmations 64\)/);
    expect(endpoint.calls.slice(before).some(({ method }) => method === 'eth_sendRawTransaction')).toBe(false);
  });

  it('is used with a number of blocks, if one was asked for in that case', async () => {
    endpoint.answer = answer;
    const sender = await chain.open({ rpc: rpcOf(), confirmations: 'finalized', unlessFinal: 2 });
    const sent = sender.send(note('counted'));
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    await chain.mine();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sender.stats().settled).toBe(0);
    await chain.mine();
    await sent;
  });

  it('is told to whoever asks for the final block', async () => {
    endpoint.answer = answer;
    await expect(readHead(rpcOf(), 'finalized')).rejects.toBeInstanceOf(NoFinalityError);
  });
});

it('where finality is known, the number of blocks is not used', async () => {
  const sender = await chain.open({ rpc: rpcOf(), confirmations: 'finalized', unlessFinal: 1 });
  const sent = sender.send(note('final'));
  await expect.poll(() => sender.stats().unsettled).toBe(1);
  await chain.mine(10);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(sender.stats().settled).toBe(0);
  await chain.mine(70);
  await sent;
});

it('an endpoint that is only away is not taken for one without finality', async () => {
  endpoint.answer = (call, forward) => (call.params?.[0] === 'finalized' ? 'drop' : forward());
  await expect(chain.open({ rpc: rpcOf(), confirmations: 'finalized', unlessFinal: 1 })).rejects.toMatchObject({
    code: 'CONNECTION_FAILED',
  });
});

it('an endpoint that does not tell what its pool holds is used all the same', async () => {
  endpoint.answer = (call, forward) =>
    call.method === 'eth_getTransactionCount' && call.params[1] === 'pending'
      ? { error: { code: -32000, message: 'pending block is not available' } }
      : forward();
  const sender = await chain.open({ rpc: rpcOf() });
  const sent = sender.send(note('no pool'));
  await expect.poll(() => sender.stats().unsettled).toBe(1);
  await chain.mine();
  await sent;
});

it('a fallback out of range is refused', async () => {
  await expect(chain.open({ rpc: rpcOf(), confirmations: 'finalized', unlessFinal: 0 })).rejects.toThrow(
    /unlessFinal is 0/,
  );
});
