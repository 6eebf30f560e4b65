// One query of an archive: takes its events and its records, and compares them with each other and with the contract's
// storage. Each check returns in words what is wrong, or null.
import { concat, equalBytes, fromBigInt, toHex } from '../bytes.ts';
import type { EventArguments, QueryProgress, QueryState } from '../contract/types.ts';
import { GROUP_ORDER } from '../engine/bn254.ts';
import type { Engine } from '../engine/engine.ts';
import { EncodingError } from '../errors.ts';
import { type Consent, recordsHash } from '../query/consent.ts';
import { type Columns, TAG_BYTES } from '../records/record.ts';
import { type Committee, commitmentBytes } from '../vss/dealing.ts';

export class ArchivedQuery {
  readonly id: Uint8Array;
  readonly consent: Consent;
  readonly recordIds: number[] = [];
  readonly #engine: Engine;
  readonly #committee: Committee;
  /** Accepted answers by seat. */
  readonly #answers = new Map<number, EventArguments['AnswerAccepted']>();
  #progress: QueryProgress | undefined;
  #sealed: EventArguments['QuerySealed'] | undefined;
  /** Sums of the commitments of the first #found records, t points. */
  #sums: Uint8Array;
  #found = 0;

  constructor(engine: Engine, committee: Committee, id: Uint8Array, consent: Consent) {
    this.#engine = engine;
    this.#committee = committee;
    this.id = id;
    this.consent = consent;
    this.#sums = new Uint8Array(64 * committee.threshold);
  }

  extend({ recordIds, progress }: EventArguments['QueryExtended']): string | null {
    if (this.#sealed) return 'it is extended after it was sealed';
    for (const id of recordIds) {
      const last = this.recordIds.at(-1) ?? -1;
      if (id <= last) return `it names record ${id} after record ${last}`;
      this.recordIds.push(id);
    }
    this.#progress = progress;
    const { length } = this.recordIds;
    if (length === 0) return 'it is extended by no record';
    if (progress.count !== length) return `it is over ${length} records and claims ${progress.count}`;
    return progress.lastRecordId === this.recordIds.at(-1) ? null : `its last record is not ${progress.lastRecordId}`;
  }

  seal(sealed: EventArguments['QuerySealed']): string | null {
    if (this.#sealed || !this.#progress) return this.#sealed ? 'it is sealed twice' : 'it is sealed over no records';
    this.#sealed = sealed;
    const { count, sums, masks, insurer } = sealed;
    if (count !== this.#progress.count) return `it is sealed over ${count} records and has ${this.#progress.count}`;
    if (toHex(insurer) !== this.consent.insurer) return `it is sealed by ${toHex(insurer)}, not by its insurer`;
    if (masks.length !== 64 * this.#committee.seats) return `it is sealed with ${masks.length} bytes of masks`;
    return equalBytes(sums, this.#progress.sums) ? null : 'it is sealed with other sums than it had reached';
  }

  answer(answer: EventArguments['AnswerAccepted']): string | null {
    const { seat } = answer;
    if (!this.#sealed) return `seat ${seat} answers before it is sealed`;
    if (this.#answers.has(seat)) return `seat ${seat} answers twice`;
    this.#answers.set(seat, answer);
    return seat >= 1 && seat <= this.#committee.seats ? null : `seat ${seat} answers, which does not exist`;
  }

  /** Adds up the commitments of the query's records in one batch. Batches must come in order. */
  addRecords({ count, tags, commitments }: Columns, firstRecordId: number): string | null {
    const size = commitmentBytes(this.#committee);
    const points: Uint8Array[] = [];
    for (; this.recordIds[this.#found]! < firstRecordId + count; this.#found++) {
      const id = this.recordIds[this.#found]!;
      const k = id - firstRecordId;
      const tag = toHex(tags.subarray(TAG_BYTES * k, TAG_BYTES * (k + 1)));
      if (tag !== this.consent.patient) return `it is over record ${id}, which is of ${tag}, not of its patient`;
      points.push(commitments.subarray(size * k, size * (k + 1)));
    }
    return decoding(() => {
      const found = this.#engine.decompress(concat(...points));
      this.#sums = this.#engine.sumPoints(concat(this.#sums, found), this.#committee.threshold);
      return null;
    });
  }

  /**
   * After all events and records. `state`: as the contract stores it; `whole`: as of the archive's last block, so that
   * nothing may be missing.
   */
  verdict(state: QueryState, whole: boolean): string | null {
    if (!this.#progress) return 'its QueryExtended is missing';
    return this.#recordsFault(this.#progress) ?? this.#statusFault(state, whole) ?? this.#answersFault(state, whole);
  }

  #recordsFault(progress: QueryProgress): string | null {
    if (this.#found < this.recordIds.length) return `no batch has its record ${this.recordIds[this.#found]}`;
    const hash = toHex(recordsHash(this.recordIds));
    if (toHex(progress.recordsHash) !== hash) return 'its records have another hash than it says';
    if (this.#sealed && this.consent.recordsHash !== hash) return 'its consent is for other records';
    return equalBytes(this.#sums, progress.sums) ? null : 'its sums are not those of its records';
  }

  #statusFault({ status }: QueryState, whole: boolean): string | null {
    const archived = this.#sealed ? 'sealed' : 'open';
    if (status === archived || !(whole || this.#sealed)) return null;
    return `it is ${archived} here, ${status} in the contract`;
  }

  #answersFault({ answeredSeats }: QueryState, whole: boolean): string | null {
    const missing = answeredSeats.find((seat) => !this.#answers.has(seat));
    if (whole && missing !== undefined) return `the answer of seat ${missing} is missing`;
    for (const [seat, answer] of this.#answers) {
      if (!answeredSeats.includes(seat)) return `the contract has no answer of seat ${seat}`;
      const fault = decoding(() => (this.#isRight(answer) ? null : `the answer of seat ${seat} is wrong`));
      if (fault !== null) return fault;
    }
    return null;
  }

  /** Whether y·G + w·H = Σ_j seat^j·A_j + Z_seat. Throws EncodingError for a malformed scalar or point. */
  #isRight({ seat, y, w }: EventArguments['AnswerAccepted']): boolean {
    const { sums, masks } = this.#sealed!;
    const factors = [fromBigInt(1n, 32)];
    for (let j = 0, power = 1n; j < this.#committee.threshold; j++, power = (power * BigInt(seat)) % GROUP_ORDER) {
      factors.push(fromBigInt(power, 32));
    }
    const sum = this.#engine.msm(concat(...factors), concat(masks.subarray(64 * (seat - 1), 64 * seat), sums));
    return equalBytes(this.#engine.commit(y, w), this.#engine.compress(sum));
  }
}

/** What the check finds, or which of the bytes that it reads are malformed. */
function decoding(check: () => string | null): string | null {
  try {
    return check();
  } catch (error) {
    if (error instanceof EncodingError) return `it does not decode: ${error.message}`;
    throw error;
  }
}
