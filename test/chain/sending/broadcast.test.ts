// What the words of a node suggest, in those of every client that we know of; and what an unknown reply leads to.
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import { RpcError } from '../../../src/chain/errors.ts';
import { Rpc } from '../../../src/chain/rpc.ts';
import { broadcast, hintOf } from '../../../src/chain/sending/broadcast.ts';
import { type Answer, startEndpoint } from '../../support/endpoint/proxy.ts';

const refusalOf = (message: string) => new RpcError('eth_sendRawTransaction', -32000, message);

describe('words of nodes', () => {
  // As geth, erigon, nethermind, besu, reth, anvil and hosted nodes write them.
  const WORDS: [string, string][] = [
    ['already known', 'known'],
    ['ALREADY_EXISTS: already known', 'known'],
    ['known transaction: 0x12', 'known'],
    ['Known transaction', 'known'],
    ['AlreadyKnown', 'known'],
    ['transaction already imported', 'known'],
    ['nonce too low: next nonce 5, tx nonce 4', 'spent'],
    ['Nonce too low', 'spent'],
    ['nonce is too low', 'spent'],
    ['OldNonce, Current nonce: 5, nonce of rejected tx: 4', 'spent'],
    ['nonce below current nonce', 'spent'],
    ['replacement transaction underpriced', 'fee'],
    ['Transaction gas price supplied is too low. There is another transaction with same nonce in the queue.', 'fee'],
    ['ReplacementNotAllowed', 'fee'],
    ['could not replace existing tx', 'fee'],
    ['insufficient funds for gas * price + value: balance 0, tx cost 5', 'unfunded'],
    ['Insufficient funds for gas * price + value', 'unfunded'],
    ['InsufficientFunds, Account balance: 0, cumulative cost: 7', 'unfunded'],
    ['Upfront cost exceeds account balance', 'unfunded'],
    ['transaction underpriced: gas tip cap 0, minimum needed 1', 'fee'],
    ['max fee per gas less than block base fee: address 0x, maxFeePerGas: 1, baseFee: 7', 'fee'],
    ['FeeTooLow, MaxFeePerGas too low. MaxFeePerGas: 1, BaseFee: 7', 'fee'],
    ['FeeTooLowToCompete', 'fee'],
    ['fee too low', 'fee'],
    ['gas price below configured minimum gas price', 'fee'],
    ['txpool is full', 'full'],
    ['Transaction pool is full', 'full'],
    ['nonce too high', 'full'],
    ['NonceGap, Future nonce. Expected nonce: 5', 'full'],
    ['Transaction nonce is too distant from current sender nonce', 'full'],
  ];
  it.each(WORDS)('"%s" suggests %s', (message, hint) => {
    expect(hintOf(refusalOf(message))).toBe(hint);
  });

  it.each([
    'intrinsic gas too low',
    'exceeds block gas limit',
    'max priority fee per gas higher than max fee per gas',
    'invalid sender',
    'execution reverted',
    'INTERNAL_ERROR: existing tx with same hash',
    'An invalid transaction with a lower nonce exists',
  ])('"%s" suggests nothing', (message) => {
    expect(hintOf(refusalOf(message))).toBeUndefined();
  });
});

describe('a broadcast', () => {
  const signed = { hash: `0x${'1'.repeat(64)}` as const, raw: Uint8Array.of(1, 2, 3) };
  async function answered(answer: Answer) {
    const node = await startEndpoint(() => answer);
    const result = await broadcast(new Rpc(node.url, { retries: 0 }), signed).catch((error: unknown) => error);
    expect(node.calls.map(({ params }) => params)).toEqual([[toHex(signed.raw)]]);
    await node.stop();
    return result;
  }

  it('is done where the node says so, or has it already, whatever else it answers', async () => {
    for (const result of [signed.hash, '0x', null, {}]) expect(await answered({ result })).toBeNull();
    expect(await answered({ error: { code: -32000, message: 'already known' } })).toBeNull();
  });

  it('is a refusal where the node says so, and undecided where it does not answer', async () => {
    const refusal = await answered({ error: { code: -32000, message: 'nonce too low' } });
    expect(refusal).toBeInstanceOf(RpcError);
    expect(await answered('drop')).toMatchObject({ code: 'CONNECTION_FAILED', passing: true });
  });
});
