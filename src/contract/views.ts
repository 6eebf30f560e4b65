// The MIStore contract's views, typed: one method for each, except the digest of a consent, which everyone computes
// (signing.ts). Each call asks the node; nothing is kept. The contract's own errors are thrown as ContractError.
import { toHex } from '../bytes.ts';
import type { Rpc } from '../chain/rpc.ts';
import { type BlockTag, readCall } from '../chain/state.ts';
import { EncodingError } from '../errors.ts';
import type { StoredBatch } from '../records/receipt.ts';
import { decodeResult, encodeCall } from './abi.ts';
import { asContractError } from './errors.ts';
import type { LedgerState, QueryState, QueryStatus } from './types.ts';

const STATUS: readonly QueryStatus[] = ['none', 'revoked', 'open', 'sealed'];

export class ContractViews {
  readonly rpc: Rpc;
  /** 20 bytes. */
  readonly address: Uint8Array;

  constructor(rpc: Rpc, address: Uint8Array) {
    this.rpc = rpc;
    this.address = address;
  }

  /** keccak256 of the account's KEM key, 32 bytes; zeros if the account has not registered. */
  kemKeyHash(account: Uint8Array): Promise<Uint8Array> {
    return this.#read('kemKeyHash', [toHex(account)]);
  }

  /** Whether `from` has published its channel to `to`. */
  channelOpened(from: Uint8Array, to: Uint8Array, block?: BlockTag): Promise<boolean> {
    return this.#read('channelOpened', [toHex(from), toHex(to)], block);
  }

  /** Ledgers have the numbers 1 to this. */
  ledgerCount(): Promise<bigint> {
    return this.#read('ledgerCount', []);
  }

  /** Throws a ContractError, UnknownLedger. */
  getLedger(ledgerId: bigint, block: BlockTag = 'latest'): Promise<LedgerState> {
    return this.#read('getLedger', [ledgerId], block);
  }

  /** Addresses of the seats 1, 2, …, 20 bytes each. */
  getServers(ledgerId: bigint): Promise<Uint8Array[]> {
    return this.#read('getServers', [ledgerId]);
  }

  /** Seat 0 if the account is not a member. */
  async seatOf(ledgerId: bigint, account: Uint8Array): Promise<{ seat: number; joined: boolean }> {
    const [seat, joined] = await this.#results('seatOf', [ledgerId, toHex(account)]);
    return { seat: seat as number, joined: joined as boolean };
  }

  /** Throws a ContractError, UnknownLedger or UnknownBatch. */
  getBatch(ledgerId: bigint, index: number): Promise<StoredBatch> {
    return this.#read('getBatch', [ledgerId, index]);
  }

  async queryState(queryId: Uint8Array, block: BlockTag = 'latest'): Promise<QueryState> {
    const [status, answered] = await this.#results('queryState', [queryId], block);
    const bits = answered as bigint;
    const answeredSeats = Array.from({ length: 255 }, (_, i) => i + 1).filter((seat) => (bits >> BigInt(seat)) & 1n);
    const known = STATUS[status as number];
    if (known === undefined) throw new EncodingError('result of queryState', `${status} is no status of a query`);
    return { status: known, answeredSeats };
  }

  async #read<T>(method: string, args: readonly unknown[], block?: BlockTag): Promise<T> {
    return (await this.#results(method, args, block))[0] as T;
  }

  async #results(method: string, args: readonly unknown[], block: BlockTag = 'latest'): Promise<unknown[]> {
    const call = { to: toHex(this.address), data: toHex(encodeCall(method, args)) };
    try {
      return decodeResult(method, await readCall(this.rpc, call, block));
    } catch (error) {
      throw asContractError(error);
    }
  }
}
