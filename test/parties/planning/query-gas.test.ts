// The estimate of a query's gas: the committed figures where they were measured, and between and beyond them what grows with
// edges and threshold.
import { describe, expect, it } from 'vitest';
import budget from '../../../contracts/gas-budget.json' with { type: 'json' };
import { queryGas } from '../../../src/parties/query-gas.ts';
import { fault } from '../../support/parties.ts';

describe('queryGas', () => {
  it.each([
    [1, 1, budget['query.1edge.1-1']],
    [2, 1, budget['query.1edge.2-3']],
    [3, 1, budget['query.1edge']],
    [5, 1, budget['query.1edge.5-9']],
    [7, 1, budget['query.1edge.7-13']],
    [3, 40, budget['query.40edges, full batches']],
  ])('at threshold %i for %i edges is what was measured', (threshold, edges, measured) => {
    expect(queryGas(threshold, edges)).toBe(measured);
  });

  it('has room for what edges in small batches take, and little more', () => {
    for (const [edges, measured] of [
      [2, budget['query.2edges']],
      [40, budget['query.40edges']],
    ] as const) {
      const ratio = queryGas(3, edges) / measured;
      expect(ratio >= 1 && ratio < 1.25, `${edges} edges: ${ratio}`).toBe(true);
    }
  });

  it('adds what a fee takes', () => {
    expect(queryGas(3, 1, true)).toBe(budget['query.1edge, paid']);
  });

  it('grows with the threshold, also beyond the last that was measured', () => {
    const gas = Array.from({ length: 255 }, (_, t) => queryGas(t + 1, 3));
    expect(gas.every((one, t) => t === 0 || one > gas[t - 1]!)).toBe(true);
    expect(queryGas(6, 1)).toBe(Math.round((budget['query.1edge.5-9'] + budget['query.1edge.7-13']) / 2));
  });

  it('is of edges and a threshold that there are', async () => {
    const wrong = (threshold: number, edges: number) => fault(Promise.resolve().then(() => queryGas(threshold, edges)));
    for (const [threshold, edges] of [
      [0, 1],
      [256, 1],
      [1.5, 1],
      [3, 0],
      [3, 2.5],
    ] as const) {
      expect((await wrong(threshold, edges)).code).toBe('INVALID_ARGUMENT');
    }
  });
});
