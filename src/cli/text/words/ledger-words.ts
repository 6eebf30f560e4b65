// A ledger for people: whose it is, who holds its seats, what it stores, and what stands against its records.
import { addressText } from '../../../address.ts';
import { counted } from '../../../counted.ts';
import type { RecordComplaints } from '../../../ledger/complaints.ts';
import type { LedgerView } from '../../../ledger/view.ts';
import { grouped } from '../amounts.ts';
import type { Names } from '../names.ts';

/** What the contract says now; accounts as text. */
export interface Standing {
  notJoined: readonly string[];
  resigned: readonly string[];
  batches: number;
  records: number;
}

/** Rows of a table: a word, and what there is to say. */
export function inWords(
  { ledgerId, hospital, terms, currentEpoch }: LedgerView,
  standing: Standing,
  complaints: readonly RecordComplaints[],
  names: Names,
): [string, string | string[]][] {
  const { threshold, lanes, scale, currency, categories, minRecords } = terms;
  const { epoch, servers } = currentEpoch;
  return [
    ['id', names.ledger(ledgerId)],
    ['hospital', names.account(hospital)],
    ['state', stateOf(standing, epoch)],
    ['committee', `any ${threshold} of ${counted(servers.length, 'server')} can answer a query`],
    [
      'seats',
      servers.map((server, s) => `${s + 1}: ${names.account(server)}${remarkOn(addressText(server), standing)}`),
    ],
    [
      'epoch',
      epoch === 1 ? '1: the first keys' : `${epoch}: the keys or seats were changed ${counted(epoch - 1, 'time')}`,
    ],
    ['amounts', `in ${currency}, ${counted(scale, 'decimal')}: ${lanes.join(', ')}`],
    ['categories', categories.length === 0 ? 'none' : categories.map((category) => category || '(empty)')],
    ['queries', `over ${counted(minRecords, 'record')} or more`],
    [
      'stored',
      `${grouped(standing.records)} ${standing.records === 1 ? 'record' : 'records'} in ${grouped(standing.batches)} ${standing.batches === 1 ? 'batch' : 'batches'}`,
    ],
    ['complaints', complaintsAbout(complaints)],
  ];
}

function stateOf({ notJoined }: Standing, epoch: number): string {
  if (notJoined.length === 0) return 'active: it takes batches';
  return `waits for ${counted(notJoined.length, 'server')} to join epoch ${epoch} (mistore ledger join); it takes no batches until then`;
}

function remarkOn(server: string, { notJoined, resigned }: Standing): string {
  const wish = resigned.includes(server) ? ', wishes to give up the seat' : '';
  return notJoined.includes(server) ? `, has not joined${wish}` : wish;
}

function complaintsAbout(records: readonly RecordComplaints[]): string {
  if (records.length === 0) return 'none';
  const voids = records.filter(({ isVoid }) => isVoid).length;
  return `about ${counted(records.length, 'record')}, ${voids} of them void`;
}
