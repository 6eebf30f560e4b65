// The MIStore contract's views, typed: one method for each, except the digest of a consent, which everyone computes
// (signing.ts). Each call asks the node; nothing is kept. The contract's own errors are thrown as ContractError.
import { fromHex, toHex } from '../bytes.ts';
import type { Rpc } from '../chain/rpc.ts';
import { readCall, readStorage } from '../chain/state.ts';
import type { BlockTag } from '../chain/types.ts';
import { EncodingError } from '../errors.ts';
import { decodeResult, encodeCall } from './abi.ts';
import { asContractError, ContractError } from './errors.ts';
import { type QueryWord, queryWordSlot, readQueryWord } from './query-word.ts';
import type { Complaints, LedgerState, QueryFee, QueryState, QueryStatus, SeatState, StoredBatch } from './types.ts';

const STATUS: readonly QueryStatus[] = ['none', 'revoked', 'open', 'sealed', 'cancelled'];

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

  /** keccak256 of the ciphertext with which `from` has opened its channel to `to`, 32 bytes; zeros if it has not. */
  channelOpened(from: Uint8Array, to: Uint8Array, block?: BlockTag): Promise<Uint8Array> {
    return this.#read('channelOpened', [toHex(from), toHex(to)], block);
  }

  /** Whether the contract has this ledger. */
  async isOpen(ledgerId: Uint8Array): Promise<boolean> {
    try {
      await this.getLedger(ledgerId);
      return true;
    } catch (error) {
      if (error instanceof ContractError && error.errorName === 'UnknownLedger') return false;
      throw error;
    }
  }

  /** Throws a ContractError, UnknownLedger. */
  getLedger(ledgerId: Uint8Array, block: BlockTag = 'latest'): Promise<LedgerState> {
    return this.#read('getLedger', [ledgerId], block);
  }

  /** Present holders of the seats 1, 2, …, 20 bytes each. */
  getServers(ledgerId: Uint8Array): Promise<Uint8Array[]> {
    return this.#read('getServers', [ledgerId]);
  }

  /** The seat that the account has, or had, in the ledger. */
  async seatOf(ledgerId: Uint8Array, account: Uint8Array, block?: BlockTag): Promise<SeatState> {
    const results = await this.#results('seatOf', [ledgerId, toHex(account)], block);
    const [seat, joinedEpoch, fromEpoch, untilEpoch] = results as [number, number, number, number];
    return { seat, joinedEpoch, fromEpoch, untilEpoch };
  }

  /** Digest of an epoch's keys, 32 bytes; zeros if it has not begun. */
  digestOf(ledgerId: Uint8Array, epoch: number): Promise<Uint8Array> {
    return this.#read('digestOf', [ledgerId, epoch]);
  }

  /** Throws a ContractError, UnknownLedger or UnknownBatch. */
  getBatch(ledgerId: Uint8Array, index: number, block?: BlockTag): Promise<StoredBatch> {
    return this.#read('getBatch', [ledgerId, index], block);
  }

  /** What stands against a record, by the contract's word at `block`. */
  async complaintsOf(ledgerId: Uint8Array, recordId: number, block?: BlockTag): Promise<Complaints> {
    const [standing, justified, isVoid] = await this.#results('complaintsOf', [ledgerId, recordId], block);
    return {
      standing: seatsOf(standing as bigint),
      justified: seatsOf(justified as bigint),
      isVoid: isVoid as boolean,
    };
  }

  /** Where a query (32 bytes) stands, and which seats have answered. Throws an EncodingError for an unknown status. */
  async queryState(queryId: Uint8Array, block: BlockTag = 'latest'): Promise<QueryState> {
    const [status, answered] = await this.#results('queryState', [queryId], block);
    const known = STATUS[status as number];
    if (known === undefined) throw new EncodingError('result of queryState', `${status} is no status of a query`);
    return { status: known, answeredSeats: seatsOf(answered as bigint) };
  }

  /** What storage keeps of where a query stands. */
  async queryWord(queryId: Uint8Array, block: BlockTag = 'latest'): Promise<QueryWord> {
    const stored = await readStorage(this.rpc, this.address, queryWordSlot(queryId), block);
    return readQueryWord(fromHex(stored, 'word of a query', 32));
  }

  /** What a query pays for each answer, and what is left of it. Wei. */
  async feeOf(queryId: Uint8Array, block?: BlockTag): Promise<QueryFee> {
    const results = await this.#results('feeOf', [queryId], block);
    const [share, payUntil, left] = results as [bigint, number, number];
    return { share, payUntil, left };
  }

  /** Wei that an account has earned or got back, and not withdrawn. */
  owed(account: Uint8Array, block?: BlockTag): Promise<bigint> {
    return this.#read('owed', [toHex(account)], block);
  }

  /** The least share, in wei, for which a server says that it answers; 0 if it has said nothing. */
  minimumFee(server: Uint8Array, block?: BlockTag): Promise<bigint> {
    return this.#read('minimumFee', [toHex(server)], block);
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

/**
 * What of the contract's storage ledgers and queries are read from: by the contract's views, or, where there is no network,
 * recomputed from an archive (ledger/archived-storage.ts).
 */
export interface ContractStorage
  extends Pick<
    ContractViews,
    'address' | 'isOpen' | 'getLedger' | 'getBatch' | 'complaintsOf' | 'queryState' | 'feeOf'
  > {
  readonly chainId: bigint;
}

/** Seats whose bits are set, ascending: bit i is seat i. */
export const seatsOf = (bits: bigint): number[] =>
  Array.from({ length: 255 }, (_, i) => i + 1).filter((seat) => (bits >> BigInt(seat)) & 1n);
