// A browser's results as text: one line for each work.
import Table from 'cli-table3';
import type { Form } from '../kernel-module.ts';
import { significant, time } from '../table.ts';
import { type BrowserRun, FORMS, type Row } from './run.ts';

const HEAD = [
  '',
  'at once',
  'relaxed',
  'scalar',
  'scalar\n/ relaxed',
  'browser / Node\nrelaxed',
  'browser / Node\nscalar',
];

/** What was run, and a table of times for one operation. */
export function textOf(run: BrowserRun): string {
  const table = new Table({
    head: HEAD,
    colAligns: HEAD.map((_, i) => (i === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of run.rows) table.push(cells(row));
  return `${title(run)}\n${table.toString()}`;
}

function title({ browser, preferences, lacksRelaxed, clockStep }: BrowserRun): string {
  const set = Object.entries(preferences).map(([name, value]) => `${name} = ${value}`);
  const how = set.length === 0 ? 'as it is installed' : `with ${set.join(', ')}`;
  const relaxed = lacksRelaxed === null ? 'has relaxed SIMD' : `has no relaxed SIMD: ${lacksRelaxed}`;
  return `${browser}, ${how}: ${relaxed}; its clock moves by ${time(clockStep * 1e6)}`;
}

function cells({ work, size, times }: Row): string[] {
  const perOperation = (form: Form) => ((times[form]?.browser.milliseconds ?? Number.NaN) * 1e6) / size;
  const beside = (form: Form) => {
    const pair = times[form];
    return ratio(pair === undefined ? Number.NaN : pair.browser.milliseconds / pair.node.milliseconds);
  };
  const [relaxed, scalar] = FORMS.map(perOperation) as [number, number];
  const told = [relaxed, scalar].map((ns) => (Number.isNaN(ns) ? '–' : time(ns)));
  return [work, size.toLocaleString('en-US'), ...told, ratio(scalar / relaxed), ...FORMS.map(beside)];
}

const ratio = (value: number): string => (Number.isNaN(value) ? '–' : significant(value));
