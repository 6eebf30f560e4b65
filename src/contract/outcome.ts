// The outcome of a transaction to the contract: its events, or the contract's reason for failing it.
import { toHex } from '../bytes.ts';
import { quantity, type Rpc } from '../chain/rpc.ts';
import { TransactionFailedError } from '../chain/sending/errors.ts';
import { type CallRequest, readCall } from '../chain/state.ts';
import type { TransactionReceipt, TransactionRequest } from '../chain/types.ts';
import { EncodingError } from '../errors.ts';
import { decodeEvent } from './abi.ts';
import { asContractError, ContractError } from './errors.ts';
import type { ContractEvent, EventName } from './types.ts';

/** A settled transaction to the contract. */
export interface TransactionOutcome {
  receipt: TransactionReceipt;
  /** The contract's events in the receipt, in order. */
  events: ContractEvent[];
}

/**
 * Waits until the transaction is settled. Where it failed, the call is repeated to find out why: throws the ContractError
 * that the contract gives, or else the TransactionFailedError.
 */
export async function readReceipt(
  rpc: Rpc,
  from: Uint8Array,
  { to, data, value = 0n }: TransactionRequest,
  settled: Promise<TransactionReceipt>,
): Promise<TransactionReceipt> {
  try {
    return await settled;
  } catch (error) {
    if (!(error instanceof TransactionFailedError)) throw error;
    const call = { from: toHex(from), to: toHex(to!), data: toHex(data), value: quantity(value) };
    throw await reasonOf(rpc, call, error);
  }
}

/** Decodes the events of a transaction to the contract (20 bytes). Throws EncodingError for one that does not decode. */
export function decodeOutcome(contract: Uint8Array, receipt: TransactionReceipt): TransactionOutcome {
  const own = receipt.logs.filter(({ address }) => address === toHex(contract));
  return { receipt, events: own.map(decodeEvent).filter((event) => event !== null) };
}

/** Repeats the call in the state after the block in which it failed. */
async function reasonOf(rpc: Rpc, call: CallRequest, failed: TransactionFailedError): Promise<Error> {
  try {
    await readCall(rpc, call, quantity(failed.blockNumber));
  } catch (error) {
    const reason = asContractError(error);
    if (reason instanceof ContractError) return reason;
  }
  return failed;
}

/** The first event of this kind. Throws EncodingError if there is none. */
export function eventOf<N extends EventName>({ events }: TransactionOutcome, name: N): ContractEvent<N> {
  const found = events.find(({ event }) => event === name);
  if (found === undefined) throw new EncodingError('receipt', `has no event ${name}`);
  return found as unknown as ContractEvent<N>;
}
