// What a server's daemon reports, in words for people, and how important it is.
import { fromHex, type Hex } from '../../bytes.ts';
import { ether } from '../../chain/errors.ts';
import { counted } from '../../counted.ts';
import type { DaemonEvent, TermsInShort } from '../../parties/server/daemon/daemon-events.ts';
import { grouped } from '../text/amounts.ts';
import type { Names } from '../text/names.ts';
import { durationInWords } from '../text/times.ts';

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof LEVELS)[number];

/** An account or a ledger as people call it: its name with its id, or the id alone. */
export type Naming = (id: Hex) => string;

/** By the network file. An address has 20 bytes, a ledger's id 32. */
export const naming =
  (names: Names): Naming =>
  (id) =>
    id.length === 42 ? names.account(fromHex(id)) : names.ledger(fromHex(id));

/** One line. */
export function inWords(event: DaemonEvent, named: Naming = (id) => id): string {
  switch (event.kind) {
    case 'round':
      return `Read up to block ${event.settled} of ${event.head}; ${counted(event.pending, 'query', 'queries')} pending.`;
    case 'checked': {
      const { ledgerId, batch, records, bad } = event;
      const right = `Ledger ${named(ledgerId)}, batch ${batch}: ${records - bad.length} of ${counted(records, 'share is', 'shares are')} right.`;
      if (bad.length === 0) return right;
      const which = bad.length === 1 ? 'record' : 'the records';
      return `${right} Wrong shares in ${which} ${bad.join(', ')}: the hospital dealt them wrongly.`;
    }
    case 'serving': {
      const { ledgerId, terms, seat, epoch, batches, records, bad } = event;
      const checked = records === 0 ? '' : `, ${grouped(records)} records of it checked now`;
      const wrong = bad === 0 ? '' : `, ${counted(bad, 'share')} WRONG`;
      return `Serving ledger ${named(ledgerId)} of ${termsInWords(terms, named)}: seat ${seat}, epoch ${epoch}, ${counted(batches, 'batch', 'batches')}${checked}${wrong}.`;
    }
    case 'invited': {
      const { ledgerId, hospital, terms, why } = event;
      const of = terms === null ? `hospital ${named(hospital)}` : termsInWords(terms, named);
      return `Ledger ${named(ledgerId)} of ${of} names this server, which does not join it: ${why}. To join it: mistore ledger join ${ledgerId}`;
    }
    case 'joined': {
      const { ledgerId, terms, epoch, gasUsed } = event;
      return `Joined epoch ${epoch} of ledger ${named(ledgerId)} of ${termsInWords(terms, named)}. ${grouped(gasUsed)} gas.`;
    }
    case 'replaced':
      return `Seat ${event.seat} of ledger ${named(event.ledgerId)} is another server's from epoch ${event.epoch} on. Queries opened before are still answered.`;
    case 'fee-stated':
      return `Stated a minimum fee of ${ether(event.fee)} ether for each answer, ${grouped(event.gasUsed)} gas.`;
    case 'fee-not-stated':
      return `The minimum fee is not on chain: ${event.error.message}. It is tried again.`;
    case 'answered': {
      const { ledgerId, queryIds, insurers, gasUsed } = event;
      const which = queryIds.map((queryId, k) => queryInWords(queryId, insurers[k]!, named)).join(', ');
      return `Answered ${counted(queryIds.length, 'query', 'queries')} of ledger ${named(ledgerId)}, ${grouped(gasUsed)} gas: ${which}.`;
    }
    case 'later': {
      const { queryId, insurer, seconds } = event;
      return `Query ${queryInWords(queryId, insurer, named)} is for other servers first; this one answers in ${durationInWords(seconds)} if answers are missing then (--patience).`;
    }
    case 'refused':
      return `Query ${queryInWords(event.queryId, event.insurer, named)} is refused: ${event.reason}.`;
    case 'complained':
      return `Complained about record ${event.recordId} of ledger ${named(event.ledgerId)}, ${grouped(event.gasUsed)} gas.`;
    case 'complaints-limited':
      return `Ledger ${named(event.ledgerId)} has ${counted(event.left, 'more wrong record')}. Look into it: this server complains about no more of them by itself.`;
    case 'justified':
      return `The hospital made this server's share of record ${event.recordId} of ledger ${named(event.ledgerId)} public.`;
    case 'left-out': {
      const what = event.queryId === undefined ? `Ledger ${named(event.ledgerId)}` : `Query ${event.queryId}`;
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

/** "hospital 0x…, threshold 2 of 3 seats, lanes base and all in USD, queries over 1 record or more". */
export function termsInWords(
  { hospital, threshold, seats, lanes, currency, minRecords }: TermsInShort,
  named: Naming = (id) => id,
): string {
  const amounts = `${lanes.length === 1 ? 'lane' : 'lanes'} ${lanes.join(', ')} in ${currency}`;
  return `hospital ${named(hospital)}, threshold ${threshold} of ${counted(seats, 'seat')}, ${amounts}, queries over ${counted(minRecords, 'record')} or more`;
}

/** "12ab34cd of 0x… (0x12ab34cd…)": short, its insurer where known, and whole. */
function queryInWords(queryId: Hex, insurer: Hex | null, named: Naming): string {
  return `${queryId.slice(2, 10)}${insurer === null ? '' : ` of ${named(insurer)}`} (${queryId})`;
}

const INFORMATION = [
  'checked',
  'serving',
  'joined',
  'answered',
  'later',
  'complained',
  'justified',
  'fee-stated',
  'back',
];

export function levelOf(event: DaemonEvent): Level {
  if (event.kind === 'round') return 'debug';
  if (event.kind === 'checked' && event.bad.length > 0) return 'warn';
  if (event.kind === 'checked' && event.isOld) return 'debug'; // Each ledger has a line when it is served.
  if (event.kind === 'serving' && event.bad > 0) return 'warn';
  if (event.kind === 'heads' && event.error === null) return 'info';
  return INFORMATION.includes(event.kind) ? 'info' : 'warn';
}
