// Gives a signed transaction to a node. Nodes word their refusals differently, so what a refusal means is found out by a
// look at the chain (refusal.ts); words that are known only save a look, or tell what a look cannot.
import { toHex } from '../../bytes.ts';
import { RpcError } from '../errors.ts';
import type { Rpc } from '../rpc.ts';
import type { SignedTransaction } from './transaction.ts';

/**
 * What a node's words suggest. known: it has the transaction already. spent: the nonce is below the account's. fee: the
 * fee is too low, for the pool or to replace another transaction. unfunded: the account cannot pay. full: the pool has
 * no room, or the nonce is too far ahead, for now.
 */
export type Hint = 'known' | 'spent' | 'fee' | 'unfunded' | 'full';

const WORDS: readonly [Hint, RegExp][] = [
  ['known', /already.?known|known transaction|already imported|already.?exists|already in (the )?(mem)?pool/i],
  ['spent', /nonce (is )?too low|old.?nonce|nonce below|nonce has already been used/i],
  ['unfunded', /insufficient.?(funds|balance)|not enough (funds|balance)|upfront cost/i],
  ['fee', /underpriced|replace|(fee|tip|price).*(too ?low|below|less than)|baseFee|existing tx.*(gas|fee)|same nonce/i],
  [
    'full',
    /pool.*(full|limit)|queue.*full|too many (pending|queued|transactions)|nonce too high|nonce.?gap|too distant/i,
  ],
];

export function hintOf({ rpcMessage }: RpcError): Hint | undefined {
  return WORDS.find(([, words]) => words.test(rpcMessage))?.[0];
}

/** Null where the node says that it has the transaction; else its refusal. Throws ConnectionError: it may have it. */
export async function broadcast(rpc: Rpc, { raw }: SignedTransaction): Promise<RpcError | null> {
  try {
    // The result is not looked at: whether the chain takes the transaction is what counts.
    await rpc.call('eth_sendRawTransaction', [toHex(raw)]);
    return null;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return hintOf(error) === 'known' ? null : error;
  }
}
