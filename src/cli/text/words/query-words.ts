// A query's state and fee in words, and as --json shows them.
import { ether } from '../../../chain/errors.ts';
import { counted } from '../../../counted.ts';
import type { FeeReport, QueryReport } from '../../../parties/query-report.ts';
import { dayInWords } from '../times.ts';

/** "sealed, 1 of 2 answers". */
export function phaseInWords({ phase, edges, answeredSeats, threshold }: QueryReport): string {
  if (phase === 'open') return `open, ${counted(edges, 'edge')} so far`;
  if (phase === 'sealed') return `sealed, ${answeredSeats.length} of ${counted(threshold, 'answer')}`;
  return phase;
}

/** What can be done next, as a sentence with the command; `query`: its id, or the consent file. */
export function nextStep({ phase, fee, deadline }: QueryReport, query: string): string {
  const refund =
    fee !== null && fee.refundable > 0n
      ? ` Of its fee ${ether(fee.refundable)} ether can be taken back: mistore query refund ${query}`
      : '';
  switch (phase) {
    case 'open':
      return `Its insurer has to send the rest of its edges by ${dayInWords(deadline)}: mistore query ask CONSENT`;
    case 'sealed':
      return `The servers have to answer. The insurer can wait for them: mistore sum open ${query} --wait`;
    case 'complete':
      return `The insurer can open the sum: mistore sum open ${query}`;
    case 'expired':
      return `It was not completed in time, and gives no sum.${fee === null ? '' : ` Its insurer can end it and have the fee back: mistore query cancel ${query}`}`;
    case 'revoked':
      return `The patient has withdrawn the consent: it gives no sum.${refund}`;
    case 'cancelled':
      return 'Its insurer has ended it: it gives no sum, and its consent cannot be used again.';
  }
}

/** In ether: what was offered, and what has become of it. */
export function feeInWords(fee: FeeReport | null): string {
  if (fee === null) return 'none';
  const parts = [`${ether(fee.offered)} offered`, `${ether(fee.earned)} earned`];
  if (fee.refundable > 0n) parts.push(`${ether(fee.refundable)} refundable`);
  else if (fee.left > 0n) parts.push(`the rest refundable after ${dayInWords(fee.payUntil)}`);
  return parts.join(', ');
}

/** Unix seconds as UTC, for --json. */
export const timeOf = (seconds: number | bigint): string => new Date(Number(seconds) * 1000).toISOString();

/** For --json: wei as decimal strings, times as text. */
export const feeInJson = (fee: FeeReport | null) => fee && { ...fee, payUntil: timeOf(fee.payUntil) };
