// Gives a signed transaction to a node and says what the node's reply means. Nodes word their refusals differently; a
// refusal that is not recognised is thrown as it came.
import { toHex } from '../../bytes.ts';
import { RpcError } from '../errors.ts';
import type { Rpc } from '../rpc.ts';
import type { SignedTransaction } from './transaction.ts';

/**
 * taken: in the node's pool, perhaps since earlier. spent: the nonce is below the account's, so this transaction or
 * another one has been mined. outbid: another transaction with this nonce is in the pool and pays too much to be
 * replaced. cheap: the fee is below what the node takes now. full: the pool has no room, or the nonce is too far ahead,
 * for now. unfunded: the account cannot pay.
 */
export type BroadcastResult = 'taken' | 'spent' | 'outbid' | 'cheap' | 'full' | 'unfunded';

// The order matters: geth words a bad replacement "replacement transaction underpriced", a cheap one "transaction underpriced".
const WORDS: readonly [BroadcastResult, RegExp][] = [
  ['taken', /already.?known|known transaction|already imported|already.?exists|already in (the )?(mem)?pool/i],
  ['spent', /nonce (is )?too low|old.?nonce|nonce below|nonce has already been used/i],
  ['outbid', /replace|existing tx.*(gas|fee)|same nonce/i],
  ['unfunded', /insufficient.?(funds|balance)|not enough (funds|balance)|upfront cost/i],
  ['cheap', /underpriced|(fee|tip|price).*(too low|below|less than)|baseFee/i],
  [
    'full',
    /pool.*(full|limit)|queue.*full|too many (pending|queued|transactions)|nonce too high|nonce.?gap|too distant/i,
  ],
];

/** Throws ConnectionError (the node may have taken it all the same), or RpcError for any other refusal. */
export async function broadcast(rpc: Rpc, { raw }: SignedTransaction): Promise<BroadcastResult> {
  try {
    await rpc.call('eth_sendRawTransaction', [toHex(raw)]);
    return 'taken';
  } catch (error) {
    const result = error instanceof RpcError && WORDS.find(([, words]) => words.test(error.rpcMessage))?.[0];
    if (result) return result;
    throw error;
  }
}
