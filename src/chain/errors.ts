// Typed errors of the chain and its endpoints; the contract's own errors are in contract/errors.ts. An endpoint is named
// by its origin only, because the rest of an RPC URL is often an access key.
import { MIStoreError } from '../errors.ts';

/** Scheme, host and port of an endpoint, without user, path and query. */
function originOf(url: string): string {
  try {
    const { origin } = new URL(url);
    return origin === 'null' ? 'the endpoint' : origin;
  } catch {
    return 'the endpoint';
  }
}

/** No usable answer from the endpoint: refused, timed out, not JSON-RPC, or rate-limited beyond patience. */
export class ConnectionError extends MIStoreError {
  constructor(url: string, reason: string, options?: ErrorOptions) {
    const origin = originOf(url);
    super('CONNECTION_FAILED', `no answer from ${origin}: ${reason}`, { origin, reason }, options);
  }
}

/** The endpoint answered with a JSON-RPC error. */
export class RpcError extends MIStoreError {
  readonly method: string;
  readonly rpcCode: number;
  readonly rpcMessage: string;
  /** As the node gave it. For a revert, the revert data is somewhere in it. */
  readonly data: unknown;

  constructor(method: string, rpcCode: number, rpcMessage: string, data?: unknown) {
    super('RPC_ERROR', `the node refuses ${method}: ${rpcMessage} (${rpcCode})`, { method, rpcCode, rpcMessage });
    this.method = method;
    this.rpcCode = rpcCode;
    this.rpcMessage = rpcMessage;
    this.data = data;
  }
}

export class WrongChainError extends MIStoreError {
  constructor(actual: bigint, expected: bigint) {
    super('WRONG_CHAIN', `the endpoint serves chain ${actual}; it must be chain ${expected}`, { actual, expected });
  }
}

export class NoContractError extends MIStoreError {
  constructor(address: string, chainId: bigint) {
    const message = `there is no contract at ${address} on chain ${chainId}`;
    super('NO_CONTRACT', message, { address, chainId });
  }
}

export class InsufficientFundsError extends MIStoreError {
  /** `balance` and `needed` in wei; `needed` = gas limit · maximum fee + value. */
  constructor(address: string, balance: bigint, needed: bigint) {
    const message = `account ${address} has ${ether(balance)} ether; this transaction may take up to ${ether(needed)}`;
    super('INSUFFICIENT_FUNDS', message, { address, balance, needed });
  }
}

/** A limit of the network on one transaction: its bytes or its gas. */
export class TransactionLimitError extends MIStoreError {
  constructor(what: 'bytes' | 'gas', actual: bigint | number, maximum: bigint | number) {
    const message = `the transaction takes ${actual} ${what}; at most ${maximum} are allowed`;
    super(what === 'bytes' ? 'TRANSACTION_TOO_LARGE' : 'TRANSACTION_GAS_CAP', message, { what, actual, maximum });
  }
}

/** The network asks for a higher fee than the cap for longer than the sender's patience. */
export class FeeCapError extends MIStoreError {
  constructor(baseFee: bigint, cap: bigint) {
    const message = `the base fee is ${baseFee} wei a gas; the sender's maximum is ${cap}`;
    super('FEE_CAP', message, { baseFee, cap });
  }
}

/** No block took a transaction within the sender's patience. Fees in wei a gas. */
export class NotMinedError extends MIStoreError {
  constructor(address: string, nonce: number, offered: bigint, baseFee: bigint, cap: bigint, options?: ErrorOptions) {
    const fees = `it offers ${offered} wei a gas, the base fee is ${baseFee}, the sender's maximum ${cap}`;
    const message = `no block took the transaction with nonce ${nonce} of account ${address}: ${fees}`;
    super('NOT_MINED', message, { address, nonce, offered, baseFee, cap }, options);
  }
}

/** Another transaction of the same account has been mined with this nonce, so this one cannot be. */
export class NonceTakenError extends MIStoreError {
  constructor(address: string, nonce: number) {
    const message = `nonce ${nonce} of account ${address} was used by another transaction: the account is in use elsewhere, or an interrupted run's transactions came late. Start again`;
    super('NONCE_TAKEN', message, { address, nonce });
  }
}

/** A reorganisation deeper than the confirmations took a settled transaction out of the chain, and it was not mined again. */
export class SettledLostError extends MIStoreError {
  constructor(address: string, nonce: number, confirmations: number | 'finalized') {
    const settled = confirmations === 'finalized' ? 'finalized' : `settled after ${confirmations} blocks`;
    const message = `the transaction with nonce ${nonce} of account ${address} was ${settled}, but a reorganisation took it out of the chain again; until it is mined, no later transaction of the account can be`;
    super('SETTLED_LOST', message, { address, nonce, confirmations });
  }
}

/** Mined, but failed. contract/outcome.ts finds out why. */
export class TransactionFailedError extends MIStoreError {
  readonly transactionHash: string;
  readonly blockNumber: number;

  constructor(transactionHash: string, blockNumber: number, gasUsed: bigint, gas: bigint) {
    const reason = gasUsed >= gas ? `it ran out of its ${gas} gas` : 'it reverted';
    const message = `transaction ${transactionHash} failed in block ${blockNumber}: ${reason}`;
    super('TRANSACTION_FAILED', message, { transactionHash, blockNumber, gasUsed, gas });
    this.transactionHash = transactionHash;
    this.blockNumber = blockNumber;
  }
}

/** Rejects the transactions that were not settled when their sender was closed. */
export class SenderClosedError extends MIStoreError {
  constructor(address: string) {
    super('SENDER_CLOSED', `the sender of account ${address} is closed`, { address });
  }
}

/** The endpoint leaves out logs that must exist, or has pruned them (EIP-4444). */
export class IncompleteLogsError extends MIStoreError {
  constructor(message: string, details: Record<string, unknown>) {
    super('INCOMPLETE_LOGS', message, details);
  }
}

/** The embedded chain cannot be started. */
export class NodeError extends MIStoreError {
  constructor(message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super('NODE_FAILED', message, details, options);
  }
}

/** Wei as decimal ether, exact. */
export function ether(wei: bigint): string {
  const whole = wei / 10n ** 18n;
  const part = (wei % 10n ** 18n).toString().padStart(18, '0').replace(/0+$/, '');
  return part === '' ? `${whole}` : `${whole}.${part}`;
}
