// Receipts: valid as the hospital makes them; every field tampered with in any place is caught with the right fault; gaps,
// repeats are seen.
import { describe, expect, it, test } from 'vitest';
import type { Hex } from '../../../src/bytes.ts';
import { EncodingError } from '../../../src/errors.ts';
import {
  type Receipt,
  type ReceiptFault,
  type Receipts,
  verifyReceipts,
} from '../../../src/records/receipts/receipt.ts';
import { COUNTS, engine, FIRST, sampleReceipts } from './receipt-sample.ts';

const { receipts, stored, batch } = sampleReceipts();
const verify = (file: Receipts) => verifyReceipts(engine, file, (index) => (index === batch ? stored : null));
const faults = (file: Receipts) => verify(file).map(({ fault }) => fault);
const clone = (file: Receipts) => structuredClone(file);
const flip = (hex: Hex, at = hex.length - 1): Hex =>
  `${hex.slice(0, at)}${(Number.parseInt(hex[at]!, 16) ^ 1).toString(16)}${hex.slice(at + 1)}` as Hex;
const at = (category: string, position: number) => (record: Receipt) =>
  record.category === category && record.position === position;

/** The faults of a file in which one receipt is changed, by category and position. */
function faultsAfter(category: string, position: number, change: (receipt: Receipt) => void) {
  const file = clone(receipts);
  change(file.records.find(at(category, position))!);
  return new Map(
    verify(file).map(({ fault }, k) => [`${file.records[k]!.category} ${file.records[k]!.position}`, fault]),
  );
}

describe('as the hospital makes them', () => {
  it('all are valid, in any order of the file and with any letters of hex', () => {
    expect(faults(receipts)).toEqual(receipts.records.map(() => null));
    expect(faults({ ...receipts, records: receipts.records.toReversed() })).toEqual(receipts.records.map(() => null));
    const upper = clone(receipts);
    for (const record of upper.records) record.salt = `0x${record.salt.slice(2).toUpperCase()}`;
    expect(faults(upper)).toEqual(receipts.records.map(() => null));
  });

  it.each([0, 12])('at scale %i too', (scale) => {
    const sample = sampleReceipts(77, scale);
    expect(verifyReceipts(engine, sample.receipts, () => sample.stored).every(({ fault }) => fault === null)).toBe(
      true,
    );
  });

  it('verdicts come in the order of the file, by record id', () => {
    expect(verify(receipts).map(({ recordId }) => recordId)).toEqual(receipts.records.map((_, k) => FIRST + k));
  });

  it('an empty file has no verdict', () => {
    expect(verify({ ...receipts, records: [] })).toEqual([]);
  });
});

describe('one changed field', () => {
  const OPENING: ReceiptFault = 'amounts do not open the commitment';
  const ROOT: ReceiptFault = 'not under the root';
  it.each<[string, (receipt: Receipt) => void, ReceiptFault]>([
    ['blinding', (r) => (r.blinding = flip(r.blinding)), OPENING],
    ['the first commitment', (r) => (r.commitments[0] = flip(r.commitments[0]!)), OPENING],
    ['another commitment', (r) => (r.commitments[2] = flip(r.commitments[2]!)), ROOT],
    ['one commitment less', (r) => r.commitments.pop(), ROOT],
    ['key', (r) => (r.key = flip(r.key)), ROOT],
    ['record id', (r) => (r.recordId = r.recordId === FIRST ? FIRST + 1 : FIRST), ROOT],
    ['record id below the batch', (r) => (r.recordId = FIRST - 1), 'record not in the batch'],
    ['record id above the batch', (r) => (r.recordId = FIRST + 6), 'record not in the batch'],
    ['batch', (r) => (r.batch = 5), 'unknown batch'],
    ['salt', (r) => (r.salt = flip(r.salt)), 'the salt is not that of the viewing key'],
    ['a node of the path', (r) => (r.path[1] = flip(r.path[1]!)), ROOT],
    ['a path too short', (r) => r.path.pop(), ROOT],
    ['category', (r) => (r.category = 'unknown'), 'a category that the ledger does not have'],
  ])('%s: the last of a series alone is refused', (_, change, fault) => {
    const found = faultsAfter('inpatient', 4, change);
    expect([...found.values()].filter((one) => one !== null)).toEqual([fault]);
  });

  it('an amount changes every total from there on', () => {
    const found = faultsAfter('inpatient', 2, (r) => {
      r.amounts[0] = '0.01';
    });
    expect(
      [...found]
        .filter(([, fault]) => fault === OPENING)
        .map(([name]) => name)
        .sort(),
    ).toEqual(['inpatient 2', 'inpatient 3', 'inpatient 4']);
    expect([...found].filter(([name]) => name.startsWith('wellness')).every(([, fault]) => fault === null)).toBe(true);
  });

  it('an amount moved from one record to the next is seen in the first', () => {
    const file = clone(receipts);
    const [a, b] = [2, 3].map((position) => file.records.find(at('inpatient', position))!) as [Receipt, Receipt];
    [a.amounts, b.amounts] = [b.amounts, a.amounts];
    expect(faults(file).filter((fault) => fault === OPENING).length).toBe(1);
  });

  it.each(['patient', 'viewingKey', 'ledgerId'] as const)('%s: no receipt is valid', (field) => {
    expect(faults({ ...receipts, [field]: flip(receipts[field]) }).every((fault) => fault !== null)).toBe(true);
  });
});

describe('the file as a whole', () => {
  it('a gap: the records after it are not valid, whatever they say', () => {
    const file = { ...receipts, records: receipts.records.filter((r) => !at('inpatient', 2)(r)) };
    const found = verify(file).map(({ fault }, k) => [file.records[k]!.position, file.records[k]!.category, fault]);
    for (const [position, category, fault] of found) {
      const after = category === 'inpatient' && (position as number) > 2;
      expect(fault).toBe(after ? 'the records before it in its series are not in this file' : null);
    }
  });

  it('a series that begins after its first record', () => {
    const file = { ...receipts, records: receipts.records.filter((r) => r.position > 1) };
    expect(faults(file).every((fault) => fault === 'the records before it in its series are not in this file')).toBe(
      true,
    );
  });

  it('two records at one place of a series', () => {
    const again = { ...receipts.records.find(at('wellness', 2))!, recordId: FIRST + 99 };
    expect(faults({ ...receipts, records: [...receipts.records, again] }).at(-1)).toBe(
      'another record of this file has the same place in its series',
    );
  });
});

test('amounts that are written in another way, of other lanes, or that leave the range are refused without quoting them', () => {
  const changed = (amounts: string[]) => {
    const file = clone(receipts);
    file.records.find(at('inpatient', 1))!.amounts = amounts;
    return () => verify(file);
  };
  for (const text of ['1,00', '1.0', '1', '01.00', '+1.00', '1.00 ', '(1.00)', '1.00-', '1e2', '']) {
    expect(changed([text, '0.00'])).toThrow(EncodingError);
  }
  expect(changed(['1.00'])).toThrow(/has 1 amounts for 2 lanes/);
  expect(changed(['21990232555.52', '0.00'])).toThrow(/beyond/);
});

describe('a carry record', () => {
  // The sample's last record of a series, made one: another with the same total.
  const carrying = (change: (carry: Receipt) => void = () => undefined) => {
    const sample = sampleReceipts(31, 2, 4, true);
    const carry = sample.receipts.records.find(at('inpatient', COUNTS[0]!))!;
    const before = sample.receipts.records.find(at('inpatient', COUNTS[0]! - 1))!;
    carry.carries = before.recordId;
    change(carry);
    return verifyReceipts(engine, sample.receipts, () => sample.stored).filter(({ fault }) => fault !== null);
  };

  it('is valid with amounts of 0, after the record that it carries on', () => {
    expect(carrying()).toEqual([]);
  });

  it('is refused with another amount, and where it carries on another record or none', () => {
    const none: ReceiptFault = 'it does not carry on the record before it in its series';
    expect(carrying((carry) => (carry.amounts[1] = '0.01'))).toMatchObject([
      { fault: 'a carry record has no amounts but 0' },
    ]);
    expect(carrying((carry) => (carry.carries = carry.recordId))).toMatchObject([{ fault: none }]);
    expect(carrying((carry) => (carry.carries = FIRST + 99))).toMatchObject([{ fault: none }]);
    const first = faultsAfter('inpatient', 1, (receipt) => (receipt.carries = receipt.recordId));
    expect(first.get('inpatient 1')).toBe(none);
  });
});

describe('a correction', () => {
  const other: ReceiptFault = 'it does not correct a record before it in its series';
  const idOf = (category: string, position: number) => receipts.records.find(at(category, position))!.recordId;
  const correcting = (category: string, position: number, corrects: number) => {
    const file = clone(receipts);
    file.records.find(at(category, position))!.corrects = corrects;
    return verify(file).filter(({ fault }) => fault !== null);
  };

  it('is valid wherever the record that it corrects stands before it', () => {
    expect(correcting('inpatient', 4, idOf('inpatient', 1))).toEqual([]);
    expect(correcting('inpatient', 2, idOf('inpatient', 1))).toEqual([]);
  });

  it('is refused where it corrects itself, a later record, one of another category or none', () => {
    for (const wrong of [idOf('inpatient', 2), idOf('inpatient', 3), idOf('wellness', 1), FIRST + 99]) {
      expect(correcting('inpatient', 2, wrong)).toEqual([{ recordId: idOf('inpatient', 2), fault: other }]);
    }
  });
});
