// The epochs of an archived ledger: each begins with the committee hash that follows from the one before, has its keys dealt,
// is joined seat by seat, and is activated by the last join. Each check returns in words what is wrong, or null.
import { concat, equalBytes, toHex } from '../../bytes.ts';
import { committeeAfter } from '../../contract/ledger-id.ts';
import type { EventArguments, LedgerState } from '../../contract/types.ts';
import type { Committee } from '../../vss/committee.ts';
import { digestOfKeys, partCount } from '../../vss/subset-keys.ts';

interface Epoch {
  committeeHash: Uint8Array;
  digest: Uint8Array;
  joined: Set<number>;
  isActive: boolean;
  /** The parts of the list of keys, of each the first that was dealt. */
  list: Uint8Array[];
  /** How many parts each seat has been dealt. */
  parts: number[];
}

export class ArchivedEpochs {
  readonly #committee: Committee;
  readonly #epochs: Epoch[] = [];

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

  /** Whether a seat has joined any epoch. */
  hasJoined(seat: number): boolean {
    return this.#epochs.some(({ joined }) => joined.has(seat));
  }

  /** `stored`: digest of the epoch's keys in the contract. */
  begin({ ledgerId, epoch, committee, digest }: EventArguments['EpochBegun'], stored: Uint8Array): string | null {
    const last = this.#epochs.at(-1);
    if (epoch !== this.current + 1) return `epoch ${epoch} begins where epoch ${this.current + 1} should`;
    if (last && !last.isActive && this.#isComplete(last)) return this.#notActivated(this.current);
    const committeeHash = last ? committeeAfter(last.committeeHash) : ledgerId;
    if (!equalBytes(committee, committeeHash)) return `the committee hash of epoch ${epoch} is not ${toHex(committee)}`;
    if (!equalBytes(digest, stored)) return `the digest of epoch ${epoch} is ${toHex(stored)} in the contract`;
    const parts = new Array<number>(this.#committee.seats + 1).fill(0);
    this.#epochs.push({ committeeHash, digest, joined: new Set(), isActive: false, list: [], parts });
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

  join({ seat, epoch }: EventArguments['ServerJoined']): string | null {
    if (epoch !== this.current || epoch === 0) return `seat ${seat} joins epoch ${epoch} in epoch ${this.current}`;
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
    if (!last) return 'EpochBegun is missing';
    if (!last.isActive && this.#isComplete(last)) return this.#notActivated(this.current);
    for (const [i, epoch] of this.#epochs.entries()) {
      const fault = epoch.isActive ? this.#keysFault(i + 1, epoch) : null;
      if (fault !== null) return fault;
    }
    if (!whole) return null;
    if (this.current !== state.epoch) return `EpochBegun of epoch ${this.current + 1} is missing`;
    const { size } = last.joined;
    return size === state.joined ? null : `${state.joined} servers have joined; there are ${size} events ServerJoined`;
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

  #isComplete({ joined }: Epoch): boolean {
    return joined.size === this.#committee.seats;
  }

  #notActivated(epoch: number): string {
    return `EpochActivated of epoch ${epoch} is missing`;
  }
}
