// The queries of an archive, checked against its records and the contract: consents, the records they are over, the sums of
// those records' commitments, the accepted answers. The contract has checked all of this once; it is checked again because
// an insurer would believe a file with wrong sums and answers that fit them. Each check returns in words what is wrong, or
// null.
import { equalBytes, fromHex, type Hex, toHex } from '../bytes.ts';
import { consentDigest } from '../contract/signing.ts';
import type { ContractEvent } from '../contract/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { Deployment } from '../identity/channel.ts';
import { decodeRecords } from '../records/record.ts';
import type { Committee } from '../vss/dealing.ts';
import { ArchivedQuery } from './query.ts';

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

  /** The insurers of the queries, each once, 20 bytes. */
  get insurers(): Uint8Array[] {
    const insurers = new Set([...this.#queries.values()].map(({ consent }) => consent.insurer));
    return [...insurers].map((insurer) => fromHex(insurer));
  }

  /** Adds an event. Events must come in the chain's order. */
  add(event: QueryEvent): string | null {
    const query = this.#queries.get(toHex(event.queryId));
    if (event.event === 'QueryOpened') return query ? 'it is opened twice' : this.#open(event);
    if (!query) return `its ${event.event} comes before its QueryOpened`;
    switch (event.event) {
      case 'QueryExtended':
        return query.extend(event);
      case 'QuerySealed':
        return query.seal(event);
      case 'AnswerAccepted':
        return query.answer(event);
    }
  }

  #open({ queryId, ledgerId, insurer, consent }: ContractEvent<'QueryOpened'>): string | null {
    if (!equalBytes(consentDigest(this.#deployment, consent), queryId)) return 'its consent has another digest';
    if (consent.ledgerId !== ledgerId) return `its consent is for ledger ${consent.ledgerId}`;
    if (consent.insurer !== toHex(insurer)) {
      return `its insurer is ${toHex(insurer)}; its consent is for ${consent.insurer}`;
    }
    this.#queries.set(toHex(queryId), new ArchivedQuery(this.#engine, this.#committee, queryId, consent));
    return null;
  }

  /** Numbers of the batches that the queries are over, ascending. `firstIds`: first record id of each archived batch. */
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

  /** Gives the queries their records in one of those batches. The batches must come in order. */
  addRecords(batch: ContractEvent<'BatchAppended'>): { queryId: Hex; what: string } | null {
    const columns = decodeRecords(this.#committee, batch.records);
    for (const query of this.#byBatch.get(batch.index) ?? []) {
      const what = query.addRecords(columns, batch.firstRecordId);
      if (what !== null) return { queryId: toHex(query.id), what };
    }
    return null;
  }
}
