// Who answers first. t answers make a sum, and more are not needed: so for each query the seats stand in an order of their own, the
// first t answer at once, and each later one only if answers are missing still when its turn comes. Nothing rests on it but gas.
import { concat, toHex } from '../../../bytes.ts';
import { keccak256 } from '../../../keccak.ts';

/**
 * How many turns a seat waits before it answers a query: 0 for the first `threshold` seats of the query's order, which is that of
 * keccak256(query id ‖ seat), then 1, 2, …
 */
export function turnOf(
  queryId: Uint8Array,
  seat: number,
  { threshold, seats }: { threshold: number; seats: number },
): number {
  const places = Array.from({ length: seats }, (_, s) => toHex(keccak256(concat(queryId, Uint8Array.of(s + 1)))));
  const own = places[seat - 1]!;
  const before = places.filter((place) => place < own).length;
  return Math.max(0, before - threshold + 1);
}
