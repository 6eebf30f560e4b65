// Receipts: valid as the hospital makes them; every field tampered with in any place is caught with the right fault; and
// a file that is not one is refused in words, whatever it holds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Hex, toHex } from '../../src/bytes.ts';
import { createEngine } from '../../src/engine/load.ts';
import { EncodingError, MIStoreError } from '../../src/errors.ts';
import { formatAmount, MAX_AMOUNT } from '../../src/records/amounts.ts';
import { encodeRecords, leaves } from '../../src/records/batch.ts';
import { encodeLanes } from '../../src/records/lanes.ts';
import { BatchTree } from '../../src/records/merkle.ts';
import {
  parseReceipts,
  RECEIPTS_FORMAT,
  type Receipts,
  type StoredBatch,
  verifyReceipts,
} from '../../src/records/receipt.ts';
import { commitmentBytes, deal } from '../../src/vss/dealing.ts';
import { pads } from '../../src/vss/pads.ts';
import { join, r, randomSource } from '../engine/oracle.ts';

const engine = await createEngine();
const committee = { threshold: 3, seats: 5 };
const COUNT = 6;
const FIRST = 1000;
const { bytes } = randomSource(31);
const tag = bytes(20);

/** A batch of one patient's records, and their receipts. */
function batchOf(scale = 2, batch = 4): { receipts: Receipts; stored: StoredBatch } {
  const amounts = Array.from({ length: COUNT }, (_, k) => [BigInt(123_45 * k), k === 2 ? MAX_AMOUNT : -1n - BigInt(k)]);
  const keys = bytes(8 * COUNT);
  const position = { ledgerId: 1n, index: batch, nonce: bytes(16) };
  const keystreams = Array.from({ length: committee.seats }, (_, s) => pads(bytes(32), position, s + 1, COUNT));
  const { commitments, corrections, openings } = deal(engine, committee, join(...amounts.map(encodeLanes)), keystreams);
  const tags = join(...amounts.map(() => tag));
  const records = encodeRecords(committee, { count: COUNT, tags, keys, commitments, corrections });
  const tree = new BatchTree(leaves(committee, records, FIRST));
  const size = commitmentBytes(committee);
  const receipts: Receipts = {
    format: RECEIPTS_FORMAT,
    chainId: '31337',
    contract: toHex(bytes(20)),
    ledgerId: '1',
    patient: toHex(tag),
    lanes: ['TOTAL', 'COVERED'],
    scale,
    currency: 'USD',
    records: amounts.map((lanes, k) => ({
      recordId: FIRST + k,
      batch,
      key: toHex(keys.subarray(8 * k, 8 * k + 8)),
      amounts: lanes.map((amount) => formatAmount(amount, scale)),
      blinding: toHex(openings.subarray(32 * k, 32 * k + 32)),
      commitments: [0, 1, 2].map((j) => toHex(commitments.subarray(size * k + 32 * j, size * k + 32 * j + 32))),
      proof: tree.proof(k).map(toHex),
      metadata: { date: '2024-02-29', DESCRIPTION: 'Visit "7", häufig' },
    })),
  };
  return { receipts, stored: { root: tree.root, firstRecordId: FIRST, count: COUNT } };
}

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
  it('are valid as they are made, and after a file', () => {
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

  it('of no records are no verdicts', () => {
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

  it('with any digit of a blinding is caught, also where it is no scalar any more', () => {
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
    const scaled = changed((file) => {
      file.scale = 3;
      file.records = file.records.slice(3);
    });
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

describe('parseReceipts', () => {
  const refused = (text: string) => {
    try {
      parseReceipts(text);
    } catch (error) {
      if (error instanceof EncodingError) return error.message;
      throw error;
    }
    return null;
  };

  it.each(['', ' ', '{', 'null', '[]', '1', '"x"', 'true', '{}', '\ufeff{}', '{"format":"mistore-receipts/1"}'])(
    'refuses %j',
    (text) => {
      expect(refused(text)).toMatch(/^receipts: (not JSON|the file must be|format must be|chainId must be)/);
    },
  );

  it('refuses a file with something after it', () => {
    expect(refused(`${JSON.stringify(receipts)}x`)).toMatch(/^receipts: not JSON/);
  });

  it('refuses any JSON that is not a receipts file, with an EncodingError', () => {
    fc.assert(fc.property(fc.json(), (text) => refused(text) !== null));
  });

  const WRONG: [string, unknown[]][] = [
    ['format', ['mistore-receipts/2', '', 1, null]],
    ['chainId', ['', '-1', '01', '1.0', '1e3', ' 1', '0x1', 1, null]],
    ['ledgerId', ['', '-1', '01', '1.0', 'x', 1, null]],
    [
      'contract',
      ['', '0x', `0x${'00'.repeat(19)}`, `0x${'00'.repeat(21)}`, '00'.repeat(21), `0x${'0g'.repeat(20)}`, 1],
    ],
    ['patient', ['', `0x${'00'.repeat(19)}`, `0X${'00'.repeat(20)}`, null, []]],
    ['lanes', ['TOTAL', [1], [null], {}, null]],
    ['scale', [-1, 1.5, '2', null, 2 ** 53, Number.NaN]],
    ['currency', [1, null, []]],
    ['records', [{}, 'x', null, [null], [[]], [1]]],
    ['recordId', [-1, 0.5, '1', null, 2 ** 53]],
    ['batch', [-1, 0.5, '1', null]],
    ['key', ['', `0x${'00'.repeat(7)}`, `0x${'00'.repeat(9)}`, 1, null]],
    ['amounts', ['1', [1], [null], {}, null]],
    ['blinding', [`0x${'00'.repeat(31)}`, `0x${'00'.repeat(33)}`, '0', null]],
    ['commitments', [`0x${'00'.repeat(32)}`, [`0x${'00'.repeat(31)}`], [1], null]],
    ['proof', [`0x${'00'.repeat(32)}`, [`0x${'00'.repeat(33)}`], [null], null]],
    ['metadata', [1, 'x', [], null, { date: 1 }, { date: null }]],
  ];

  it.each(WRONG)('refuses %s of another form, and says which field', (field, values) => {
    for (const value of [...values, ...(field === 'metadata' ? [] : [undefined])]) {
      const file = JSON.parse(JSON.stringify(receipts));
      const owner = field in file ? file : file.records[1];
      owner[field] = value;
      expect(refused(JSON.stringify(file)), JSON.stringify(value)).toContain(field);
    }
  });

  it('refuses the format inside a record', () => {
    const text = JSON.stringify(receipts).replace('"records":[{', `"records":[{"format":"${RECEIPTS_FORMAT}",`);
    expect(refused(text)).toBe('receipts: records[0].format must be absent (unknown field)');
  });

  it.each(['extra', 'Amounts', 'constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'refuses the unknown field %s',
    (name) => {
      const text = JSON.stringify(receipts);
      const inFile = text.replace(/^\{/, `{${JSON.stringify(name)}:"x",`);
      const inRecord = text.replace('"records":[{', `"records":[{${JSON.stringify(name)}:"x",`);
      expect(refused(inFile)).toBe(`receipts: ${name} must be absent (unknown field)`);
      expect(refused(inRecord)).toBe(`receipts: records[0].${name} must be absent (unknown field)`);
    },
  );
});
