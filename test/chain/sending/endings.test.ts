// How following ends when it does not end well: in time, with the true reason and the endpoint's own words.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConnectionError, RpcError } from '../../../src/chain/errors.ts';
import { follow, MadeUpChain, START } from './made-up-chain.ts';

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

const reasonOf = (ends: PromiseSettledResult<unknown>[]) => (ends[0] as PromiseRejectedResult).reason;
const refused = new ConnectionError('http://node.example', 'HTTP status 403: API key disabled', {});
const away = new ConnectionError('http://node.example', 'connection refused', { passing: true });

describe('following', () => {
  it.each([
    ['by HTTP status', refused],
    ['in words', new RpcError('eth_getBlockByNumber', -32001, 'daily quota exceeded, upgrade your plan')],
  ])('ends after a minute where the endpoint refuses every look for good, %s', async (_, refusal) => {
    const chain = new MadeUpChain(12_000);
    chain.fault = () => {
      if (Date.now() > START + 5000) throw refusal;
    };
    const { ends, seconds, calls } = await follow(chain, {});
    expect(reasonOf(ends)).toBe(refusal);
    expect(seconds).toBeLessThan(90);
    expect(calls).toBeLessThan(200);
  });

  it('goes on where a node has no receipts for some minutes, because it is indexing', async () => {
    const chain = new MadeUpChain(12_000);
    chain.fault = (method) => {
      if (method === 'eth_getTransactionReceipt' && Date.now() < START + 300_000) {
        throw new RpcError(method, -32000, 'transaction indexing is in progress');
      }
    };
    expect((await follow(chain, {})).ends).toMatchObject([{ status: 'fulfilled' }]);
  });

  it('goes on where the endpoint refuses for a while', async () => {
    const chain = new MadeUpChain(12_000);
    chain.fault = () => {
      if (Date.now() % 40_000 < 20_000) throw refused;
    };
    expect((await follow(chain, { confirmations: 10 })).ends).toMatchObject([{ status: 'fulfilled' }]);
  });

  it('of a transaction that no block takes ends with what the node said when it was sent again', async () => {
    const chain = new MadeUpChain(12_000);
    chain.includes = 1_000_000;
    chain.fault = (method) => {
      if (method === 'eth_sendRawTransaction')
        throw new RpcError(method, -32000, 'gapped-nonce tx from delegated account');
    };
    const error = reasonOf((await follow(chain, {})).ends);
    expect(error).toMatchObject({ code: 'NOT_MINED', details: { said: 'gapped-nonce tx from delegated account' } });
    expect(error.message).toMatch(
      /^no block took the transaction with nonce 0 of account 0x0+: it offers 2 gwei, the base fee is .* gwei, the sender's maximum 100 gwei; the endpoint said: gapped-nonce tx from delegated account$/,
    );
    // Thirty times in a quarter of an hour.
    expect(chain.calls.filter((method) => method === 'eth_sendRawTransaction').length).toBeLessThanOrEqual(31);
  });

  it('of a transaction that a block has, at an endpoint that went away, says so', async () => {
    const chain = new MadeUpChain(12_000);
    chain.fault = () => {
      if (Date.now() > START + 60_000) throw away;
    };
    const error = reasonOf((await follow(chain, { confirmations: 30 })).ends);
    expect(error).toMatchObject({ code: 'NOT_SETTLED', details: { blockNumber: 2, nonce: 0 }, cause: away });
    expect(error.message).toMatch(
      /^block 2 has the transaction .* could not be found out; the endpoint said: no answer from http:\/\/node.example: connection refused$/,
    );
  });

  it('is not ended by finality that is unknown for a while', async () => {
    const chain = new MadeUpChain(12_000);
    chain.fault = (method) => {
      if (method === 'eth_getBlockByNumber' && Date.now() % 60_000 < 30_000)
        throw new RpcError(method, -39001, 'Unknown block');
    };
    expect((await follow(chain, { confirmations: 'finalized' })).ends).toMatchObject([{ status: 'fulfilled' }]);
  });
});
