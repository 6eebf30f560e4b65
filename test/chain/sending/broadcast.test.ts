// What a node's reply to a transaction means, in the words of every client that we know of.
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import { Rpc } from '../../../src/chain/rpc.ts';
import { broadcast } from '../../../src/chain/sending/broadcast.ts';
import { type Answer, startEndpoint } from '../../support/proxy.ts';

describe('words of nodes', () => {
  // As geth, erigon, nethermind, besu, reth, anvil and hosted nodes write them.
  const WORDS: [string, string][] = [
    ['already known', 'taken'],
    ['ALREADY_EXISTS: already known', 'taken'],
    ['known transaction: 0x12', 'taken'],
    ['Known transaction', 'taken'],
    ['AlreadyKnown', 'taken'],
    ['transaction already imported', 'taken'],
    ['nonce too low: next nonce 5, tx nonce 4', 'spent'],
    ['Nonce too low', 'spent'],
    ['nonce is too low', 'spent'],
    ['OldNonce, Current nonce: 5, nonce of rejected tx: 4', 'spent'],
    ['nonce below current nonce', 'spent'],
    ['replacement transaction underpriced', 'outbid'],
    ['Transaction gas price supplied is too low. There is another transaction with same nonce in the queue.', 'outbid'],
    ['ReplacementNotAllowed', 'outbid'],
    ['could not replace existing tx', 'outbid'],
    ['insufficient funds for gas * price + value: balance 0, tx cost 5', 'unfunded'],
    ['Insufficient funds for gas * price + value', 'unfunded'],
    ['InsufficientFunds, Account balance: 0, cumulative cost: 7', 'unfunded'],
    ['Upfront cost exceeds account balance', 'unfunded'],
    ['transaction underpriced: gas tip cap 0, minimum needed 1', 'cheap'],
    ['max fee per gas less than block base fee: address 0x, maxFeePerGas: 1, baseFee: 7', 'cheap'],
    ['FeeTooLow, MaxFeePerGas too low. MaxFeePerGas: 1, BaseFee: 7', 'cheap'],
    ['fee too low', 'cheap'],
    ['gas price below configured minimum gas price', 'cheap'],
    ['txpool is full', 'full'],
    ['Transaction pool is full', 'full'],
    ['nonce too high', 'full'],
    ['NonceGap, Future nonce. Expected nonce: 5', 'full'],
    ['Transaction nonce is too distant from current sender nonce', 'full'],
  ];
  it.each(WORDS)('"%s" means %s', async (message, meaning) => {
    const one = await startEndpoint((): Answer => ({ error: { code: -32000, message } }));
    const signed = { hash: '0x00' as const, raw: Uint8Array.of(1, 2, 3) };
    expect(await broadcast(new Rpc(one.url, { retries: 0 }), signed)).toBe(meaning);
    expect(one.calls[0]!.params).toEqual([toHex(signed.raw)]);
    await one.stop();
  });

  it.each([
    'intrinsic gas too low',
    'exceeds block gas limit',
    'max priority fee per gas higher than max fee per gas',
    'invalid sender',
    'execution reverted',
  ])('"%s" is a refusal for good', async (message) => {
    const one = await startEndpoint((): Answer => ({ error: { code: -32000, message } }));
    await expect(broadcast(new Rpc(one.url, { retries: 0 }), { hash: '0x00', raw: Uint8Array.of(1) })).rejects.toThrow(
      message,
    );
    await one.stop();
  });
});
