// The complaints about a ledger's records as its events tell them (docs/protocol.md, "Complaints"): which stand, which were
// justified, which records are void. Where something is done because of it, the contract's own word is asked for.
import type { ContractEvent } from '../contract/types.ts';
import { seatsOf } from '../contract/views.ts';
import type { Committee } from '../sharing/committee.ts';
import { readUntilThere } from './find-event.ts';
import type { ReadingSite } from './site.ts';
import type { LedgerView } from './view.ts';

/** What stands against a record. */
export interface RecordComplaints {
  recordId: number;
  /** Seats whose complaints stand, ascending. */
  standing: number[];
  /** Seats whose shares of the record have been made public, ascending. */
  justified: number[];
  /** No run can begin or end at the record now. */
  isVoid: boolean;
  /** One of its commitments is no point: it stays void. */
  isVoidForGood: boolean;
}

const EVENTS = ['ComplaintFiled', 'ComplaintWithdrawn', 'ComplaintJustified', 'RecordVoided'] as const;
/** Events that change what stands against a record. */
export type ComplaintEvent = ContractEvent<(typeof EVENTS)[number]>;

/** Seats as bits: bit i is seat i. One seat can complain about every record of a large ledger. */
interface Held {
  standing: bigint;
  justified: bigint;
  isVoidForGood: boolean;
  wasVoid: boolean;
}

/** What the events so far say, of each record. */
export class ComplaintTally {
  readonly #committee: Committee;
  readonly #records = new Map<number, Held>();

  constructor(committee: Committee) {
    this.#committee = committee;
  }

  /** Events must come in the chain's order. */
  add(event: ComplaintEvent): void {
    const held = this.#records.get(event.recordId) ?? { ...NOTHING };
    this.#records.set(event.recordId, held);
    if (event.event === 'RecordVoided') held.isVoidForGood = true;
    else {
      const bit = 1n << BigInt(event.seat);
      if (event.event === 'ComplaintFiled') held.standing |= bit;
      else held.standing &= ~bit;
      if (event.event === 'ComplaintJustified') held.justified |= bit;
    }
    held.wasVoid ||= this.#isVoid(held);
  }

  /** What the events so far say about a record. */
  of(recordId: number): RecordComplaints {
    const held = this.#records.get(recordId) ?? NOTHING;
    return {
      recordId,
      standing: seatsOf(held.standing),
      justified: seatsOf(held.justified),
      isVoid: this.#isVoid(held),
      isVoidForGood: held.isVoidForGood,
    };
  }

  /** Records about which a complaint stands, of which a share was made public, or which are void; by id. */
  get records(): RecordComplaints[] {
    const says = ({ standing, justified, isVoidForGood }: Held) => standing !== 0n || justified !== 0n || isVoidForGood;
    return this.#idsWhere(says).map((recordId) => this.of(recordId));
  }

  /** Ids of the records that are void now, ascending. */
  get voids(): number[] {
    return this.#idsWhere((held) => this.#isVoid(held));
  }

  /** Ids of the records that are void or have been, ascending. */
  get everVoid(): number[] {
    return this.#idsWhere(({ wasVoid }) => wasVoid);
  }

  #idsWhere(holds: (held: Held) => boolean): number[] {
    const found = [...this.#records].filter(([, held]) => holds(held));
    return found.map(([recordId]) => recordId).sort((a, b) => a - b);
  }

  #isVoid({ standing, isVoidForGood }: Held): boolean {
    const { threshold, seats } = this.#committee;
    return isVoidForGood || countBits(standing) > seats - threshold;
  }
}

const NOTHING: Held = { standing: 0n, justified: 0n, isVoidForGood: false, wasVoid: false };

/** A ledger's, read from its events. */
export class LedgerComplaints extends ComplaintTally {
  /** Throws IncompleteLogsError where a record has been void, by the contract's word, and no event says so. */
  static read(site: ReadingSite, ledger: LedgerView): Promise<LedgerComplaints> {
    const { ledgerId } = ledger;
    const read = async () => {
      const { hasVoids } = await ledger.state();
      const found = new LedgerComplaints(ledger.committee);
      for await (const event of site.events.read(EVENTS, { ledgerId })) found.add(event);
      return hasVoids && found.everVoid.length === 0 ? null : found;
    };
    return readUntilThere(read, 'ComplaintFiled', { ledgerId });
  }

  /** As read(), for those who need the void records only: reads no event where no record has ever been void. */
  static async readVoids(site: ReadingSite, ledger: LedgerView): Promise<LedgerComplaints> {
    const { hasVoids } = await ledger.state();
    return hasVoids ? LedgerComplaints.read(site, ledger) : new LedgerComplaints(ledger.committee);
  }
}

function countBits(bits: bigint): number {
  let count = 0;
  for (let rest = bits; rest !== 0n; rest &= rest - 1n) count++;
  return count;
}
