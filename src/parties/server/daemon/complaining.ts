// A daemon's complaints (docs/protocol.md, "Complaints"): about each record that was dealt wrongly to its seat, once, from settled
// blocks only, where storage has the root of the batch. It withdraws none: that is for a person.

import type { FollowedLedger } from '../state/followed-ledger.ts';
import type { DaemonParts } from './daemon-parts.ts';

/** Complaints about one ledger after which a person has to look: each one is a transaction that the server pays. */
const MOST_COMPLAINTS = 100;

/** Complains beside the rounds about the wrong records that have been found. */
export function complainAbout(parts: DaemonParts, ledger: FollowedLedger): void {
  const { background, fail } = parts;
  if (ledger.wrong.size === 0 || ledger.complained.size >= MOST_COMPLAINTS || !ledger.troubles.complain.isOver) return;
  background.start(
    `complain ${ledger.name}`,
    () => complainAll(parts, ledger),
    (error) => fail(ledger, 'complain', error),
  );
}

async function complainAll({ server, report, isStopping }: DaemonParts, ledger: FollowedLedger): Promise<void> {
  const { wrong, complained, ledgerId, name } = ledger;
  for (const [recordId, batch] of [...wrong]) {
    if (isStopping()) return;
    if (complained.size >= MOST_COMPLAINTS) {
      report({ kind: 'complaints-limited', ledgerId: name, left: wrong.size });
      return;
    }
    const [sent] = await server.complain(ledgerId, batch, [recordId]);
    wrong.delete(recordId);
    complained.set(recordId, batch);
    if (sent) report({ kind: 'complained', ledgerId: name, batch, recordId, gasUsed: sent.receipt.gasUsed });
    ledger.troubles.complain.end();
  }
}
