// What came of a transaction to the contract: its events, or the contract's reason for failing it.
import { toHex } from '../bytes.ts';
import { TransactionFailedError } from '../chain/errors.ts';
import { quantity, type Rpc } from '../chain/rpc.ts';
import type { TransactionReceipt, TransactionRequest } from '../chain/types.ts';
import { EncodingError } from '../errors.ts';
import { decodeEvent } from './abi.ts';
import { ContractError, contractFault } from './errors.ts';
import type { ContractEvent, EventName } from './types.ts';

/** A settled write and what it told. */
export interface Written {
  receipt: TransactionReceipt;
  /** The contract's events in it, in order. */
  events: ContractEvent[];
}

/** Decodes the receipt. Throws a ContractError where the contract failed the transaction, if it fails it again. */
export async function readWritten(
  rpc: Rpc,
  from: Uint8Array,
  { to, data }: TransactionRequest,
  settled: Promise<TransactionReceipt>,
): Promise<Written> {
  const contract = toHex(to!);
  try {
    const receipt = await settled;
    const own = receipt.logs.filter(({ address }) => address === contract);
    return { receipt, events: own.map(decodeEvent).filter((event) => event !== null) };
  } catch (error) {
    if (!(error instanceof TransactionFailedError)) throw error;
    const call = { from: toHex(from), to: contract, data: toHex(data) };
    throw await reasonOf(rpc, call, error);
  }
}

/** The same call once more, in the state after the block in which it failed. */
async function reasonOf(rpc: Rpc, call: object, failed: TransactionFailedError): Promise<Error> {
  try {
    await rpc.call('eth_call', [call, quantity(failed.blockNumber)]);
  } catch (error) {
    const fault = contractFault(error);
    if (fault instanceof ContractError) return fault;
  }
  return failed;
}

export function eventOf<N extends EventName>({ events }: Written, name: N): ContractEvent<N> {
  const found = events.find(({ event }) => event === name);
  if (found === undefined) throw new EncodingError('receipt', `has no event ${name}`);
  return found as unknown as ContractEvent<N>;
}
