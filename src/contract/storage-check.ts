// What must agree between the events of a ledger and the storage of the contract, wherever the events come from. Verdicts
// in words: null where all is right. The records' root covers tags, keys and commitments, not the corrections.
import { equalBytes, toHex } from '../bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { leaves, recordBytes } from '../records/batch.ts';
import { BatchTree } from '../records/merkle.ts';
import type { Committee } from '../vss/dealing.ts';
import type { BatchState, EventArguments, LedgerState } from './types.ts';

type Verdict = string | null;

/** Whether the terms that a ledger was opened with are those that the contract stores. */
export function termsFault(
  opening: EventArguments['LedgerOpened'],
  state: LedgerState,
  servers: readonly Uint8Array[],
): Verdict {
  for (const term of ['threshold', 'dealing', 'minRecords'] as const) {
    if (opening[term] !== state[term])
      return `it was opened with ${term} ${opening[term]}, the contract has ${state[term]}`;
  }
  const counts = { lanes: opening.lanes.length, seats: opening.servers.length };
  for (const count of ['lanes', 'seats'] as const) {
    if (counts[count] !== state[count])
      return `it was opened with ${counts[count]} ${count}, the contract has ${state[count]}`;
  }
  if (!equalBytes(opening.hospital, state.hospital)) {
    return `its hospital is ${toHex(opening.hospital)}, in the contract ${toHex(state.hospital)}`;
  }
  for (const [i, stored] of servers.entries()) {
    const said = opening.servers[i]!;
    if (!equalBytes(said, stored)) return `seat ${i + 1} is ${toHex(said)}, in the contract ${toHex(stored)}`;
  }
  return null;
}

/**
 * Whether a batch is number `index`, begins with record `firstRecordId`, and has the count and, computed anew from its
 * records, the root that the contract stores.
 */
export function batchFault(
  engine: Engine,
  committee: Committee,
  batch: EventArguments['BatchAppended'],
  { index, firstRecordId }: { index: number; firstRecordId: number },
  stored: BatchState,
): Verdict {
  if (batch.index !== index) return `batch ${batch.index} stands where batch ${index} should be`;
  for (const said of [batch, stored]) {
    if (said.firstRecordId === firstRecordId) continue;
    const who = said === batch ? 'the event' : 'the contract';
    return `begins with record ${said.firstRecordId} according to ${who}; the batches before it end at ${firstRecordId - 1}`;
  }
  const size = recordBytes(committee);
  const held = batch.records.length / size;
  for (const count of [batch.count, stored.count]) {
    if (held !== count) return `holds ${batch.records.length} bytes; ${count} records have ${size * count}`;
  }
  const { root } = new BatchTree(engine, leaves(engine, committee, batch.records, firstRecordId));
  for (const said of [stored.root, batch.root]) {
    if (equalBytes(said, root)) continue;
    const who = said === batch.root ? 'the event says' : 'the contract stores';
    return `the root of its records is ${toHex(root)}; ${who} ${toHex(said)}`;
  }
  return null;
}
