// One query of an archive: takes its events, then its records from their batches, and compares them with what the patient
// signed and with the contract's storage. The contract has checked all of this once; it is checked again because an insurer
// would believe a file with another mask and answers that fit it. Each check returns in words what is wrong, or null.
import { equalBytes, fromHex, toHex } from '../../bytes.ts';
import { openQueryHash, type QueryWord, sealedQueryHash } from '../../contract/query-word.ts';
import { consentDigest, consentOf, isSignedBy } from '../../contract/signing.ts';
import type { EventArguments, QueryFee, QueryProgress, QueryState, QueryStatus } from '../../contract/types.ts';
import type { Engine } from '../../engine/engine.ts';
import { ArgumentError, EncodingError } from '../../errors.ts';
import type { Deployment } from '../../identity/channel.ts';
import type { Consent } from '../../query/consent.ts';
import { opensAt } from '../../query/masks.ts';
import { runsHash, type Walk, walkEdges } from '../../query/runs.ts';
import { addEdges } from '../../query/sums.ts';
import { type BatchRows, recordOfEdge } from '../../records/edge-record.ts';
import { decodeEdges, type ToldEdge } from '../../records/query-bytes.ts';
import { leafOf } from '../../records/record.ts';
import { tagOf } from '../../records/series.ts';
import type { Committee } from '../../sharing/committee.ts';
import { decoding } from './decoding.ts';
import { ArchivedFee } from './fee.ts';

/** What the contract stores of a query. */
export interface StoredQuery extends QueryState, QueryWord {
  fee: QueryFee;
}

/** What the ledger is like when a query is opened or continued. */
export interface LedgerMoment {
  epoch: number;
  /** Number of the batch that holds a record; undefined if none does. */
  batchOf(recordId: number): number | undefined;
  isVoid(recordId: number): boolean;
  /** Seat of an account (20 bytes) in an epoch; 0 if it had none. */
  seatIn(epoch: number, account: Uint8Array): number;
}

/** The ledger that a query is in: its committee, and fewest records that a query covers. */
export interface QueryTerms extends Committee {
  minRecords: number;
}

export class ArchivedQuery {
  readonly id: Uint8Array;
  readonly consent: Consent;
  readonly epoch: number;
  /** The edges so far; the leaf of each as soon as its batch has been read. */
  readonly edges: ToldEdge[] = [];
  readonly #leaves: Uint8Array[] = [];
  readonly #engine: Engine;
  readonly #terms: QueryTerms;
  readonly #masks: Uint8Array;
  readonly #signature: Uint8Array;
  readonly #answers = new Map<number, EventArguments['AnswerAccepted']>();
  #walk: Walk | undefined;
  #fee: ArchivedFee | undefined;
  #status: Exclude<QueryStatus, 'none'> = 'open';
  /** Z_j, and ± the commitments of the edges whose batches have been read: t points. */
  #sums: Uint8Array;

  constructor(engine: Engine, terms: QueryTerms, opened: EventArguments['QueryOpened']) {
    this.#engine = engine;
    this.#terms = terms;
    this.id = opened.queryId;
    this.epoch = opened.epoch;
    this.consent = consentOf(opened);
    this.#masks = opened.masks;
    this.#signature = opened.signature;
    this.#sums = opened.masks.subarray(0, 64 * terms.threshold);
  }

  /** 20 bytes. */
  get insurer(): Uint8Array {
    return fromHex(this.consent.insurer);
  }

  /** Whether a plain account's signature of the patient's is there. If not, it may be a contract wallet's, or wrong. */
  get isSigned(): boolean {
    return isSignedBy(fromHex(this.consent.patient), this.id, this.#signature);
  }

  /** `epoch`: the ledger's at that time. The edges of QueryOpened are added by extend(). */
  open(deployment: Deployment, epoch: number): string | null {
    if (!equalBytes(consentDigest(deployment, this.consent), this.id)) return 'its consent has another digest';
    if (this.epoch !== epoch) return `it is opened in epoch ${epoch}, and says ${this.epoch}`;
    const { length } = this.#masks;
    return length === 64 * this.#terms.seats ? null : `its masks are ${length} bytes`;
  }

  /** Adds the edges of one transaction, in the chain's order. */
  extend(
    { insurer, isSealed, edges }: Pick<EventArguments['QueryContinued'], 'insurer' | 'isSealed' | 'edges'>,
    { batchOf, isVoid }: Pick<LedgerMoment, 'batchOf' | 'isVoid'>,
  ): string | null {
    if (this.#status !== 'open') return `it is continued when it is ${this.#status}`;
    if (toHex(insurer) !== this.consent.insurer) return `it is continued by ${toHex(insurer)}, not by its insurer`;
    if (edges.length === 0) return 'it is continued by no edge';
    let added: ToldEdge[];
    try {
      added = decodeEdges(edges);
      this.#walk = walkEdges(added, this.#walk);
    } catch (error) {
      if (error instanceof EncodingError || error instanceof ArgumentError) return error.message;
      throw error;
    }
    for (const edge of added) this.edges.push(edge);
    for (const { batch, recordId } of added) {
      if (batchOf(recordId) !== batch) return `record ${recordId} is not in batch ${batch}`;
      if (isVoid(recordId)) return `it has an edge at record ${recordId}, which is void`;
    }
    if (!isSealed) return null;
    this.#status = 'sealed';
    const { open, count } = this.#walk;
    if (open) return 'it is sealed before its last run ends';
    const { minRecords } = this.#terms;
    return count >= minRecords ? null : `it covers ${count} records; the ledger's minimum is ${minRecords}`;
  }

  revoke({ patient }: EventArguments['ConsentRevoked']): string | null {
    if (this.#status !== 'open') return `it is revoked when it is ${this.#status}`;
    this.#status = 'revoked';
    return toHex(patient) === this.consent.patient ? null : `it is revoked by ${toHex(patient)}, not by its patient`;
  }

  cancel({ insurer }: EventArguments['QueryCancelled']): string | null {
    if (this.#status !== 'open') return `it is cancelled when it is ${this.#status}`;
    this.#status = 'cancelled';
    return toHex(insurer) === this.consent.insurer ? null : `it is cancelled by ${toHex(insurer)}, not by its insurer`;
  }

  offer(offer: EventArguments['FeeOffered']): string | null {
    if (this.#fee || this.#answers.size > 0) return 'its fee is offered twice, or after an answer';
    this.#fee = new ArchivedFee(offer, this.#terms.threshold);
    return null;
  }

  /** `seat`: the server's when the query was opened; 0 if it had none. */
  earn(earned: EventArguments['FeeEarned'], seat: number): string | null {
    return this.#fee ? this.#fee.earn(earned, seat) : 'its FeeEarned comes without FeeOffered';
  }

  refund(refund: EventArguments['FeeRefunded']): string | null {
    return this.#fee ? this.#fee.refund(refund, this.insurer) : 'its FeeRefunded comes without FeeOffered';
  }

  answer(answer: EventArguments['AnswerAccepted']): string | null {
    const { seat } = answer;
    if (this.#status !== 'sealed') return `seat ${seat} answers when it is ${this.#status}`;
    if (this.#answers.has(seat)) return `seat ${seat} answers twice`;
    this.#answers.set(seat, answer);
    this.#fee?.answer(seat);
    return seat >= 1 && seat <= this.#terms.seats ? null : `seat ${seat} answers, which does not exist`;
  }

  /** Takes the records of the edges with these numbers from their batch. The batches may come in any order. */
  addRecords(numbers: readonly number[], batch: BatchRows): string | null {
    const patient = fromHex(this.consent.patient);
    const added: { sign: 1 | -1; commitments: Uint8Array }[] = [];
    for (const k of numbers) {
      const edge = this.edges[k]!;
      const record = recordOfEdge(this.#terms.threshold, patient, edge, batch);
      if (typeof record === 'string') return record;
      const { key, commitments } = record;
      const tag = tagOf(patient, edge.seriesId, edge.position, edge.salt);
      this.#leaves[k] = leafOf(edge.recordId, tag, key, commitments);
      added.push({ sign: edge.sign, commitments });
    }
    return decoding(() => {
      this.#sums = addEdges(this.#engine, this.#sums, added);
      return null;
    });
  }

  /**
   * After all events and records. `stored`: what the contract stores; `whole`: as of the archive's last block, so that nothing
   * may be missing.
   */
  verdict(stored: StoredQuery, whole: boolean): string | null {
    const { chain, sums } = this.#progress();
    const isComplete = toHex(chain) === this.consent.runsHash;
    if (this.#status === 'sealed' && !isComplete) return 'its records are not those that the patient signed';
    if (this.#status !== 'sealed' && isComplete) return 'all its edges are there, and it is not sealed';
    return (
      this.#statusFault(stored, whole) ??
      this.#hashFault(stored, whole) ??
      this.#answersFault(stored, whole, sums) ??
      this.#feeFault(stored, whole)
    );
  }

  #progress(): QueryProgress {
    const { seriesId, position, open, count } = this.#walk!;
    const chain = runsHash(this.edges, this.#leaves);
    return { epoch: this.epoch, chain, count, series: seriesId!, position, open, sums: this.#sums };
  }

  #statusFault({ status }: StoredQuery, whole: boolean): string | null {
    const canChange = !whole && this.#status === 'open' && status !== 'none';
    return status === this.#status || canChange ? null : `it is ${this.#status} here, ${status} in the contract`;
  }

  /** Storage keeps a hash of the sums, which begin at the masks' commitments. */
  #hashFault({ status, hash }: StoredQuery, whole: boolean): string | null {
    if (status !== this.#status || (status === 'open' && !whole)) return null;
    if (status !== 'open' && status !== 'sealed') return null;
    const progress = this.#progress();
    const expected =
      status === 'sealed'
        ? sealedQueryHash(fromHex(this.consent.ledgerId), this.epoch, progress.sums)
        : openQueryHash(progress);
    return equalBytes(hash, expected)
      ? null
      : 'its masks and records add up to other sums than those of which the contract stores a hash';
  }

  #feeFault({ fee, isPaid, status }: StoredQuery, whole: boolean): string | null {
    const here = this.#fee !== undefined;
    if ((status === 'open' || status === 'sealed') && isPaid !== here) {
      return `it has ${here ? 'a' : 'no'} fee here, ${isPaid ? 'one' : 'none'} in the contract`;
    }
    if (this.#fee) return this.#fee.verdict(fee, this.#status === 'cancelled', whole);
    return fee.share === 0n ? null : 'its FeeOffered is missing';
  }

  #answersFault({ answeredSeats }: StoredQuery, whole: boolean, sums: Uint8Array): string | null {
    const missing = answeredSeats.find((seat) => !this.#answers.has(seat));
    if (whole && missing !== undefined) return `the answer of seat ${missing} is missing`;
    for (const [seat, { y, w }] of this.#answers) {
      if (!answeredSeats.includes(seat)) return `the contract has no answer of seat ${seat}`;
      const fault = decoding(() =>
        opensAt(this.#engine, seat, { value: y, blinding: w }, sums) ? null : `the answer of seat ${seat} is wrong`,
      );
      if (fault !== null) return fault;
    }
    return null;
  }
}
