// The metrics of a server's daemon for Prometheus, counted from its events.
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import manifest from '../../../package.json' with { type: 'json' };
import type { DaemonEvent } from '../../parties/server/daemon/daemon-events.ts';

const PREFIX = 'mistore_server_';
/** Codes of faults of an endpoint. */
const ENDPOINT_FAULTS = ['CONNECTION_FAILED', 'RPC_ERROR', 'INVALID_REPLY', 'INCOMPLETE_LOGS', 'BLOCK_MISSING'];

export class Metrics {
  readonly #registry = new Registry();
  readonly #rounds = this.#counter('rounds_total', 'Rounds that were done');
  readonly #head = this.#gauge('head_block', 'Number of the newest block');
  readonly #settled = this.#gauge('settled_block', 'Number of the newest block that is deep enough to be believed');
  readonly #lag = this.#gauge('lag_blocks', 'Blocks from the one that was read last to the newest one');
  readonly #lastRound = this.#gauge('last_round_timestamp_seconds', 'Time of the last round that was done');
  readonly #pending = this.#gauge('pending_queries', 'Sealed queries that lack answers, and this server’s');
  readonly #batches = this.#counter('batches_checked_total', 'Batches whose shares were checked');
  readonly #records = this.#counter('records_checked_total', 'Records whose shares were checked');
  readonly #bad = this.#counter('bad_records_total', 'Records with a wrong share');
  readonly #complaints = this.#counter('complaints_total', 'Complaints that were filed');
  readonly #joined = this.#counter('epochs_joined_total', 'Epochs of ledgers that were joined');
  readonly #transactions = this.#counter('answer_transactions_total', 'Transactions of answers that were accepted');
  readonly #accepted = this.#counter('answers_accepted_total', 'Answers that were accepted');
  readonly #failed = this.#counter('answers_failed_total', 'Answers that could not be made or sent', ['code']);
  readonly #refused = this.#counter('queries_refused_total', 'Queries that this server does not answer', ['reason']);
  readonly #leftOut = this.#counter('faults_total', 'Faults of one ledger or query, as reported', ['task', 'code']);
  readonly #endpoint = this.#counter('endpoint_errors_total', 'Faults of the endpoint, as reported', ['code']);
  readonly #reorganised = this.#counter('reorganisations_total', 'Reorganisations of blocks that had been read');
  readonly #gas = this.#gauge('gas_used', 'Gas of all settled transactions of this process');
  readonly #wei = this.#gauge('wei_spent', 'Wei paid for them');

  constructor() {
    const build = this.#gauge('build_info', 'Version of the program', ['version']);
    build.set({ version: manifest.version }, 1);
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  add(event: DaemonEvent): void {
    if ('error' in event && event.error !== null && ENDPOINT_FAULTS.includes(event.error.code)) {
      this.#endpoint.inc({ code: event.error.code });
    }
    switch (event.kind) {
      case 'round':
        this.#round(event);
        break;
      case 'checked':
        this.#batches.inc();
        this.#records.inc(event.records);
        this.#bad.inc(event.bad.length);
        break;
      case 'complained':
        this.#complaints.inc();
        break;
      case 'joined':
        this.#joined.inc();
        break;
      case 'answered':
        this.#transactions.inc();
        this.#accepted.inc(event.queryIds.length);
        break;
      case 'refused':
        this.#refused.inc({ reason: event.reason });
        break;
      case 'left-out':
        this.#leftOut.inc({ task: event.task, code: event.error.code });
        if (event.task === 'answer') this.#failed.inc({ code: event.error.code });
        break;
      case 'reorganised':
        this.#reorganised.inc();
        break;
    }
  }

  #round({ head, settled, pending, gasUsed, fees }: DaemonEvent & { kind: 'round' }): void {
    this.#rounds.inc();
    this.#head.set(head);
    this.#settled.set(settled);
    this.#lag.set(head - settled);
    this.#lastRound.setToCurrentTime();
    this.#pending.set(pending);
    this.#gas.set(Number(gasUsed));
    this.#wei.set(Number(fees));
  }

  #counter<L extends string = never>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter({ name: PREFIX + name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<L extends string = never>(name: string, help: string, labelNames: L[] = []): Gauge<L> {
    return new Gauge({ name: PREFIX + name, help, labelNames, registers: [this.#registry] });
  }
}
