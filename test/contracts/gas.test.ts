// The gas budgets, exactly: contracts/gas-budget.json. `npm run gas` prints the table, `npm run gas -- --write` writes it.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { measureGas } from './measure.ts';

const BUDGET = new URL('../../contracts/gas-budget.json', import.meta.url);

test('every operation costs exactly its budget', { timeout: 300_000 }, async () => {
  const table = await measureGas();
  const mode = process.env['MISTORE_GAS'];
  if (mode !== undefined) {
    console.log(JSON.stringify(table,null,2));
    if (mode === 'write') writeFileSync(BUDGET, `${JSON.stringify(table, null, 2)}\n`);
    else return;
  }
  expect(table).toEqual(JSON.parse(readFileSync(BUDGET, 'utf8')));
});
