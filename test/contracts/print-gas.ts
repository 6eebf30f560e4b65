// npm run gas: measures, and prints each operation's gas beside its budget. `npm run gas -- --write` makes the measured
// figures the budgets and writes the tables of docs/gas.md; `npm run -s gas -- --json` prints them as one JSON object.
import { readBudget, write } from './budget.ts';
import { gasTable, measureGas } from './measure.ts';

const measured = await measureGas();
const table = gasTable(measured);
if (process.argv.includes('--write')) write(measured);
if (process.argv.includes('--json')) {
  console.log(JSON.stringify(table));
} else {
  const budget = readBudget();
  const width = Math.max(...Object.keys(table).map((name) => name.length));
  const number = (value: number) => value.toLocaleString('en').padStart(10);
  console.log(`${'operation'.padEnd(width)} ${'gas'.padStart(10)} ${'to budget'.padStart(10)}`);
  for (const [name, gas] of Object.entries(table)) {
    const excess = budget[name] === undefined ? 'none' : budget[name] === gas ? '' : `${gas - budget[name]}`;
    console.log(`${name.padEnd(width)} ${number(gas)} ${excess.padStart(10)}`);
  }
}
