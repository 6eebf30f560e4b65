// Which of the contract's events belong in the archive of a ledger, and a count of those that it holds. Looks only at topics
// and at the first words of the data, so that batches need not be decoded.
import { fromHex, type Hex, toBigInt } from '../bytes.ts';
import type { Topics } from '../chain/logs.ts';
import { topicOf } from '../contract/abi.ts';
import { topicsOf } from '../contract/events.ts';
import type { LedgerState } from '../contract/types.ts';

export interface Tally {
  events: number;
  /** Events LedgerOpened. */
  opened: number;
  /** Servers that have joined. */
  joined: number;
  batches: number;
  records: number;
}

const TOPIC = {
  opened: topicOf('LedgerOpened'),
  joined: topicOf('ServerJoined'),
  appended: topicOf('BatchAppended'),
  queryOpened: topicOf('QueryOpened'),
  queryExtended: topicOf('QueryExtended'),
  answered: topicOf('AnswerAccepted'),
};

/**
 * Filters for all logs that the archive needs. They also let through answers to other ledgers' queries, which `includes`
 * leaves out. Registrations, revocations and channels name no ledger: the archive has all registrations and revocations of
 * the contract, and all channels to the ledger's servers.
 */
export function archiveFilters(ledgerId: bigint, servers: readonly Uint8Array[]): Topics[] {
  const ofLedger = topicsOf('LedgerActivated', { ledgerId });
  const ofQueries = topicsOf('QuerySealed', { ledgerId });
  const toServers = servers.map((to) => topicsOf('ChannelOpened', { to })[2]!);
  return [
    [[TOPIC.opened, TOPIC.joined, ofLedger[0]!, TOPIC.appended], ofLedger[1]!],
    [[TOPIC.queryOpened, ofQueries[0]!], null, ofQueries[2]!],
    [[TOPIC.queryExtended, TOPIC.answered, topicOf('ConsentRevoked'), topicOf('Registered')]],
    [topicOf('ChannelOpened'), null, toServers],
  ];
}

export class ArchiveContents {
  #tally: Tally = { events: 0, opened: 0, joined: 0, batches: 0, records: 0 };
  /** The ledger's queries, and for each how many events preceded the one that opened it. */
  readonly #queries = new Map<Hex, number>();

  get tally(): Tally {
    return { ...this.#tally };
  }

  /** Whether a log that the filters let through belongs in the archive. */
  includes([topic, first]: readonly Hex[]): boolean {
    const ofQuery = topic === TOPIC.queryExtended || topic === TOPIC.answered;
    return !ofQuery || this.#queries.has(first!);
  }

  /** Number of the batch that is missing before this log; null if none is. */
  missingBefore([topic, , index]: readonly Hex[]): number | null {
    if (topic !== TOPIC.appended || Number(index) === this.#tally.batches) return null;
    return this.#tally.batches;
  }

  /** Counts a log. `data`: at least the first 64 bytes of its data, as 0x-hex. */
  add([topic, first]: readonly Hex[], data: Hex): void {
    const number = this.#tally.events++;
    if (topic === TOPIC.opened) this.#tally.opened++;
    if (topic === TOPIC.joined) this.#tally.joined++;
    if (topic === TOPIC.queryOpened) this.#queries.set(first!, number);
    if (topic !== TOPIC.appended) return;
    this.#tally.batches++;
    this.#tally.records += Number(toBigInt(fromHex(`0x${data.slice(66, 130)}`, 'count of a batch', 32)));
  }

  /** Forgets all logs since the tally was as given. */
  rewind(tally: Tally): void {
    this.#tally = { ...tally };
    for (const [queryId, number] of this.#queries) if (number >= tally.events) this.#queries.delete(queryId);
  }

  /** What is missing of the logs that there must be by the contract's state; null if nothing is known to be missing. */
  missing(state: LedgerState): string | null {
    const { opened, joined, batches, records } = this.#tally;
    if (opened !== 1) return 'the event LedgerOpened';
    if (joined !== state.joined) return `${state.joined - joined} of ${state.joined} events ServerJoined`;
    if (batches !== state.nextBatch) return `batch ${batches}`;
    return records === state.nextRecordId ? null : `${state.nextRecordId - records} records`;
  }
}
