// Which of the contract's events belong in the archive of a ledger, and a count of those that it holds. Looks only at topics
// and at the first words of the data, so that batches need not be decoded.
import { fromHex, type Hex, toBigInt } from '../bytes.ts';
import type { Topics } from '../chain/logs.ts';
import { topicOf } from '../contract/abi.ts';
import { topicsOf } from '../contract/events.ts';
import type { EventName, LedgerState } from '../contract/types.ts';

export interface Tally {
  events: number;
  /** Events LedgerOpened. */
  opened: number;
  /** The last epoch that has begun. */
  epoch: number;
  /** Servers that have joined it. */
  joined: number;
  batches: number;
  records: number;
}

/** Events whose first topic is the ledger. */
const OF_LEDGER = [
  'LedgerOpened',
  'SeatChanged',
  'ServerResigned',
  'EpochBegun',
  'KeysDealt',
  'ServerJoined',
  'EpochActivated',
  'BatchAppended',
  'ComplaintFiled',
  'ComplaintWithdrawn',
  'ComplaintJustified',
  'RecordVoided',
] as const satisfies EventName[];
/** Events whose first topic is a query, and whose second one is the query's ledger. */
const OF_QUERIES = [
  'QueryOpened',
  'QueryContinued',
  'QueryCancelled',
  'AnswerAccepted',
  'FeeOffered',
  'FeeEarned',
  'FeeRefunded',
] as const satisfies EventName[];
/** Events that name no ledger. Of channels, all: whose are of use is known only when a seat has changed hands. */
const OF_ALL = ['ConsentRevoked', 'Registered', 'ChannelOpened'] as const satisfies EventName[];

const TOPIC = {
  opened: topicOf('LedgerOpened'),
  begun: topicOf('EpochBegun'),
  joined: topicOf('ServerJoined'),
  appended: topicOf('BatchAppended'),
};

/** Filters for exactly the logs of the archive: the ledger's, and all registrations, channels and revocations of the contract. */
export function archiveFilters(ledgerId: Uint8Array): Topics[] {
  const ledger = topicsOf('LedgerOpened', { ledgerId })[1] as Hex;
  return [[OF_LEDGER.map(topicOf), ledger], [OF_QUERIES.map(topicOf), null, ledger], [OF_ALL.map(topicOf)]];
}

export class ArchiveContents {
  #tally: Tally = { events: 0, opened: 0, epoch: 0, joined: 0, batches: 0, records: 0 };

  get tally(): Tally {
    return { ...this.#tally };
  }

  /** Number of the batch that is missing before this log; null if none is. */
  missingBefore([topic, , index]: readonly Hex[]): number | null {
    if (topic !== TOPIC.appended || Number(index) === this.#tally.batches) return null;
    return this.#tally.batches;
  }

  /** Counts a log. `data`: at least the first 96 bytes of its data, as 0x-hex; fewer if it has fewer. */
  add([topic, , second]: readonly Hex[], data: Hex): void {
    const tally = this.#tally;
    tally.events++;
    if (topic === TOPIC.opened) tally.opened++;
    if (topic === TOPIC.begun) Object.assign(tally, { epoch: Number(second), joined: 0 });
    if (topic === TOPIC.joined && word(data, 0) === tally.epoch) tally.joined++;
    if (topic !== TOPIC.appended) return;
    tally.batches++;
    tally.records += word(data, 2);
  }

  /** Forgets all logs since the tally was as given. */
  rewind(tally: Tally): void {
    this.#tally = { ...tally };
  }

  /** What is missing of the logs that there must be by the contract's state; null if nothing is known to be missing. */
  missing(state: LedgerState): string | null {
    const { opened, epoch, joined, batches, records } = this.#tally;
    if (opened !== 1) return 'the event LedgerOpened';
    if (epoch !== state.epoch) return `epoch ${epoch + 1}`;
    if (joined !== state.joined) return `${state.joined - joined} of ${state.joined} events ServerJoined`;
    if (batches !== state.nextBatch) return `batch ${batches}`;
    return records === state.nextRecordId ? null : `${state.nextRecordId - records} records`;
  }
}

/** Word number `i` of a log's data, as a number. */
const word = (data: Hex, i: number): number =>
  Number(toBigInt(fromHex(`0x${data.slice(2 + 64 * i, 66 + 64 * i)}`, `word ${i} of a log's data`, 32)));
