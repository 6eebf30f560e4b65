// The terms of a ledger's amounts: those of a profile, their comparison with a ledger's, and a sum's text in each lane.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIStoreError } from '../../src/errors.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { type AmountTerms, checkSameTerms, formatLanes, profileTerms } from '../../src/records/terms.ts';

const TERMS: AmountTerms = { lanes: ['TOTAL', 'COVERED'], scale: 2, currency: 'USD' };
const ledger = (changed: Partial<AmountTerms> = {}) => ({ ...TERMS, ...changed, threshold: 3 });

describe('terms', () => {
  it('of a profile are the names of its lanes, its scale and its currency', () => {
    const { columns, amounts } = presetProfile('synthea-encounters');
    const lanes = [
      { name: 'total', column: 'TOTAL_CLAIM_COST' },
      { name: 'covered', column: 'PAYER_COVERAGE' },
    ];
    const profile = { columns: { ...columns, lanes }, amounts: { ...amounts, scale: 3, currency: 'TND' } };
    expect(profileTerms(profile)).toEqual({ lanes: ['total', 'covered'], scale: 3, currency: 'TND' });
  });

  it('that are those of the ledger pass, whatever else either has', () => {
    expect(() => checkSameTerms('the file would be read as', TERMS, ledger())).not.toThrow();
    expect(() => checkSameTerms('x', { ...TERMS, format: 1 } as AmountTerms, ledger())).not.toThrow();
  });

  it.each<[string, Partial<AmountTerms>, string]>([
    ['other names', { lanes: ['TOTAL', 'covered'] }, 'the lanes TOTAL, covered in USD, scale 2'],
    ['another order', { lanes: ['COVERED', 'TOTAL'] }, 'the lanes COVERED, TOTAL in USD, scale 2'],
    ['a lane less', { lanes: ['TOTAL'] }, 'the lanes TOTAL in USD, scale 2'],
    ['names that read the same when joined', { lanes: ['TOTAL, COVERED'] }, 'the lanes TOTAL, COVERED in USD, scale 2'],
    ['another scale', { scale: 3 }, 'the lanes TOTAL, COVERED in USD, scale 3'],
    ['another currency', { currency: 'EUR' }, 'the lanes TOTAL, COVERED in EUR, scale 2'],
  ])('with %s are refused, with both named', (_, changed, words) => {
    const message = `the file would be read as ${words}; the ledger has the lanes TOTAL, COVERED in USD, scale 2. They must be the same, in this order`;
    expect(() => checkSameTerms('the file would be read as', { ...TERMS, ...changed }, ledger())).toThrow(
      new MIStoreError('WRONG_TERMS', message, { given: { ...TERMS, ...changed }, stored: TERMS }),
    );
    expect(() => checkSameTerms('the file would be read as', TERMS, ledger(changed))).toThrow(MIStoreError);
  });
});

describe('amounts by lane', () => {
  it('are exact decimals under their names, in order', () => {
    expect(formatLanes(TERMS, [-5n, 2n ** 61n])).toEqual({ TOTAL: '-0.05', COVERED: '23058430092136939.52' });
    expect(Object.keys(formatLanes({ ...TERMS, lanes: ['b', 'a'] }, [1n, 2n]))).toEqual(['b', 'a']);
    expect(Object.entries(formatLanes({ ...TERMS, lanes: ['__proto__'] }, [1n]))).toEqual([['__proto__', '0.01']]);
  });

  it('have as many decimals as the scale says', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 61n), 2n ** 61n), fc.integer({ min: 0, max: 12 }), (amount, scale) => {
        const { TOTAL } = formatLanes({ lanes: ['TOTAL'], scale, currency: 'USD' }, [amount]);
        expect(BigInt(TOTAL!.replace('.', ''))).toBe(amount);
        expect(TOTAL!.split('.')[1]?.length ?? 0).toBe(scale);
      }),
    );
  });
});
