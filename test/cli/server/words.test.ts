// What an operator reads of a daemon's events: which query, of whom, on what terms; and how important each is.
import { describe, expect, it } from 'vitest';
import type { Hex } from '../../../src/bytes.ts';
import { inWords, levelOf } from '../../../src/cli/daemon/words.ts';
import type { DaemonEvent } from '../../../src/parties/server/daemon/daemon-events.ts';

const LEDGER: Hex = `0x${'1e'.repeat(32)}`;
const QUERY: Hex = `0x12ab34cd${'5f'.repeat(28)}`;
const ACME: Hex = `0x${'ac'.repeat(20)}`;
const CLINIC: Hex = `0x${'c1'.repeat(20)}`;
const named = (id: Hex) => ({ [LEDGER]: 'bills', [ACME]: 'acme', [CLINIC]: 'clinic' })[id] ?? id;
const terms = { hospital: CLINIC, threshold: 2, seats: 3, lanes: ['base', 'all'], currency: 'USD', minRecords: 1 };
const said = (event: DaemonEvent) => inWords(event, named);

describe('a query', () => {
  it('is named by its short id, its insurer and its whole id', () => {
    expect(said({ kind: 'answered', ledgerId: LEDGER, queryIds: [QUERY], insurers: [ACME], gasUsed: 57_123n })).toBe(
      `Answered 1 query of ledger bills, 57,123 gas: 12ab34cd of acme (${QUERY}).`,
    );
    expect(
      said({ kind: 'refused', ledgerId: LEDGER, queryId: QUERY, insurer: null, reason: 'nothing is left of its fee' }),
    ).toBe(`Query 12ab34cd (${QUERY}) is refused: nothing is left of its fee.`);
  });

  it('that is for others first says when this server answers', () => {
    const later = { kind: 'later', ledgerId: LEDGER, queryId: QUERY, insurer: ACME, turn: 1, seconds: 90 } as const;
    expect(said(later)).toContain('is for other servers first; this one answers in 1 min 30 s if answers are missing');
    expect(levelOf(later)).toBe('info');
  });
});

describe('a ledger', () => {
  const TERMS = 'hospital clinic, threshold 2 of 3 seats, lanes base, all in USD, queries over 1 record or more';

  it('is joined, or not, with its terms in the line', () => {
    expect(said({ kind: 'joined', ledgerId: LEDGER, terms, epoch: 1, gasUsed: 90_000n })).toBe(
      `Joined epoch 1 of ledger bills of ${TERMS}. 90,000 gas.`,
    );
    const why = 'its threshold is 2; this server joins from 3 on';
    const invited = said({ kind: 'invited', ledgerId: LEDGER, hospital: CLINIC, terms, why });
    expect(invited).toContain(`Ledger bills of ${TERMS} names this server, which does not join it: ${why}.`);
    expect(said({ kind: 'invited', ledgerId: LEDGER, hospital: CLINIC, terms: null, why })).toContain(
      'of hospital clinic names',
    );
  });

  it('has one line at a restart, and its old batches none unless shares are wrong', () => {
    const serving = {
      kind: 'serving',
      ledgerId: LEDGER,
      terms,
      seat: 2,
      epoch: 1,
      batches: 1,
      records: 1234,
      bad: 0,
    } as const;
    expect(said(serving)).toBe(
      `Serving ledger bills of ${TERMS}: seat 2, epoch 1, 1 batch, 1,234 records of it checked now.`,
    );
    expect(said({ ...serving, records: 0, batches: 2 })).toMatch(/epoch 1, 2 batches\.$/);
    const checked = {
      kind: 'checked',
      ledgerId: LEDGER,
      batch: 0,
      records: 9,
      bad: [] as number[],
      isOld: true,
    } as const;
    expect([serving, { ...serving, bad: 1 }].map(levelOf)).toEqual(['info', 'warn']);
    expect([checked, { ...checked, bad: [3] }, { ...checked, isOld: false }].map(levelOf)).toEqual([
      'debug',
      'warn',
      'info',
    ]);
  });
});
