// The queries of an archive against its records and the contract: their consents, the records they are over, the sums of
// those records' commitments, the accepted answers. What the contract checked once is checked again here, because a file
// that claims wrong sums and answers that fit them would mislead an insurer. Faults in words, null where all is right.
import { concat, equalBytes, fromBigInt, fromHex, type Hex, toHex } from '../bytes.ts';
import { consentDigest } from '../contract/signing.ts';
import type { ContractEvent, EventArguments, QueryProgress, QueryState } from '../contract/types.ts';
import { GROUP_ORDER } from '../engine/bn254.ts';
import type { Engine } from '../engine/engine.ts';
import { EncodingError } from '../errors.ts';
import type { Deployment } from '../identity/channel.ts';
import { type Consent, recordsHash } from '../query/consent.ts';
import { type Columns, decodeRecords, TAG_BYTES } from '../records/batch.ts';
import { type Committee, commitmentBytes } from '../vss/dealing.ts';

type Fault = string | null;
type QueryEvent = ContractEvent<'QueryOpened' | 'QueryExtended' | 'QuerySealed' | 'AnswerAccepted'>;

export class ArchivedQueries {
  readonly #engine: Engine;
  readonly #deployment: Deployment;
  readonly #committee: Committee;
  readonly #queries = new Map<Hex, ArchivedQuery>();
  #byBatch = new Map<number, Set<ArchivedQuery>>();

  constructor(engine: Engine, deployment: Deployment, committee: Committee) {
    this.#engine = engine;
    this.#deployment = deployment;
    this.#committee = committee;
  }

  [Symbol.iterator](): Iterator<ArchivedQuery> {
    return this.#queries.values();
  }

  /** Each once, 20 bytes. */
  get insurers(): Uint8Array[] {
    const insurers = new Set([...this.#queries.values()].map(({ consent }) => consent.insurer));
    return [...insurers].map((insurer) => fromHex(insurer));
  }

  /** Takes the events in the chain's order. */
  add(event: QueryEvent): Fault {
    const query = this.#queries.get(toHex(event.queryId));
    if (event.event === 'QueryOpened') return query ? 'it is opened twice' : this.#open(event);
    if (!query) return `its ${event.event} stands before its QueryOpened`;
    switch (event.event) {
      case 'QueryExtended':
        return query.extend(event);
      case 'QuerySealed':
        return query.seal(event);
      case 'AnswerAccepted':
        return query.answer(event);
    }
  }

  #open({ queryId, ledgerId, insurer, consent }: ContractEvent<'QueryOpened'>): Fault {
    if (!equalBytes(consentDigest(this.#deployment, consent), queryId)) return 'its consent has another digest';
    if (consent.ledgerId !== ledgerId) return `its consent is about ledger ${consent.ledgerId}`;
    if (consent.insurer !== toHex(insurer)) return `it is of ${toHex(insurer)}, its consent for ${consent.insurer}`;
    this.#queries.set(toHex(queryId), new ArchivedQuery(this.#engine, this.#committee, queryId, consent));
    return null;
  }

  /** Batches that the queries are over, ascending. `firstIds`: the first record id of each batch of the archive. */
  batches(firstIds: readonly number[]): number[] {
    for (const query of this.#queries.values()) {
      let batch = 0;
      for (const id of query.recordIds) {
        while (batch + 1 < firstIds.length && firstIds[batch + 1]! <= id) batch++;
        if (batch >= firstIds.length) break;
        this.#byBatch.set(batch, (this.#byBatch.get(batch) ?? new Set()).add(query));
      }
    }
    return [...this.#byBatch.keys()].sort((a, b) => a - b);
  }

  /** Takes the queried records out of each of those batches, in order. */
  find(batch: ContractEvent<'BatchAppended'>): { queryId: Hex; what: string } | null {
    const columns = decodeRecords(this.#committee, batch.records);
    for (const query of this.#byBatch.get(batch.index) ?? []) {
      const what = query.find(columns, batch.firstRecordId);
      if (what !== null) return { queryId: toHex(query.id), what };
    }
    return null;
  }
}

class ArchivedQuery {
  readonly id: Uint8Array;
  readonly consent: Consent;
  readonly recordIds: number[] = [];
  readonly #engine: Engine;
  readonly #committee: Committee;
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

  extend({ recordIds, progress }: EventArguments['QueryExtended']): Fault {
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

  seal(sealed: EventArguments['QuerySealed']): Fault {
    if (this.#sealed || !this.#progress) return this.#sealed ? 'it is sealed twice' : 'it is sealed over no records';
    this.#sealed = sealed;
    const { count, sums, masks, insurer } = sealed;
    if (count !== this.#progress.count) return `it is sealed over ${count} records and has ${this.#progress.count}`;
    if (toHex(insurer) !== this.consent.insurer) return `it is sealed by ${toHex(insurer)}`;
    if (masks.length !== 64 * this.#committee.seats) return `it is sealed with ${masks.length} bytes of masks`;
    return equalBytes(sums, this.#progress.sums) ? null : 'it is sealed with other sums than it came to';
  }

  answer(answer: EventArguments['AnswerAccepted']): Fault {
    const { seat } = answer;
    if (!this.#sealed) return `seat ${seat} answers before it is sealed`;
    if (this.#answers.has(seat)) return `seat ${seat} answers twice`;
    this.#answers.set(seat, answer);
    return seat >= 1 && seat <= this.#committee.seats ? null : `there is no seat ${seat} to answer`;
  }

  find({ count, tags, commitments }: Columns, firstRecordId: number): Fault {
    const size = commitmentBytes(this.#committee);
    const points: Uint8Array[] = [];
    for (; this.recordIds[this.#found]! < firstRecordId + count; this.#found++) {
      const id = this.recordIds[this.#found]!;
      const k = id - firstRecordId;
      const tag = toHex(tags.subarray(TAG_BYTES * k, TAG_BYTES * (k + 1)));
      if (tag !== this.consent.patient) return `it is over record ${id}, which is of ${tag}, not of its patient`;
      points.push(commitments.subarray(size * k, size * (k + 1)));
    }
    return decoded(() => {
      const found = this.#engine.decompress(concat(...points));
      this.#sums = this.#engine.sumPoints(concat(this.#sums, found), this.#committee.threshold);
      return null;
    });
  }

  /** When all records have been looked for. `whole`: the state is of the archive's last block, so nothing may lack. */
  verdict(state: QueryState, whole: boolean): Fault {
    if (!this.#progress) return 'its QueryExtended is missing';
    if (this.#found < this.recordIds.length) return `no batch has its record ${this.recordIds[this.#found]}`;
    const hash = toHex(recordsHash(this.recordIds));
    if (toHex(this.#progress.recordsHash) !== hash) return 'its records have another hash than it says';
    if (this.#sealed && this.consent.recordsHash !== hash) return 'its consent is for other records';
    if (!equalBytes(this.#sums, this.#progress.sums)) return 'its sums are not those of its records';

    const status = this.#sealed ? 'sealed' : 'open';
    if (state.status !== status && (whole || this.#sealed))
      return `it is ${status} here, ${state.status} in the contract`;
    const lacking = state.answeredSeats.find((seat) => !this.#answers.has(seat));
    if (whole && lacking !== undefined) return `the answer of seat ${lacking} is missing`;
    for (const [seat, answer] of this.#answers) {
      if (!state.answeredSeats.includes(seat)) return `the contract has no answer of seat ${seat}`;
      const fault = decoded(() => (this.#accepts(answer) ? null : `the answer of seat ${seat} is wrong`));
      if (fault !== null) return fault;
    }
    return null;
  }

  /** Whether y·G + w·H = Σ_j seat^j·A_j + Z_seat. Throws EncodingError for a scalar or point that is none. */
  #accepts({ seat, y, w }: EventArguments['AnswerAccepted']): boolean {
    const { sums, masks } = this.#sealed!;
    const factors = [fromBigInt(1n, 32)];
    for (let j = 0, power = 1n; j < this.#committee.threshold; j++, power = (power * BigInt(seat)) % GROUP_ORDER) {
      factors.push(fromBigInt(power, 32));
    }
    const sum = this.#engine.msm(concat(...factors), concat(masks.subarray(64 * (seat - 1), 64 * seat), sums));
    return equalBytes(this.#engine.commit(y, w), this.#engine.compress(sum));
  }
}

/** What the check says, or which of its bytes are no point or scalar. */
function decoded(check: () => Fault): Fault {
  try {
    return check();
  } catch (error) {
    if (error instanceof EncodingError) return `it does not decode: ${error.message}`;
    throw error;
  }
}
