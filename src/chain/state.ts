// The questions about a chain's state, one function each: blocks, accounts, code, calls, estimates. Each reply is read by
// the rules of reply.ts, so what these functions return is of the stated type and range. Where there are witnesses, they
// must agree on what a function says is agreed (witnesses.ts); the others only cost money or time.
import { type Hex, toHex } from '../bytes.ts';
import { NoFinalityError, RpcError } from './errors.ts';
import type { Reply } from './reply.ts';
import { quantity, type Rpc } from './rpc.ts';
import type { BlockTag } from './types.ts';

export interface Block {
  number: number;
  hash: Hex;
  /** Seconds since 1970. */
  timestamp: number;
  /** Wei a gas; 0 before EIP-1559. */
  baseFee: bigint;
}

/** The fields of eth_call and eth_estimateGas. */
export interface CallRequest {
  from?: Hex;
  to?: Hex;
  data: Hex;
  value?: Hex;
}

/** Above any price of gas: 2^64 wei are 18 ether. */
const MAX_PRICE = 2n ** 64n;
const MAX_GAS = 2n ** 63n - 1n;
/** EIP-2294. */
const MAX_CHAIN_ID = 2n ** 63n - 37n;
/** Far above any contract's code (24,576 bytes) and any result of ours. */
const MAX_RESULT_BYTES = 2 ** 20;

/** Agreed. */
export function readChainId(rpc: Rpc): Promise<bigint> {
  return rpc.agreed('eth_chainId', [], (reply) => reply.quantity(MAX_CHAIN_ID));
}

/** A block by its number; null where the node has none. */
export function readBlock(rpc: Rpc, number: number): Promise<Block | null> {
  return rpc.call('eth_getBlockByNumber', [quantity(number), false], (reply) =>
    reply.or(null, (found) => {
      const block = readHeader(found);
      found.get('number').expect(block.number, number);
      return block;
    }),
  );
}

/** The newest or the last final block. Throws NoFinalityError where the endpoint does not know the latter. */
export async function readHead(rpc: Rpc, tag: 'latest' | 'finalized' = 'latest'): Promise<Block> {
  if (tag === 'latest') return rpc.call('eth_getBlockByNumber', [tag, false], readHeader);
  try {
    const final = await rpc.call('eth_getBlockByNumber', [tag, false], (reply) => reply.or(null, readHeader));
    if (final !== null) return final;
  } catch (error) {
    if (error instanceof RpcError && !error.passing) throw new NoFinalityError(error.rpcMessage);
    throw error;
  }
  throw new NoFinalityError('it answers null');
}

/** Whether the chain, as the node sees it, has this block. */
export async function hasBlock(rpc: Rpc, number: number, hash: Hex): Promise<boolean> {
  return (await readBlock(rpc, number))?.hash === hash;
}

/** Number of mined transactions of the account, which is its next nonce; with 'pending', the pool's are counted too. */
export function readNonce(rpc: Rpc, account: Uint8Array, tag: 'latest' | 'pending' = 'latest'): Promise<number> {
  return rpc.call('eth_getTransactionCount', [toHex(account), tag], (reply) => reply.number());
}

/** Wei. Agreed. */
export function readBalance(rpc: Rpc, account: Uint8Array): Promise<bigint> {
  return rpc.agreed('eth_getBalance', [toHex(account)], (reply) => reply.quantity(), 'latest');
}

/** Code of a contract; '0x' where there is none. Agreed. */
export function readCode(rpc: Rpc, account: Uint8Array): Promise<Hex> {
  return rpc.agreed('eth_getCode', [toHex(account)], (reply) => reply.data(MAX_RESULT_BYTES), 'latest');
}

/** Whether an account has code, by the endpoint's word alone: for where to look for logs, and what the chain charges. */
export async function hasCode(rpc: Rpc, account: Uint8Array, block: BlockTag = 'latest'): Promise<boolean> {
  const code = await rpc.call('eth_getCode', [toHex(account), block], (reply) => reply.data(MAX_RESULT_BYTES));
  return code !== '0x';
}

/** A word of a contract's storage, as the node writes it: at most 32 bytes. `slot`: 32 bytes. Agreed. */
export function readStorage(rpc: Rpc, account: Uint8Array, slot: Uint8Array, block: BlockTag): Promise<Hex> {
  return rpc.agreed('eth_getStorageAt', [toHex(account), toHex(slot)], (reply) => reply.data(32), block);
}

/** What a call returns, without sending it. Throws RpcError where it reverts. Agreed, reverts too. */
export function readCall(rpc: Rpc, call: CallRequest, block: BlockTag): Promise<Hex> {
  return rpc.agreed('eth_call', [call], (reply) => reply.data(MAX_RESULT_BYTES), block);
}

/** Gas that a call takes, by the node's estimate. Throws RpcError where it reverts. */
export function estimateGas(rpc: Rpc, call: CallRequest): Promise<bigint> {
  return rpc.call('eth_estimateGas', [call], (reply) => reply.quantity(MAX_GAS));
}

/** The tip that the node suggests, wei a gas. */
export function readSuggestedTip(rpc: Rpc): Promise<bigint> {
  return rpc.call('eth_maxPriorityFeePerGas', [], (reply) => reply.quantity(MAX_PRICE));
}

/** Whether the node has this transaction, in its pool or in a block. */
export function hasTransaction(rpc: Rpc, hash: Hex): Promise<boolean> {
  const own = (found: Reply) => found.get('hash').expect(found.get('hash').hash(), hash) === hash;
  return rpc.call('eth_getTransactionByHash', [hash], (reply) => reply.or(false, own));
}

function readHeader(reply: Reply): Block {
  return {
    number: reply.get('number').number(),
    hash: reply.get('hash').hash(),
    timestamp: reply.get('timestamp').number(),
    baseFee: reply.get('baseFeePerGas').or(0n, (fee) => fee.quantity(MAX_PRICE)),
  };
}
