// A ledger in words: names beside ids, seats with who has not joined and who wishes to leave, and plurals.
import { describe, expect, it } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { Names } from '../../../src/cli/text/names.ts';
import { inWords, type Standing } from '../../../src/cli/text/words/ledger-words.ts';
import type { RecordComplaints } from '../../../src/ledger/complaints.ts';
import type { LedgerView } from '../../../src/ledger/view.ts';

const account = (byte: number) => new Uint8Array(20).fill(byte);
const text = (byte: number) => addressText(account(byte));
const terms = { threshold: 2, lanes: ['base', 'all'], scale: 2, currency: 'USD', categories: [''], minRecords: 1 };
const currentEpoch = { epoch: 1, servers: [account(1), account(2), account(3)] };
const ledger = {
  ledgerId: new Uint8Array(32).fill(9),
  hospital: account(7),
  terms,
  currentEpoch,
} as unknown as LedgerView;
const names = new Names({
  names: new Map([['alpha', account(1)]]),
  ledgers: new Map([['bills', new Uint8Array(32).fill(9)]]),
});
const rows = (standing: Partial<Standing>, records: Partial<RecordComplaints>[] = [], of = ledger) => {
  const all = { notJoined: [], resigned: [], batches: 1, records: 1, ...standing };
  return Object.fromEntries(inWords(of, all, records as RecordComplaints[], names));
};

describe('a ledger in words', () => {
  it('that is active says what it is and stores', () => {
    expect(rows({ batches: 1200, records: 1_234_567 })).toEqual({
      id: `bills (0x${'09'.repeat(32)})`,
      hospital: text(7),
      state: 'active: it takes batches',
      committee: 'any 2 of 3 servers can answer a query',
      seats: [`1: alpha (${text(1)})`, `2: ${text(2)}`, `3: ${text(3)}`],
      epoch: '1: the first keys',
      amounts: 'in USD, 2 decimals: base, all',
      categories: ['(empty)'],
      queries: 'over 1 record or more',
      stored: '1,234,567 records in 1,200 batches',
      complaints: 'none',
    });
    expect(rows({}).stored).toBe('1 record in 1 batch');
  });

  it('that waits says for whom, and who wishes to leave', () => {
    const { state, seats } = rows({ notJoined: [text(2), text(3)], resigned: [text(3)] });
    expect(state).toBe('waits for 2 servers to join epoch 1 (mistore ledger join); it takes no batches until then');
    expect(seats).toEqual([
      `1: alpha (${text(1)})`,
      `2: ${text(2)}, has not joined`,
      `3: ${text(3)}, has not joined, wishes to give up the seat`,
    ]);
  });

  it('counts void records and changes of keys', () => {
    expect(rows({}, [{ isVoid: true }, { isVoid: false }]).complaints).toBe('about 2 records, 1 of them void');
    const third = { ...ledger, currentEpoch: { ...currentEpoch, epoch: 3 } } as unknown as LedgerView;
    expect(rows({}, [], third).epoch).toBe('3: the keys or seats were changed 2 times');
  });
});
