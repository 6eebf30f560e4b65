// What can be checked when all events of an archive have been taken: the records that queries and complaints are about, in
// their batches, and what the contract stores of queries, complaints and channels. Each check throws FaultFound.
import { toHex } from '../../bytes.ts';
import type { BlockTag } from '../../chain/types.ts';
import type { MIStoreContract } from '../../contract/client.ts';
import type { ArchiveReader } from '../reader.ts';
import { expectNone } from './fault.ts';
import { type ArchivedHistory, channelText } from './history.ts';
import type { ArchivedQuery } from './query.ts';

/** The contract, and the block whose state it is asked for. */
export interface StoredState {
  contract: MIStoreContract;
  asOf: BlockTag;
  /** Whether that is the archive's last block, so that nothing may be missing. */
  whole: boolean;
}

/** Reads each batch again that holds an edge of a query, or a record about which somebody complained. */
export async function checkRecords({ ledger, complaints, queries }: ArchivedHistory, reader: ArchiveReader) {
  const edges = queries.edgesByBatch();
  const records = new Map<number, number[]>();
  for (const recordId of complaints.recordIds) {
    const batch = ledger.batchOf(recordId)!;
    records.set(batch, [...(records.get(batch) ?? []), recordId]);
  }
  for (const index of [...new Set([...edges.keys(), ...records.keys()])].sort((a, b) => a - b)) {
    const batch = await reader.batch(index);
    for (const recordId of records.get(index) ?? []) {
      expectNone(`record ${recordId}`, complaints.checkRecord(recordId, batch));
    }
    for (const [query, numbers] of edges.get(index) ?? []) expectNone(nameOf(query), query.addRecords(numbers, batch));
  }
}

export async function checkComplaints({ complaints, ledger }: ArchivedHistory, { contract, asOf, whole }: StoredState) {
  for (const recordId of complaints.recordIds) {
    const stored = await contract.complaintsOf(ledger.ledgerId, recordId, asOf);
    expectNone(`record ${recordId}`, complaints.verdict(recordId, stored, whole));
  }
}

/** checkRecords() must have run. */
export async function checkQuery(query: ArchivedQuery, { contract, asOf, whole }: StoredState): Promise<void> {
  const [state, word, fee] = await Promise.all([
    contract.queryState(query.id, asOf),
    contract.queryWord(query.id, asOf),
    contract.feeOf(query.id, asOf),
  ]);
  expectNone(nameOf(query), query.verdict({ ...state, ...word, fee }, whole));
}

/** That the seats were held by whom the archive says, in which epochs. Later changes count only where `whole`. */
export async function checkSeats({ ledger }: ArchivedHistory, { contract, asOf, whole }: StoredState): Promise<void> {
  for (const { server, seat, fromEpoch, untilEpoch } of ledger.epochs.holders) {
    const stored = await contract.seatOf(ledger.ledgerId, server, asOf);
    const until = !whole && stored.untilEpoch > ledger.epochs.current ? 0 : stored.untilEpoch;
    const agrees = stored.seat === seat && stored.fromEpoch === fromEpoch && until === untilEpoch;
    const here = `has ${toHex(server)} from epoch ${fromEpoch} to before ${untilEpoch}`;
    const there = `seat ${stored.seat}, ${stored.fromEpoch} and ${until}`;
    expectNone(`seat ${seat}`, agrees ? null : `it ${here} here; in the contract it is ${there} (0: still)`);
  }
}

/** Servers cannot answer an insurer whose channels to them are missing. */
export async function checkChannels(
  { ledger, identities, queries }: ArchivedHistory,
  { contract, asOf }: StoredState,
): Promise<void> {
  for (const insurer of queries.insurers) {
    for (const { server } of ledger.epochs.holders) {
      if (identities.hasChannel(insurer, server)) continue;
      const stored = await contract.channelOpened(insurer, server, asOf);
      expectNone(channelText(insurer, server), stored.some((byte) => byte !== 0) ? 'it is missing' : null);
    }
  }
}

const nameOf = (query: ArchivedQuery): string => `query ${toHex(query.id)}`;
