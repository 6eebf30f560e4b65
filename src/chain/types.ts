// What the chain takes and gives: logs, transactions and their receipts, and the interface of a sender. Addresses are 20
// bytes; hashes of blocks and transactions are 0x-hex, because they only name something. No ethers types.
import type { Hex } from '../bytes.ts';

/** As of which block a view answers; a number (0x-hex) only where the node keeps that block's state. */
export type BlockTag = 'latest' | 'finalized' | Hex;

/** Where on chain an event stands. */
export interface Place {
  blockNumber: number;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
}

/** A log as JSON-RPC gives it, topics and data undecoded. */
export interface RawLog extends Place {
  address: Hex;
  topics: Hex[];
  data: Hex;
}

/** A transaction to be signed and sent. */
export interface TransactionRequest {
  /** 20 bytes; null creates a contract. */
  to: Uint8Array | null;
  data: Uint8Array;
  /** Wei; 0 if not given. */
  value?: bigint;
  /** Gas limit. If neither this nor `execution` is given, the node estimates it and so finds a revert beforehand. */
  gas?: bigint;
  /**
   * If another transaction has taken the nonce meanwhile, throw NonceTakenError instead of using the next nonce: the
   * other one may be the same request, sent by an earlier run that was interrupted.
   */
  inPlace?: boolean;
  /** Most gas that the execution takes, without the price of the calldata, which the sender adds. */
  execution?: bigint;
}

/** Of a transaction that has been mined. */
export interface TransactionReceipt {
  transactionHash: Hex;
  blockNumber: number;
  blockHash: Hex;
  /** The contract that the transaction created, 20 bytes. */
  contractAddress: Uint8Array | null;
  gasUsed: bigint;
  /** Wei for each gas. */
  gasPrice: bigint;
  /** Wei for its data besides gas, on rollups that charge it (`l1Fee`); 0 elsewhere. */
  dataFee: bigint;
  logs: RawLog[];
}

/** A transaction that a node has taken. */
export interface Submission {
  nonce: number;
  /** Resolves when the transaction is settled (see SenderOptions.confirmations), rejects if it reverted or cannot be. */
  settled: Promise<TransactionReceipt>;
}

/** What a sender has done so far, in numbers of transactions. */
export interface SenderStats {
  /** Broadcast and not settled. */
  unsettled: number;
  settled: number;
  replaced: number;
  rebroadcast: number;
  /** Transactions that a reorganisation took out of the chain again. */
  reorganised: number;
  gasUsed: bigint;
  /** Wei paid by settled transactions, for gas and data. */
  fees: bigint;
}

/** Sends the transactions of one account, in order (sending/sender.ts). */
export interface Sender {
  readonly address: Uint8Array;
  readonly chainId: bigint;
  /** Waits for room in the window, signs and broadcasts; resolves when a node has taken it. */
  submit(request: TransactionRequest): Promise<Submission>;
  /** submit, then settled. */
  send(request: TransactionRequest): Promise<TransactionReceipt>;
  /** Resolves when every transaction is settled or rejected. */
  idle(): Promise<void>;
  /** What it has done so far. */
  stats(): SenderStats;
  /** Whether it has given up, or was closed: it sends nothing any more. */
  readonly failed: boolean;
  /** Stops following. Unsettled transactions are rejected, although the chain may still execute them. */
  close(): void;
}
