// Receipts: valid as the hospital makes them; every field tampered with in any place is caught with the right fault.
import { describe, expect, it } from 'vitest';
import type { Hex } from '../../src/bytes.ts';
import { MIStoreError } from '../../src/errors.ts';
import { parseReceipts, type Receipts, type StoredBatch, verifyReceipts } from '../../src/records/receipt.ts';
import { r } from '../engine/oracle.ts';
import { batchOf, COUNT, engine, FIRST } from './receipt-sample.ts';

const { receipts, stored } = batchOf();
const faults = (given: Receipts, batch: StoredBatch | null = stored) =>
  verifyReceipts(engine, given, (index) => (index === 4 ? batch : null)).map(({ fault }) => fault);
/** The receipts after `change`, which may write what types forbid. */
function changed(change: (file: Receipts) => void): Receipts {
  const copy = structuredClone(receipts);
  change(copy);
  return copy;
}
const none = receipts.records.map(() => null);
/** Only record 2 is at fault. */
const only2 = (fault: string) => none.map((_, k) => (k === 2 ? fault : null));
const flipDigit = (hex: Hex, at: number): Hex =>
  `${hex.slice(0, at)}${(Number.parseInt(hex[at]!, 16) ^ 1).toString(16)}${hex.slice(at + 1)}` as Hex;
const digits = (hex: Hex) => Array.from({ length: hex.length - 2 }, (_, i) => i + 2);

describe('receipts', () => {
  it('are valid as they are made, and when read from a file', () => {
    expect(faults(receipts)).toEqual(none);
    const read = parseReceipts(JSON.stringify(receipts));
    expect(read).toEqual(receipts);
    expect(verifyReceipts(engine, read, () => stored)).toEqual(
      receipts.records.map(({ recordId }) => ({ recordId, fault: null })),
    );
  });

  it('are valid with free text changed or left out: it is not on chain', () => {
    const file = changed(({ records }) => {
      delete records[0]!.metadata;
      records[1]!.metadata = { other: 'text' };
    });
    expect(faults(parseReceipts(JSON.stringify(file)))).toEqual(none);
  });

  it.each([0, 2, 12])('are valid at a scale of %i decimals', (scale) => {
    const other = batchOf(scale);
    expect(faults(other.receipts, other.stored)).toEqual(none);
  });

  it('of no records have no verdicts', () => {
    expect(verifyReceipts(engine, { ...receipts, records: [] }, () => stored)).toEqual([]);
  });
});

describe('tampering', () => {
  it('with any digit of the tag is caught', () => {
    for (const at of digits(receipts.patient)) {
      const file = changed((copy) => {
        copy.patient = flipDigit(copy.patient, at);
      });
      expect(faults(file), `digit ${at}`).toEqual(none.map(() => 'not under the root'));
    }
  });

  it('with any digit of a key is caught', () => {
    for (const at of digits(receipts.records[2]!.key)) {
      const file = changed(({ records }) => {
        records[2]!.key = flipDigit(records[2]!.key, at);
      });
      expect(faults(file), `digit ${at}`).toEqual(only2('not under the root'));
    }
  });

  it('with any digit of a blinding is caught, also if it is no longer a scalar', () => {
    for (const at of digits(receipts.records[2]!.blinding)) {
      const blinding = flipDigit(receipts.records[2]!.blinding, at);
      const file = changed(({ records }) => {
        records[2]!.blinding = blinding;
      });
      if (BigInt(blinding) < r)
        expect(faults(file), `digit ${at}`).toEqual(only2('amounts do not open the commitment'));
      else expect(() => faults(file), `digit ${at}`).toThrow('blindings: element 2 is not a canonical scalar');
    }
  });

  it('with any digit of a commitment is caught', () => {
    for (const j of [0, 1, 2]) {
      for (const at of digits(receipts.records[2]!.commitments[j]!)) {
        const file = changed(({ records }) => {
          records[2]!.commitments[j] = flipDigit(records[2]!.commitments[j]!, at);
        });
        const fault = j === 0 ? 'amounts do not open the commitment' : 'not under the root';
        expect(faults(file), `C_${j}, digit ${at}`).toEqual(only2(fault));
      }
    }
  });

  it('with any digit of a proof is caught', () => {
    receipts.records[2]!.proof.forEach((node, i) => {
      for (const at of digits(node)) {
        const file = changed(({ records }) => {
          records[2]!.proof[i] = flipDigit(node, at);
        });
        expect(faults(file), `node ${i}, digit ${at}`).toEqual(only2('not under the root'));
      }
    });
  });

  it('with any digit, or the sign, of an amount is caught', () => {
    receipts.records[2]!.amounts.forEach((amount, lane) => {
      const others = Array.from(amount, (character, at) =>
        /\d/.test(character) ? `${amount.slice(0, at)}${(Number(character) + 1) % 10}${amount.slice(at + 1)}` : amount,
      ).filter((other) => other !== amount);
      others.push(amount.startsWith('-') ? amount.slice(1) : `-${amount}`);
      for (const other of others) {
        const file = changed(({ records }) => {
          records[2]!.amounts[lane] = other;
        });
        let verdicts: unknown;
        try {
          verdicts = faults(file);
        } catch (error) {
          // A digit more than the largest amount.
          expect((error as MIStoreError).message).toMatch(/out of range|beyond/);
          continue;
        }
        expect(verdicts, other).toEqual(only2('amounts do not open the commitment'));
      }
    });
  });

  it('by swapping lanes, or amounts and openings of two records, is caught', () => {
    const swapped = changed(({ records }) => void records[2]!.amounts.reverse());
    expect(faults(swapped)).toEqual(only2('amounts do not open the commitment'));
    const openings = changed(({ records }) => {
      const [a, b] = [records[1]!, records[2]!];
      [a.amounts, b.amounts] = [b.amounts, a.amounts];
      [a.blinding, b.blinding] = [b.blinding, a.blinding];
    });
    expect(faults(openings).slice(1, 3)).toEqual(Array(2).fill('amounts do not open the commitment'));
    const proofs = changed(({ records }) => {
      const [a, b] = [records[1]!, records[2]!];
      [a.recordId, b.recordId] = [b.recordId, a.recordId];
    });
    expect(faults(proofs).slice(1, 3)).toEqual(Array(2).fill('not under the root'));
  });

  it.each([
    [FIRST - 1, 'record not in the batch'],
    [0, 'record not in the batch'],
    [FIRST + COUNT, 'record not in the batch'],
    [Number.MAX_SAFE_INTEGER, 'record not in the batch'],
    [FIRST + 3, 'not under the root'],
  ])('with the record id (%i) is caught: %s', (recordId, fault) => {
    const file = changed(({ records }) => {
      records[2]!.recordId = recordId;
    });
    expect(faults(file)).toEqual(only2(fault));
  });

  it('with the batch number is caught', () => {
    const file = changed(({ records }) => {
      records[2]!.batch = 5;
    });
    expect(faults(file)).toEqual(only2('unknown batch'));
    expect(faults(receipts, null)).toEqual(none.map(() => 'unknown batch'));
  });

  it.each(['commitments', 'proof'] as const)('by leaving out, adding or reordering %s is caught', (field) => {
    const variants = (list: Hex[]) => [[], list.slice(1), list.slice(0, -1), [...list, list[0]!], list.toReversed()];
    for (const variant of variants(receipts.records[2]![field])) {
      const file = changed(({ records }) => {
        records[2]![field] = variant;
      });
      const [verdict] = new Set(faults(file).filter((fault) => fault !== null));
      expect(verdict, `${variant.length} ${field}`).toBeDefined();
      expect(faults(file)).toEqual(only2(verdict!));
    }
  });

  it('with the root that the contract stores is caught, for every bit', () => {
    for (let bit = 0; bit < 256; bit++) {
      const root = stored.root.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(faults(receipts, { ...stored, root })).toEqual(none.map(() => 'not under the root'));
    }
  });

  it('with the scale changes the amounts, so they do not open', () => {
    const rewritten = changed((file) => {
      file.records = file.records.slice(3);
      for (const record of file.records) record.amounts = record.amounts.map((amount) => `${amount}0`);
    });
    const scaled = { ...rewritten, scale: 3 };
    expect(faults(scaled)).toEqual(scaled.records.map(() => 'amounts do not open the commitment'));
  });

  it('with a leaf passed off as an inner node is caught: the proof one level up', () => {
    const file = changed(({ records }) => {
      records[2]!.proof = records[2]!.proof.slice(1);
    });
    expect(faults(file)).toEqual(only2('not under the root'));
  });
});

describe('a receipt that cannot be read', () => {
  it.each([
    ['in brackets', (digits: string) => `(${digits})`],
    ['with its sign behind', (digits: string) => `${digits}-`],
    ['with a minus sign of typographers', (digits: string) => `\u2212${digits}`],
    ['with zeros before', (digits: string) => `-0${digits}`],
    ['with more decimals', (digits: string) => `-${digits}0`],
    ['with fewer decimals', (digits: string) => `-${digits.replace(/\.00$/, '.0')}`],
    ['with no decimals', (digits: string) => `-${digits.replace(/\.00$/, '')}`],
    ['with a line break', (digits: string) => `-${digits}\n`],
    ['with a space', (digits: string) => ` -${digits}`],
  ])('is one with the right amount written %s', (_, written) => {
    const negative = batchOf(2, 4, -6_00n);
    expect(faults(negative.receipts, negative.stored)).toEqual(none);
    const digits = negative.receipts.records[2]!.amounts[0]!.slice(1);
    const file = structuredClone(negative.receipts);
    file.records[2]!.amounts[0] = written(digits);
    expect(() => faults(file, negative.stored)).toThrow(
      /^receipt of record 1002: amount is not written plainly: digits, with 2 decimals, and a minus before them$/,
    );
  });

  it.each(['+0.00', '-0.00', '0', '00.00'])('is one with the amount %s for zero', (text) => {
    const file = changed(({ records }) => {
      records[0]!.amounts[0] = text;
    });
    expect(receipts.records[0]!.amounts[0]).toBe('0.00');
    expect(() => faults(file)).toThrow('receipt of record 1000: amount is not written plainly');
  });

  it.each([
    ['an amount too few', (file: Receipts) => void file.records[2]!.amounts.pop(), 'has 1 amounts for 2 lanes'],
    ['an amount too many', (file: Receipts) => void file.records[2]!.amounts.push('0.00'), 'has 3 amounts for 2 lanes'],
    ['an amount that is none', (file: Receipts) => void file.records[2]!.amounts.splice(0, 1, 'abc'), 'amount'],
    [
      'an amount beyond 2^41',
      (file: Receipts) => void file.records[2]!.amounts.splice(0, 1, '21990232555.52'),
      'amount',
    ],
    [
      'a blinding that is no scalar',
      (file: Receipts) => void Object.assign(file.records[2]!, { blinding: `0x${'ff'.repeat(32)}` }),
      'blindings: element 2',
    ],
  ])('is an error that says so: %s', (_, change, message) => {
    expect(() => faults(changed(change))).toThrow(MIStoreError);
    expect(() => faults(changed(change))).toThrow(message);
  });
});
