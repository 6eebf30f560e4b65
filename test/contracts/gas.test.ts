// Gas is exact: what a transaction costs is compared with its committed budget. A change that costs or saves gas comes
// with `npm run gas -- --write`, so that it is seen.
import { expect, test } from 'vitest';
import { readBudget } from './budget.ts';
import { measureGas } from './measure.ts';

const budget = readBudget();

test('every operation costs exactly its budget', { timeout: 300_000 }, async () => {
  expect(await measureGas()).toEqual(budget);
});

test.each([
  ['append.2-3', 5_000],
  ['append.3-5', 6_300],
  ['append.5-9', 8_850],
  ['append.7-13', 11_420],
  ['query.1edge', 100_000],
  ['query.2edges', 118_000],
  ['query.40edges', 900_000],
  ['answer.alone', 56_500],
  ['answer.ten', 34_000],
])('%s: the budget stays below %d', (operation, limit) => {
  expect(budget[operation]).toBeLessThanOrEqual(limit);
});
