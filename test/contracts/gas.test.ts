// Gas is exact: what a transaction costs is compared with its committed budget, and the tables of docs/gas.md are those of
// the measured figures. A change that costs or saves gas comes with `npm run gas -- --write`, so that it is seen.
import { expect, test } from 'vitest';
import { readBudget, readTables } from './budget.ts';
import { costTables, dataFee, onMainnet, onRollup, PRICES } from './costs.ts';
import { gasTable, measureGas } from './measure.ts';

const budget = readBudget();

test('every operation costs exactly its budget, and what docs/gas.md says', { timeout: 300_000 }, async () => {
  const measured = await measureGas();
  expect(gasTable(measured)).toEqual(budget);
  expect(readTables()).toBe(costTables(measured));
});

test('money follows from gas, bytes and prices', () => {
  const prices = { name: '', mainnetGas: 10, blobGas: 1, rollupGas: 0.01, ether: 3000 };
  const ten = { gas: 1_000_000, bytes: 3200, per: 10 };
  expect(onMainnet(ten, prices)).toBeCloseTo(3, 10);
  // 16 · 5,227 · 10 + 1,014,213 · 1 = 1,850,533 gwei; 3,300 bytes by FastLZ, 2,717.8644 by the estimate.
  expect(dataFee(3200, prices)).toBeCloseTo((2_717.8644 * 1_850_533) / 1e6, 6);
  expect(onRollup(ten, prices)).toBeCloseTo(((1_000_000 * 0.01 + 5029.497762) * 1e-9 * 3000) / 10, 10);
  expect(dataFee(1, prices)).toBeCloseTo((100 * 1_850_533) / 1e6, 6);
  expect(PRICES.map(({ name }) => name)).toEqual(['low', 'middle', 'high']);
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
