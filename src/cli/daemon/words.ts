// What a server's daemon reports, in words for people, and how important it is.
import { ether } from '../../chain/errors.ts';
import { counted } from '../../counted.ts';
import type { DaemonEvent } from '../../parties/server/daemon/daemon-events.ts';

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof LEVELS)[number];

/** One line. */
export function inWords(event: DaemonEvent): string {
  switch (event.kind) {
    case 'round':
      return `Read up to block ${event.settled} of ${event.head}; ${counted(event.pending, 'query', 'queries')} pending.`;
    case 'checked': {
      const { ledgerId, batch, records, bad } = event;
      const right = `Ledger ${ledgerId}, batch ${batch}: ${records - bad.length} of ${counted(records, 'share is', 'shares are')} right.`;
      if (bad.length === 0) return right;
      const which = bad.length === 1 ? 'record' : 'the records';
      return `${right} Wrong shares in ${which} ${bad.join(', ')}: the hospital dealt them wrongly.`;
    }
    case 'invited': {
      const { ledgerId, hospital, why } = event;
      return `Ledger ${ledgerId} of hospital ${hospital} names this server, which does not join it: ${why}. To join it: mistore ledger join ${ledgerId}`;
    }
    case 'joined':
      return `Joined epoch ${event.epoch} of ledger ${event.ledgerId}, ${event.gasUsed} gas.`;
    case 'replaced':
      return `Seat ${event.seat} of ledger ${event.ledgerId} is another server's from epoch ${event.epoch} on. Queries opened before are still answered.`;
    case 'fee-stated':
      return `Stated a minimum fee of ${ether(event.fee)} ether for each answer, ${event.gasUsed} gas.`;
    case 'fee-not-stated':
      return `The minimum fee is not on chain: ${event.error.message}. It is tried again.`;
    case 'answered': {
      const { ledgerId, queryIds, gasUsed } = event;
      return `Answered ${counted(queryIds.length, 'query', 'queries')} of ledger ${ledgerId}, ${gasUsed} gas.`;
    }
    case 'refused':
      return `Query ${event.queryId} is refused: ${event.reason}.`;
    case 'complained':
      return `Complained about record ${event.recordId} of ledger ${event.ledgerId}, ${event.gasUsed} gas.`;
    case 'complaints-limited':
      return `Ledger ${event.ledgerId} has ${event.left} more wrong records. Look into it: this server complains about no more of them by itself.`;
    case 'justified':
      return `The hospital made this server's share of record ${event.recordId} of ledger ${event.ledgerId} public.`;
    case 'left-out': {
      const what = event.queryId === undefined ? `Ledger ${event.ledgerId}` : `Query ${event.queryId}`;
      return `${what} is left out (${event.task}): ${event.error.message}. It is tried again.`;
    }
    case 'reorganised': {
      const end = event.to === null ? 'All is read again' : `What follows block ${event.to} is read again`;
      return `Block ${event.lost.number} (${event.lost.hash}) is no longer in the chain. ${end}.`;
    }
    case 'away':
      return `The chain cannot be read: ${event.error.message}. It is tried again.`;
    case 'back':
      return 'The chain can be read again.';
    case 'heads':
      return event.error === null
        ? 'New blocks are announced.'
        : `New blocks are not announced: ${event.error.message}. The chain is looked at without that.`;
    case 'cache-damaged':
      return `The cache ${event.file} is damaged (${event.why}) and was moved to ${event.movedTo}; all is read from the chain.`;
    case 'cache-not-written':
      return `The cache cannot be written: ${event.error.message}.`;
  }
}

const INFORMATION = ['checked', 'joined', 'answered', 'complained', 'justified', 'fee-stated', 'back'];

export function levelOf(event: DaemonEvent): Level {
  if (event.kind === 'round') return 'debug';
  if (event.kind === 'checked' && event.bad.length > 0) return 'warn';
  if (event.kind === 'heads' && event.error === null) return 'info';
  return INFORMATION.includes(event.kind) ? 'info' : 'warn';
}
