// The few questions that following a transaction takes: the head, the account's nonce, a receipt, a block's hash.
import { fromHex, type Hex, toHex } from '../bytes.ts';
import { EncodingError } from '../errors.ts';
import { decodeLog } from './logs.ts';
import { quantity, type Rpc } from './rpc.ts';
import type { Receipt } from './types.ts';

export interface Head {
  number: number;
  /** Wei a gas; 0 before EIP-1559. */
  baseFee: bigint;
}

interface Block {
  number: Hex;
  hash: Hex;
  baseFeePerGas?: Hex;
}

export async function readHead(rpc: Rpc, tag: 'latest' | 'finalized' = 'latest'): Promise<Head> {
  const block = await rpc.call<Block>('eth_getBlockByNumber', [tag, false]);
  return { number: Number(block.number), baseFee: BigInt(block.baseFeePerGas ?? 0) };
}

/** Number of mined transactions of the account, which is its next nonce; with 'pending', the pool's are counted too. */
export async function readNonce(rpc: Rpc, account: Uint8Array, tag: 'latest' | 'pending' = 'latest'): Promise<number> {
  return Number(await rpc.call<Hex>('eth_getTransactionCount', [toHex(account), tag]));
}

export async function readBalance(rpc: Rpc, account: Uint8Array): Promise<bigint> {
  return BigInt(await rpc.call<Hex>('eth_getBalance', [toHex(account), 'latest']));
}

/** Whether the chain, as the node sees it, has this block. */
export async function hasBlock(rpc: Rpc, number: number, hash: Hex): Promise<boolean> {
  return (await rpc.call<Block | null>('eth_getBlockByNumber', [quantity(number), false]))?.hash === hash;
}

/** A receipt with its verdict, which Receipt, that of a success, leaves out. */
export interface Outcome {
  receipt: Receipt;
  succeeded: boolean;
}

/** Null while the transaction is in no block that the node knows. */
export async function readReceipt(rpc: Rpc, hash: Hex): Promise<Outcome | null> {
  const raw = await rpc.call<Record<string, unknown> | null>('eth_getTransactionReceipt', [hash]);
  if (raw === null || raw.blockHash === null) return null;
  const { transactionHash, blockNumber, blockHash, contractAddress, gasUsed, effectiveGasPrice, status, logs } = raw;
  if (transactionHash !== hash || typeof blockHash !== 'string' || !Array.isArray(logs)) {
    throw new EncodingError('receipt', 'is not that of the transaction asked for, or lacks fields', { hash });
  }
  const receipt: Receipt = {
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
