// Receipts of transactions: what a block says came of each.
import type { Hex } from '../bytes.ts';
import { readLog } from './logs.ts';
import type { Reply } from './reply.ts';
import type { Rpc } from './rpc.ts';
import type { TransactionReceipt } from './types.ts';

/** A transaction that a block holds. */
export interface MinedTransaction {
  receipt: TransactionReceipt;
  /** False where it reverted or ran out of gas. */
  succeeded: boolean;
}

const MAX_GAS = 2n ** 63n - 1n;
const MAX_PRICE = 2n ** 64n;
/** Above any fee: 2^96 wei are 79 billion ether. */
export const MAX_FEE = 2n ** 96n;

/** Wei that the transaction took, without the value that it sent. */
export const feeOf = ({ gasUsed, gasPrice, dataFee }: Omit<TransactionReceipt, 'logs'>): bigint =>
  gasUsed * gasPrice + dataFee;

/** Null while the transaction is in no block that the node knows. */
export function readMined(rpc: Rpc, hash: Hex): Promise<MinedTransaction | null> {
  return rpc.call('eth_getTransactionReceipt', [hash], (reply) =>
    reply.or(null, (receipt) => receipt.get('blockHash').or(null, () => minedTransaction(receipt, hash))),
  );
}

function minedTransaction(reply: Reply, hash: Hex): MinedTransaction {
  const transactionHash = reply.get('transactionHash');
  const receipt: TransactionReceipt = {
    transactionHash: transactionHash.expect(transactionHash.hash(), hash),
    blockNumber: reply.get('blockNumber').number(),
    blockHash: reply.get('blockHash').hash(),
    contractAddress: reply.get('contractAddress').or(null, (address) => address.address()),
    gasUsed: reply.get('gasUsed').quantity(MAX_GAS),
    gasPrice: reply.get('effectiveGasPrice').or(0n, (price) => price.quantity(MAX_PRICE)),
    dataFee: reply.get('l1Fee').or(0n, (fee) => fee.quantity(MAX_FEE)),
    logs: reply.get('logs').list(readLog),
  };
  return { receipt, succeeded: reply.get('status').quantity(1n) === 1n };
}
