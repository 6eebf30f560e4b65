// Records that are on chain and not in the file, by the viewing key alone: the last ones, those in the middle, several of one
// batch whatever their order there, across batches; and none where none is missing.
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../src/bytes.ts';
import { MissingRecords } from '../../../src/records/receipts/missing.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { saltOf, seriesId, tagOf } from '../../../src/records/series.ts';
import { CATEGORIES, COUNTS, sampleReceipts } from './receipt-sample.ts';

const { receipts } = sampleReceipts();
const key = fromHex(receipts.viewingKey);
const [ledgerId, account] = [fromHex(receipts.ledgerId), fromHex(receipts.patient)];

const tagAt = (category: string, position: number) => {
  const series = seriesId(key, { ledgerId, account, category });
  return tagOf(account, series, position, saltOf(key, ledgerId, series, position));
};
const noise = Array.from({ length: 5 }, (_, k) => new Uint8Array(20).fill(k + 1));
/** The places that are found in batches of tags, one after the other. */
const found = (file: Receipts, ...batches: Uint8Array[][]) => {
  const search = new MissingRecords(file);
  return batches.flatMap((tags) => search.in(tags.length, (place) => tags[place]!));
};
const without = (category: string, ...positions: number[]): Receipts => ({
  ...receipts,
  records: receipts.records.filter((r) => r.category !== category || !positions.includes(r.position)),
});
const ALL = CATEGORIES.flatMap((category, c) => Array.from({ length: COUNTS[c]! }, (_, k) => tagAt(category, k + 1)));

describe('missing records', () => {
  it('are none where the file has all that is on chain', () => {
    expect(found(receipts, [...noise, ...ALL])).toEqual([]);
  });

  it('are what follows the last of each series of the terms, of one without records too', () => {
    for (const [category, count] of [
      ...CATEGORIES.map((name, c) => [name, COUNTS[c]!] as const),
      ['never used', 0] as const,
    ]) {
      const tag = tagAt(category, count + 1);
      expect(found(receipts, [...ALL, tag])).toEqual([{ category, position: count + 1, place: ALL.length }]);
      expect(found(receipts, [...ALL, tagAt(category, count + 2)]), 'two places on').toEqual([]);
    }
  });

  it('are all counted, in whatever order one batch has them', () => {
    const next = [5, 6, 7].map((position) => tagAt('inpatient', position));
    expect(COUNTS[CATEGORIES.indexOf('inpatient')]).toBe(4);
    const expected = [
      { category: 'inpatient', position: 7, place: 0 },
      { category: 'inpatient', position: 5, place: 2 },
      { category: 'inpatient', position: 6, place: 3 },
    ];
    expect(found(receipts, [next[2]!, noise[0]!, next[0]!, next[1]!])).toEqual(expected);
    expect(found(receipts, [next[0]!], [next[1]!, next[2]!]).map(({ position }) => position)).toEqual([5, 6, 7]);
  });

  it('in the middle of a series are found, and what follows the last as well', () => {
    const file = without('inpatient', 2, 3);
    const positions = found(file, ALL, [tagAt('inpatient', 5)]).map(({ position }) => position);
    expect(positions).toEqual([2, 3, 5]);
  });

  it('are found behind a place that the chain does not have', () => {
    const file = without('inpatient', 2);
    const chain = ALL.filter((tag) => tag.join() !== tagAt('inpatient', 2).join());
    expect(found(file, chain, [tagAt('inpatient', 5)])).toEqual([{ category: 'inpatient', position: 5, place: 0 }]);
  });

  it('cannot follow the last position that there is', () => {
    const last = receipts.records.map((receipt, k) => (k === 0 ? { ...receipt, position: 2 ** 32 - 1 } : receipt));
    expect(found({ ...receipts, records: last }, ALL).length).toBeGreaterThan(0);
  });
});
