// What a daemon has done so far, counted from its own events.
import type { Hex } from '../../../bytes.ts';
import type { MIStoreError } from '../../../errors.ts';
import type { DaemonState } from '../state/daemon-state.ts';
import { faultOf } from '../state/followed-ledger.ts';
import type { DaemonEvent, DaemonSummary } from './daemon-events.ts';

export class Tally {
  readonly #badRecords: number[] = [];
  readonly #refused = new Set<Hex>();
  #records = 0;
  #answered = 0;
  #complaints = 0;

  add(event: DaemonEvent): void {
    if (event.kind === 'checked') {
      this.#records += event.records;
      this.#badRecords.push(...event.bad);
    } else if (event.kind === 'answered') {
      this.#answered += event.queryIds.length;
      for (const queryId of event.queryIds) this.#refused.delete(queryId);
    } else if (event.kind === 'refused') this.#refused.add(event.queryId);
    else if (event.kind === 'complained') this.#complaints++;
  }

  summary(state: DaemonState, away: MIStoreError | null): DaemonSummary {
    const faults = new Map<Hex, MIStoreError>();
    for (const { ledger, trouble } of state.unanswered) if (trouble.error) faults.set(ledger, trouble.error);
    for (const ledger of state.ledgers) {
      const error = faultOf(ledger);
      if (error) faults.set(ledger.name, error);
    }
    return {
      records: this.#records,
      badRecords: [...this.#badRecords],
      complaints: this.#complaints,
      answered: this.#answered,
      refused: this.#refused.size,
      notJoined: state.ledgers.filter(({ isInvited }) => isInvited).map(({ name }) => name),
      leftOut: [...faults].map(([ledgerId, error]) => ({ ledgerId, error })),
      away,
    };
  }
}
