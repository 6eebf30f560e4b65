// Compares the events of a ledger with the contract's storage, wherever the events come from. Each check returns in words
// what is wrong, or null. A batch's root covers tags, keys and commitments, but not the corrections.
import { equalBytes, toHex } from '../bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { BatchTree } from '../records/merkle.ts';
import type { StoredBatch } from '../records/receipt.ts';
import { leaves, recordBytes } from '../records/record.ts';
import type { Committee } from '../vss/dealing.ts';
import type { EventArguments, LedgerState } from './types.ts';

/** Compares the terms that a ledger was opened with, as an event gives them, with those that the contract stores. */
export function termsFault(
  opening: EventArguments['LedgerOpened'],
  state: LedgerState,
  servers: readonly Uint8Array[],
): string | null {
  for (const term of ['threshold', 'dealing', 'minRecords'] as const) {
    if (opening[term] !== state[term])
      return `it was opened with ${term} ${opening[term]}, the contract has ${state[term]}`;
  }
  if (servers.length !== state.seats) return `the contract has ${state.seats} seats and ${servers.length} servers`;
  const counts = { lanes: opening.lanes.length, seats: opening.servers.length };
  for (const count of ['lanes', 'seats'] as const) {
    if (counts[count] !== state[count])
      return `it was opened with ${counts[count]} ${count}, the contract has ${state[count]}`;
  }
  if (!equalBytes(opening.hospital, state.hospital)) {
    return `its hospital is ${toHex(opening.hospital)}, in the contract ${toHex(state.hospital)}`;
  }
  for (const [i, stored] of servers.entries()) {
    const opened = opening.servers[i]!;
    if (!equalBytes(opened, stored)) return `seat ${i + 1} is ${toHex(opened)}, in the contract ${toHex(stored)}`;
  }
  return null;
}

/**
 * Checks that a batch has number `index`, begins with record `firstRecordId`, and has the count and the root that the
 * contract stores. The root is computed again from the records.
 */
export function batchFault(
  engine: Engine,
  committee: Committee,
  batch: EventArguments['BatchAppended'],
  { index, firstRecordId }: { index: number; firstRecordId: number },
  stored: StoredBatch,
): string | null {
  if (batch.index !== index) return `batch ${batch.index} is in the place of batch ${index}`;
  for (const claim of [batch, stored]) {
    if (claim.firstRecordId === firstRecordId) continue;
    const source = claim === batch ? 'the event' : 'the contract';
    return `begins with record ${claim.firstRecordId} according to ${source}; the batches before it end at ${firstRecordId - 1}`;
  }
  const size = recordBytes(committee);
  for (const count of [batch.count, stored.count]) {
    if (batch.records.length !== size * count)
      return `holds ${batch.records.length} bytes; ${count} records have ${size * count}`;
  }
  const { root } = new BatchTree(engine, leaves(engine, committee, batch.records, firstRecordId));
  for (const claim of [stored.root, batch.root]) {
    if (equalBytes(claim, root)) continue;
    const source = claim === batch.root ? 'the event says' : 'the contract stores';
    return `the root of its records is ${toHex(root)}; ${source} ${toHex(claim)}`;
  }
  return null;
}
