// The questions about the chain's state that following a transaction takes: blocks, an account's nonce and balance, the
// receipt of a transaction.
import { fromHex, type Hex, toHex } from '../bytes.ts';
import { EncodingError } from '../errors.ts';
import { decodeLog } from './logs.ts';
import { quantity, type Rpc } from './rpc.ts';
import type { TransactionReceipt } from './types.ts';

export interface Block {
  number: number;
  hash: Hex;
  /** Wei a gas; 0 before EIP-1559. */
  baseFee: bigint;
}

/** A block by its number, or the newest or the last final one; null where the node has none. */
export async function readBlock(rpc: Rpc, block: 'latest' | 'finalized' | number): Promise<Block | null> {
  const tag = typeof block === 'number' ? quantity(block) : block;
  const raw = await rpc.call<Record<string, Hex> | null>('eth_getBlockByNumber', [tag, false]);
  if (raw === null) return null;
  return { number: Number(raw.number), hash: raw.hash!, baseFee: BigInt(raw.baseFeePerGas ?? 0) };
}

/** The newest or the last final block. */
export async function readHead(rpc: Rpc, tag: 'latest' | 'finalized' = 'latest'): Promise<Block> {
  const head = await readBlock(rpc, tag);
  if (head === null) throw new EncodingError('eth_getBlockByNumber', `the node has no ${tag} block`);
  return head;
}

/** Number of mined transactions of the account, which is its next nonce; with 'pending', the pool's are counted too. */
export async function readNonce(rpc: Rpc, account: Uint8Array, tag: 'latest' | 'pending' = 'latest'): Promise<number> {
  return Number(await rpc.call<Hex>('eth_getTransactionCount', [toHex(account), tag]));
}

/** Wei. */
export async function readBalance(rpc: Rpc, account: Uint8Array): Promise<bigint> {
  return BigInt(await rpc.call<Hex>('eth_getBalance', [toHex(account), 'latest']));
}

/** Whether the chain, as the node sees it, has this block. */
export async function hasBlock(rpc: Rpc, number: number, hash: Hex): Promise<boolean> {
  return (await readBlock(rpc, number))?.hash === hash;
}

/** A transaction that a block holds. */
export interface MinedTransaction {
  receipt: TransactionReceipt;
  /** False where it reverted or ran out of gas. */
  succeeded: boolean;
}

/** Null while the transaction is in no block that the node knows. */
export async function readMined(rpc: Rpc, hash: Hex): Promise<MinedTransaction | null> {
  const raw = await rpc.call<Record<string, unknown> | null>('eth_getTransactionReceipt', [hash]);
  if (raw === null || raw.blockHash === null) return null;
  const { transactionHash, blockNumber, blockHash, contractAddress, gasUsed, effectiveGasPrice, status, logs } = raw;
  if (transactionHash !== hash || typeof blockHash !== 'string' || !Array.isArray(logs)) {
    throw new EncodingError('receipt', 'is not that of the transaction asked for, or lacks fields', { hash });
  }
  const receipt: TransactionReceipt = {
    transactionHash: hash,
    blockNumber: Number(blockNumber),
    blockHash: blockHash as Hex,
    contractAddress: typeof contractAddress === 'string' ? fromHex(contractAddress, 'contractAddress', 20) : null,
    gasUsed: BigInt(gasUsed as Hex),
    gasPrice: BigInt((effectiveGasPrice ?? 0) as Hex),
    logs: logs.map(decodeLog),
  };
  return { receipt, succeeded: BigInt((status ?? 0) as Hex) === 1n };
}
