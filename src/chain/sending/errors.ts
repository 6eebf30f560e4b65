// Typed errors of sending: what keeps a transaction from being sent, mined or settled. Where an endpoint's words led to
// one, they are in `said`, and at the end of its message.
import { MIStoreError } from '../../errors.ts';
import { ether, gwei } from '../errors.ts';

export class InsufficientFundsError extends MIStoreError {
  /** `balance` and `needed` in wei; `needed` = gas limit · maximum fee + value + what is set aside for a data fee. */
  constructor(address: string, balance: bigint, needed: bigint, said: string) {
    const message = `account ${address} has ${ether(balance)} ether; this transaction may take up to ${ether(needed)}${saying(said)}`;
    super('INSUFFICIENT_FUNDS', message, { address, balance, needed, said });
  }
}

/** What the next transaction may take does not fit into what is left of the budget. All amounts in wei. */
export class BudgetError extends MIStoreError {
  constructor(maximum: bigint, spent: bigint, reserved: bigint, needed: bigint) {
    const message = `the budget of ${ether(maximum)} ether (maxTotal, --max-total) is too small for the next transaction: ${ether(spent)} is spent, unsettled transactions may take up to ${ether(reserved)}, this one up to ${ether(needed)}; it was not sent`;
    super('BUDGET', message, { maximum, spent, reserved, needed });
  }
}

/** A limit of the network on one transaction: its bytes or its gas. */
export class TransactionLimitError extends MIStoreError {
  constructor(what: 'bytes' | 'gas', actual: bigint | number, maximum: bigint | number) {
    const message = `the transaction takes ${actual} ${what}; at most ${maximum} are allowed`;
    super(what === 'bytes' ? 'TRANSACTION_TOO_LARGE' : 'TRANSACTION_GAS_CAP', message, { what, actual, maximum });
  }
}

/** Fees of a transaction and their caps, wei a gas. */
interface Offer {
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

/** The node takes the transaction at none of the fees that the caps allow. `said`: its words. */
export class FeeCapError extends MIStoreError {
  constructor(
    { maxFeePerGas, maxPriorityFeePerGas }: Offer,
    caps: { fee: bigint; tip: bigint },
    baseFee: bigint,
    said: string,
  ) {
    const offered = `a fee of ${gwei(maxFeePerGas)} with a tip of ${gwei(maxPriorityFeePerGas)} is too low for the node`;
    const limits = `the base fee is ${gwei(baseFee)}, the caps are ${gwei(caps.fee)} (maxFeePerGas, --max-fee) and ${gwei(caps.tip)} (maxTipPerGas, --max-tip)`;
    const details = { fee: maxFeePerGas, tip: maxPriorityFeePerGas, baseFee, cap: caps.fee, tipCap: caps.tip, said };
    super('FEE_CAP', `${offered}; ${limits}${saying(said)}`, details);
  }
}

/** No block took a transaction within the sender's patience. Fees in wei a gas. `said`: the endpoint's last words. */
export class NotMinedError extends MIStoreError {
  constructor(
    address: string,
    nonce: number,
    offered: Offer,
    baseFee: bigint,
    cap: bigint,
    said: string,
    options: ErrorOptions,
  ) {
    const fees = `it offers ${gwei(offered.maxFeePerGas)}, the base fee is ${gwei(baseFee)}, the sender's maximum ${gwei(cap)}`;
    const message = `no block took the transaction with nonce ${nonce} of account ${address}: ${fees}${saying(said)}`;
    super('NOT_MINED', message, { address, nonce, offered: offered.maxFeePerGas, baseFee, cap, said }, options);
  }
}

/** A block took a transaction, but it was not settled within the sender's patience, since the endpoint failed. */
export class NotSettledError extends MIStoreError {
  constructor(address: string, nonce: number, blockNumber: number, said: string, options: ErrorOptions) {
    const message = `block ${blockNumber} has the transaction with nonce ${nonce} of account ${address}, but whether it stays there could not be found out${saying(said)}`;
    super('NOT_SETTLED', message, { address, nonce, blockNumber, said }, options);
  }
}

/** Another transaction of the same account has been mined with this nonce, so this one cannot be. */
export class NonceTakenError extends MIStoreError {
  constructor(address: string, nonce: number, said = '') {
    const message = `nonce ${nonce} of account ${address} was used by another transaction: the account is in use elsewhere, or an interrupted run's transactions came late. Start again${saying(said)}`;
    super('NONCE_TAKEN', message, { address, nonce, said });
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

/** The endpoint's words at the end of a message. */
const saying = (said: string): string => (said === '' ? '' : `; the endpoint said: ${said}`);
