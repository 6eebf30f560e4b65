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
  ['appendBatch (3,5), full: a record', 11_700],
  ['answer (3,5), first seat', 85_000],
  ['answer (3,5), last seat', 85_000],
])('%s: the budget stays below %d', (operation, limit) => {
  expect(budget[operation]).toBeLessThanOrEqual(limit);
});
