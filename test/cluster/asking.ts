// The insurers at work: each query is asked in its way, and ends with the exact sum or in the error that it must have. What ends
// otherwise is a fault.
import { type Hex, toHex } from '../../src/bytes.ts';
import { consentDigest } from '../../src/contract/signing.ts';
import { MIStoreError } from '../../src/errors.ts';
import { deploymentOf } from '../../src/ledger/site.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import type { SignedConsent } from '../../src/records/consent-file.ts';
import { encodeEdges, encodeProofs } from '../../src/records/query-bytes.ts';
import { deviating } from '../support/adversary.ts';
import type { Judge } from './judge.ts';
import type { Ask, Kind, Runs } from './plan.ts';
import { type Actor, MINIMUM_FEE, type Stage } from './stage/stage.ts';
import { until } from './stage/waiting.ts';

/** Seconds in which t answers must be there. */
const ANSWER_SECONDS = 120;

export interface Asked {
  /** When each query is on chain or refused. */
  opened: Promise<void>;
  /** When each has ended. */
  ended: Promise<void>;
}

/** A query that is to be asked. */
class Query {
  readonly kind: Kind;
  readonly opened: Promise<void>;
  open: () => void = () => undefined;

  constructor(kind: Kind) {
    this.kind = kind;
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}

export class Asking {
  exact = 0;
  refused = 0;
  /** What should not have been. */
  readonly faults: string[] = [];
  /** Queries that nobody may answer. */
  readonly unpaid: Hex[] = [];
  readonly #stage: Stage;
  readonly #judge: Judge;
  readonly #insurers: ReadonlyMap<Actor, Insurer>;
  #asked = 0;

  constructor(stage: Stage, judge: Judge) {
    this.#insurers = new Map(stage.insurers.map((actor) => [actor, new Insurer(actor.site, actor.seed)]));
    this.#stage = stage;
    this.#judge = judge;
  }

  /** Asks queries of these kinds, `atOnce` at a time for each insurer, with `ask` for their records. */
  all(kinds: readonly Kind[], ask: Ask, atOnce: number): Asked {
    const queue = kinds.map((kind) => new Query(kind));
    const opened = queue.map((query) => query.opened);
    const worker = async (actor: Actor) => {
      for (let query = queue.shift(); query !== undefined; query = queue.shift()) {
        const number = this.#asked++;
        const { kind, open } = query;
        await this.#ask(kind, ask, actor, number, open).catch(
          (error: Error) => void this.faults.push(`query ${number} (${kind}): ${error.stack}`),
        );
        open();
      }
    };
    const { insurers } = this.#stage;
    const workers = insurers.flatMap((actor) => Array.from({ length: atOnce }, () => worker(actor)));
    const done = (all: Promise<void>[]) => Promise.all(all).then(() => undefined);
    return { opened: done(opened), ended: done(workers) };
  }

  async #ask(kind: Kind, ask: Ask, actor: Actor, number: number, opened: () => void): Promise<void> {
    const [runs, signed] = await this.#consent(kind, ask, actor);
    const insurer = this.#insurers.get(actor)!;
    const fee = MINIMUM_FEE + BigInt(number * number);
    if (kind === 'exact' || kind === 'late') {
      const { queryId } = await insurer.query(signed, { fee });
      opened();
      if (kind === 'late') await this.#mustFail('CONSENT_USED', () => this.#patient(runs).revoke(signed.consent));
      await this.#sum(insurer, queryId, runs);
      this.exact++;
      return;
    }
    await this.#refused(kind, { signed, insurer, actor, runs, fee });
    this.refused++;
  }

  async #refused(
    kind: Kind,
    given: { signed: SignedConsent; insurer: Insurer; actor: Actor; runs: Runs; fee: bigint },
  ): Promise<void> {
    const { signed, insurer, actor, runs, fee } = given;
    const query = () => insurer.query(signed, { fee });
    const queryId = toHex(consentDigest(deploymentOf(actor.site), signed.consent));
    switch (kind) {
      case 'revoked':
        await this.#patient(runs).revoke(signed.consent);
        return this.#mustFail('CONSENT_IS_REVOKED', query);
      case 'expired':
        return this.#mustFail('CONSENT_EXPIRED', query);
      case 'void':
        return this.#mustFail('RECORD_IS_VOID', query);
      case 'cheap':
        return this.#mustFail('FEE_TOO_LOW', () => insurer.query(signed, { fee: MINIMUM_FEE - 1n }));
      case 'cancelled':
        await this.#halfOpen(actor, signed, fee);
        await insurer.cancel(signed);
        await this.#mustFail('QUERY_NOT_SEALED', () => insurer.sum(queryId));
        return this.#mustFail('QUERY_NOT_SEALED', query);
      case 'unpaid': {
        const stingy = deviating(actor.site, { minimumFee: () => async () => 0n });
        await new Insurer(stingy, actor.seed).query(signed, { fee: 1n });
        this.unpaid.push(queryId);
        return this.#mustFail('TOO_FEW_ANSWERS', () => insurer.sum(queryId));
      }
    }
  }

  /** Opens a query with its first edge only. */
  async #halfOpen(actor: Actor, signed: SignedConsent, fee: bigint): Promise<void> {
    const first = signed.edges.slice(0, 1);
    const part = { edges: encodeEdges(first), proofs: encodeProofs(actor.site.engine, first) };
    const site = deviating(actor.site, { openQuery: (honest) => (call) => honest.openQuery({ ...call, ...part }) });
    await new Insurer(site, actor.seed).query(signed, { fee });
  }

  async #sum(insurer: Insurer, queryId: Hex, runs: Runs): Promise<void> {
    const { threshold } = this.#stage;
    const answered = () => this.#judge.seatsOf(queryId).size >= threshold;
    await until(`${threshold} answers to query ${queryId}`, ANSWER_SECONDS, answered);
    const { amounts, records } = await insurer.sum(queryId);
    if (records === runs.records.length && `${amounts}` === `${runs.sums}`) return;
    throw new Error(`the sum of ${records} records is ${amounts}, not ${runs.sums} of ${runs.records.length}`);
  }

  /** Runs of a patient and their consent to them, of two edges at least where it is to be cancelled after the first. */
  async #consent(kind: Kind, ask: Ask, { address }: Actor): Promise<[Runs, SignedConsent]> {
    const deadline = await this.#stage.chain.deadline(kind === 'expired' ? -10 : 3600);
    for (;;) {
      const runs = kind === 'void' ? ask.upToVoid() : ask.runs();
      const signed = this.#patient(runs).consent(address, runs.receipts, runs.records, deadline);
      if (kind !== 'cancelled' || signed.edges.length > 1) return [runs, signed];
    }
  }

  #patient({ patient }: Runs) {
    return this.#stage.patient(patient);
  }

  async #mustFail(code: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof MIStoreError && error.code === code) return;
      throw error;
    }
    throw new Error(`it was to fail with ${code}, and did not`);
  }
}
