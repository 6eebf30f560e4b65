// Whose turn it is to answer: in each query's order t seats at once, then one after another, and the orders are spread evenly.
import { describe, expect, it } from 'vitest';
import { uint256 } from '../../../src/bytes.ts';
import { keccak256 } from '../../../src/keccak.ts';
import { turnOf } from '../../../src/parties/server/daemon/turns.ts';

const queries = Array.from({ length: 300 }, (_, i) => keccak256(uint256(i)));

describe('turns', () => {
  it.each([
    [1, 1],
    [1, 3],
    [2, 3],
    [3, 5],
    [4, 7],
    [4, 4],
    [2, 255],
  ])('at (%i, %i): t seats have none to wait for, each other one more than the one before', (threshold, seats) => {
    for (const queryId of queries.slice(0, 20)) {
      const turns = Array.from({ length: seats }, (_, s) => turnOf(queryId, s + 1, { threshold, seats }));
      const expected = Array.from({ length: seats }, (_, rank) => Math.max(0, rank - threshold + 1));
      expect(turns.sort((a, b) => a - b)).toEqual(expected);
    }
  });

  it('come to every seat about equally often', () => {
    const size = { threshold: 2, seats: 5 };
    const first = [1, 2, 3, 4, 5].map((seat) => queries.filter((queryId) => turnOf(queryId, seat, size) === 0).length);
    // 300 · 2/5 = 120 each, with a standard deviation of 8.5.
    expect(Math.min(...first)).toBeGreaterThan(80);
    expect(Math.max(...first)).toBeLessThan(160);
  });

  it('of two queries differ', () => {
    const size = { threshold: 1, seats: 7 };
    const orders = queries.map((queryId) => [1, 2, 3, 4, 5, 6, 7].map((seat) => turnOf(queryId, seat, size)).join());
    expect(new Set(orders).size).toBeGreaterThan(250);
  });
});
