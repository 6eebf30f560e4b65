// A query's state and fee in words, and as --json shows them.
import { ether } from '../../chain/errors.ts';
import { counted } from '../../counted.ts';
import type { FeeReport, QueryReport } from '../../parties/query-report.ts';

/** "sealed, 1 of 2 answers". */
export function phaseInWords({ phase, edges, answeredSeats, threshold }: QueryReport): string {
  if (phase === 'open') return `open, ${counted(edges, 'edge')} so far`;
  if (phase === 'sealed') return `sealed, ${answeredSeats.length} of ${counted(threshold, 'answer')}`;
  return phase;
}

/** In ether: what was offered, and what has become of it. */
export function feeInWords(fee: FeeReport | null): string {
  if (fee === null) return 'none';
  const parts = [`${ether(fee.offered)} offered`, `${ether(fee.earned)} earned`];
  if (fee.refundable > 0n) parts.push(`${ether(fee.refundable)} refundable`);
  else if (fee.left > 0n) parts.push(`the rest refundable after ${timeOf(fee.payUntil)}`);
  return parts.join(', ');
}

/** Unix seconds as UTC. */
export const timeOf = (seconds: number | bigint): string => new Date(Number(seconds) * 1000).toISOString();

/** For --json: wei as decimal strings, times as text. */
export const feeInJson = (fee: FeeReport | null) => fee && { ...fee, payUntil: timeOf(fee.payUntil) };
