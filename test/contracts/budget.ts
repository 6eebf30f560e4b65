// What is committed of the measured gas: the budgets, contracts/gas-budget.json (operation → gas of the whole transaction, or
// of one record or answer in it where the name says so), and the tables of docs/gas.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { costTables } from './costs.ts';
import { type GasTable, gasTable, type Measurements } from './measure.ts';

// The same from test/contracts and from build/gas, where the bundle of print-gas.ts runs.
const BUDGET = new URL('../../contracts/gas-budget.json', import.meta.url);
const PAGE = new URL('../../docs/gas.md', import.meta.url);
const BEGIN = '<!-- begin: written by npm run gas -- --write -->\n\n';
const END = '\n\n<!-- end -->';

export function readBudget(): GasTable {
  return JSON.parse(readFileSync(BUDGET, 'utf8'));
}

/** The tables of docs/gas.md. */
export function readTables(): string {
  const [, tables] = splitPage();
  return tables;
}

/** Makes the measured figures the budgets and the page's tables. */
export function write(measured: Measurements): void {
  writeFileSync(BUDGET, `${JSON.stringify(gasTable(measured), null, 2)}\n`);
  const [before, , after] = splitPage();
  writeFileSync(PAGE, `${before}${costTables(measured)}${after}`);
}

/** The page up to its tables, the tables, and the rest. */
function splitPage(): [string, string, string] {
  const page = readFileSync(PAGE, 'utf8');
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  const end = page.indexOf(END, begin);
  if (begin < BEGIN.length || end < 0)
    throw new Error(`docs/gas.md lacks "${BEGIN.trim()}" or "${END.trim()}" after it`);
  return [page.slice(0, begin), page.slice(begin, end), page.slice(end)];
}
