// The word that the contract's storage keeps of a query (contracts/libraries/Queries.sol): the beginning of a hash of where
// the query stands, and whether it has a fee. No view gives it, so it is read by its slot; that slot and hashes are the contract's, test/archive/verify.test.ts shows.
import { AbiCoder } from 'ethers';
import { fromHex, uint64, uint256 } from '../bytes.ts';
import { keccak256 } from '../keccak.ts';
import { CONTRACT, progressArgument } from './abi.ts';
import type { QueryProgress } from './types.ts';

const QUERY_HASH_BYTES = 24;
/** Slot of MIStore's mapping from query ids to words. */
const QUERIES_SLOT = 8;
const PROGRESS = CONTRACT.getFunction('continueQuery')!.inputs[1]!;

/** What the contract stores of a query in one word. */
export interface QueryWord {
  /** openQueryHash() or sealedQueryHash(), 24 bytes; of no meaning where the query is neither open nor sealed. */
  hash: Uint8Array;
  /** Whether the query was opened with a fee. */
  isPaid: boolean;
}

/** `word`: 32 bytes. */
export const readQueryWord = (word: Uint8Array): QueryWord => ({
  hash: word.slice(0, QUERY_HASH_BYTES),
  isPaid: word[QUERY_HASH_BYTES]! >= 0x80,
});

/** Slot of a query's word, 32 bytes. */
export const queryWordSlot = (queryId: Uint8Array): Uint8Array => keccak256(queryId, uint256(QUERIES_SLOT));

/** What the word of a sealed query begins with: 24 bytes of keccak256(ledgerId ‖ uint32 epoch ‖ S_0 … S_{t−1}). */
export const sealedQueryHash = (ledgerId: Uint8Array, epoch: number, sums: Uint8Array): Uint8Array =>
  keccak256(ledgerId, uint64(epoch).subarray(4), sums).slice(0, QUERY_HASH_BYTES);

/** What the word of an open query begins with: 24 bytes of keccak256(abi.encode(progress)). */
export function openQueryHash(progress: QueryProgress): Uint8Array {
  const encoded = AbiCoder.defaultAbiCoder().encode([PROGRESS], [progressArgument(progress)]);
  return keccak256(fromHex(encoded)).slice(0, QUERY_HASH_BYTES);
}
