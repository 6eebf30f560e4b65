// The epochs of an archived ledger: each begins with the committee hash that follows from the one before and from the seat that
// changed hands, if any, has its keys dealt, is joined seat by seat, and is activated by the last join. Each check returns in words what is wrong, or null.
import { concat, equalBytes, toHex } from '../../bytes.ts';
import { committeeAfter } from '../../contract/ledger-id.ts';
import type { EventArguments, LedgerState } from '../../contract/types.ts';
import { counted } from '../../counted.ts';
import type { Committee } from '../../sharing/committee.ts';
import { digestOfKeys, partCount } from '../../vss/subset-keys.ts';

interface Epoch {
  /** By seat. */
  servers: readonly Uint8Array[];
  committeeHash: Uint8Array;
  digest: Uint8Array;
  joined: Set<number>;
  isActive: boolean;
  /** The parts of the list of keys, of each the first that was dealt. */
  list: Uint8Array[];
  /** How many parts each seat has been dealt. */
  parts: number[];
}

/** An account that has, or had, a seat. */
export interface SeatHolder {
  /** 20 bytes. */
  server: Uint8Array;
  seat: number;
  /** First epoch in which it holds the seat. */
  fromEpoch: number;
  /** First epoch after that in which another does; 0 if none. */
  untilEpoch: number;
  /** Whether it has joined any epoch. */
  hasJoined: boolean;
}

export class ArchivedEpochs {
  readonly #committee: Committee;
  readonly #epochs: Epoch[] = [];
  /** What the next epoch begins with. */
  #change: EventArguments['SeatChanged'] | undefined;

  constructor(committee: Committee) {
    this.#committee = committee;
  }

  /** Number of the last epoch; 0 before the first. */
  get current(): number {
    return this.#epochs.length;
  }

  /** Whether all servers have joined the last epoch. */
  get isActive(): boolean {
    return this.#epochs.at(-1)?.isActive ?? false;
  }

  /** Everybody who ever held a seat, in the order in which they came. */
  get holders(): SeatHolder[] {
    const holders: SeatHolder[] = [];
    for (const [i, { servers, joined }] of this.#epochs.entries()) {
      for (const [s, server] of servers.entries()) {
        let holder = holders.find((known) => equalBytes(known.server, server));
        if (!holder) {
          const former = holders.find(({ seat, untilEpoch }) => seat === s + 1 && untilEpoch === 0);
          if (former) former.untilEpoch = i + 1;
          holder = { server, seat: s + 1, fromEpoch: i + 1, untilEpoch: 0, hasJoined: false };
          holders.push(holder);
        }
        holder.hasJoined ||= joined.has(s + 1);
      }
    }
    return holders;
  }

  /** Seat of an account in an epoch; 0 if it had none. */
  seatIn(epoch: number, account: Uint8Array): number {
    return 1 + (this.#epochs[epoch - 1]?.servers ?? []).findIndex((server) => equalBytes(server, account));
  }

  changeSeat(change: EventArguments['SeatChanged']): string | null {
    const { seat, epoch, from, to } = change;
    if (epoch !== this.current + 1) return `seat ${seat} changes hands in epoch ${epoch}, after epoch ${this.current}`;
    if (this.#change) return `seats ${this.#change.seat} and ${seat} change hands in one epoch`;
    if (!this.#holds(seat, from)) return `${toHex(from)} gives up seat ${seat} without having it`;
    if (this.holders.some(({ server }) => equalBytes(server, to))) return `${toHex(to)} gets a second seat`;
    this.#change = change;
    return null;
  }

  /** A wish: the contract stores nothing of it. */
  resign({ seat, server }: EventArguments['ServerResigned']): string | null {
    return this.#holds(seat, server) ? null : `${toHex(server)} resigns from seat ${seat} without having it`;
  }

  /** `stored`: digest of the epoch's keys in the contract; `first`: servers of the ledger's terms. */
  begin(
    { ledgerId, epoch, committee, digest }: EventArguments['EpochBegun'],
    stored: Uint8Array,
    first: readonly Uint8Array[],
  ): string | null {
    const last = this.#epochs.at(-1);
    const change = this.#change && { seat: this.#change.seat, server: this.#change.to };
    if (epoch !== this.current + 1) return `epoch ${epoch} begins where epoch ${this.current + 1} should`;
    if (last && !last.isActive && this.#isComplete(last)) return this.#notActivated(this.current);
    const committeeHash = last ? committeeAfter(last.committeeHash, change) : ledgerId;
    if (!equalBytes(committee, committeeHash)) return `the committee hash of epoch ${epoch} is not ${toHex(committee)}`;
    if (!equalBytes(digest, stored)) return `the digest of epoch ${epoch} is ${toHex(stored)} in the contract`;
    const parts = new Array<number>(this.#committee.seats + 1).fill(0);
    const servers = last?.servers ?? first;
    const now = change ? servers.with(change.seat - 1, change.server) : servers;
    this.#change = undefined;
    this.#epochs.push({ servers: now, committeeHash, digest, joined: new Set(), isActive: false, list: [], parts });
    return null;
  }

  dealKeys({ epoch, seat, part, ciphertext }: EventArguments['KeysDealt']): string | null {
    const { list, parts } = this.#epochs[epoch - 1] ?? {};
    if (!list || !parts) return `keys of epoch ${epoch} are dealt before it begins`;
    if (seat > this.#committee.seats) return `keys are dealt to seat ${seat}, which does not exist`;
    if (part !== parts[seat] || part >= partCount(this.#committee, seat)) return null; // as servers do
    parts[seat]++;
    if (seat === 0) list.push(ciphertext);
    return null;
  }

  join({ seat, server, epoch }: EventArguments['ServerJoined']): string | null {
    if (epoch !== this.current || epoch === 0) return `seat ${seat} joins epoch ${epoch} in epoch ${this.current}`;
    if (!this.#holds(seat, server)) return `${toHex(server)} does not have seat ${seat}`;
    const { joined } = this.#epochs.at(-1)!;
    if (joined.has(seat)) return `seat ${seat} joins epoch ${epoch} twice`;
    joined.add(seat);
    return null;
  }

  activate({ epoch }: EventArguments['EpochActivated']): string | null {
    const last = this.#epochs.at(-1);
    if (!last || epoch !== this.current) return `epoch ${epoch} is activated in epoch ${this.current}`;
    if (last.isActive) return `epoch ${epoch} is activated twice`;
    if (!this.#isComplete(last)) return `epoch ${epoch} is activated before all servers have joined it`;
    last.isActive = true;
    return null;
  }

  /** After the last event. `state`: as the contract stores it; `whole`: as of the archive's last block. */
  missing(state: LedgerState, whole: boolean): string | null {
    const last = this.#epochs.at(-1);
    if (!last || this.#change)
      return last ? `EpochBegun of epoch ${this.current + 1} is missing` : 'EpochBegun is missing';
    if (!last.isActive && this.#isComplete(last)) return this.#notActivated(this.current);
    for (const [i, epoch] of this.#epochs.entries()) {
      const fault = epoch.isActive ? this.#keysFault(i + 1, epoch) : null;
      if (fault !== null) return fault;
    }
    if (!whole) return null;
    if (this.current !== state.epoch) return `EpochBegun of epoch ${this.current + 1} is missing`;
    if (!equalBytes(last.committeeHash, state.committee)) return 'the contract has another committee hash';
    const { size } = last.joined;
    return size === state.joined
      ? null
      : `${counted(state.joined, 'server has', 'servers have')} joined; the file has ${counted(size, 'event')} ServerJoined`;
  }

  /** What a server needs of the keys: it joins only with all of its own, and a list that fits the digest. */
  #keysFault(epoch: number, { list, parts, digest }: Epoch): string | null {
    const lacking = parts.findIndex((count, seat) => count < partCount(this.#committee, seat));
    if (lacking > 0) return `the keys for seat ${lacking} of epoch ${epoch} are not all there`;
    if (lacking === 0) return `the list of keys of epoch ${epoch} is not all there`;
    return equalBytes(digestOfKeys(concat(...list)), digest)
      ? null
      : `the list of keys of epoch ${epoch} does not hash to its digest`;
  }

  #holds(seat: number, account: Uint8Array): boolean {
    return seat > 0 && this.seatIn(this.current, account) === seat;
  }

  #isComplete({ joined }: Epoch): boolean {
    return joined.size === this.#committee.seats;
  }

  #notActivated(epoch: number): string {
    return `EpochActivated of epoch ${epoch} is missing`;
  }
}
