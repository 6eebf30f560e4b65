// The committed gas budgets, contracts/gas-budget.json: operation → gas of the whole transaction, or of one record or
// answer in it where the name says so.
import { readFileSync, writeFileSync } from 'node:fs';
import type { GasTable } from './measure.ts';

// The same from test/contracts and from build/gas, where the bundle of print-gas.ts runs.
const FILE = new URL('../../contracts/gas-budget.json', import.meta.url);

export function readBudget(): GasTable {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

export function writeBudget(table: GasTable): void {
  writeFileSync(FILE, `${JSON.stringify(table, null, 2)}\n`);
}
