// What the schema of profiles cannot say: parts that contradict each other, and paths that are none.
import { ArgumentError } from '../../errors.ts';
import { Path } from '../json/paths.ts';
import {
  type Columns,
  expanded,
  type Lane,
  laneColumns,
  MAX_LANE_COLUMNS,
  type Rules,
  type SignRule,
} from './columns.ts';

interface Meaning extends Rules {
  readonly columns: Columns;
  readonly amounts: { readonly decimal?: string; readonly thousands: string };
  readonly sign?: SignRule;
  readonly file: { readonly format?: string; readonly records?: string; readonly delimiter?: string };
}

type Report = (path: string, problem: string) => void;

/** Of a profile that conforms to the schema. Paths like columns.lanes[1].name. */
export function faultsOfMeaning(profile: Meaning): { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  const report: Report = (path, problem) => problems.push({ path, problem });
  const { columns, amounts, sign } = profile;
  if (amounts.thousands === (amounts.decimal ?? '.')) report('amounts.thousands', 'must differ from amounts.decimal');
  checkLanes(columns.lanes, report);
  // As a key of an object it would set the prototype and be lost.
  const lost = columns.metadata.indexOf('__proto__');
  if (lost >= 0) report(`columns.metadata[${lost}]`, 'cannot be a column of metadata');
  const both = sign?.negative.find((code) => sign.positive.includes(code));
  if (both !== undefined) report('sign.positive', `has the code ${JSON.stringify(both)}, which sign.negative has too`);
  if ((profile.file.format ?? 'csv') === 'csv') {
    if (profile.file.records !== undefined) report('file.records', 'is for JSON only');
  } else checkJson(profile, report);
  return problems;
}

function checkLanes(lanes: readonly Lane[], report: Report): void {
  const seen = { names: new Set<string>(), columns: new Set<string>() };
  for (const [l, lane] of lanes.entries()) {
    const at = `columns.lanes[${l}]`;
    if (seen.names.has(lane.name)) report(`${at}.name`, 'is that of an earlier lane');
    seen.names.add(lane.name);
    const key = lane.column === undefined ? 'columns' : 'column';
    if (lane.column === undefined && lane.columns === undefined) report(`${at}.column`, 'is missing, and columns too');
    if (lane.column !== undefined && lane.columns !== undefined) report(`${at}.columns`, 'cannot stand beside column');
    for (const [k, pattern] of (lane.columns ?? []).entries()) {
      if (expanded(pattern)?.length !== 0) continue;
      report(`${at}.columns[${k}]`, `must count upwards, over at most ${MAX_LANE_COLUMNS} columns`);
    }
    const own = laneColumns(lane);
    if (own.length > MAX_LANE_COLUMNS)
      report(`${at}.columns`, `has ${own.length} columns; at most ${MAX_LANE_COLUMNS}`);
    if (new Set(own).size < own.length) report(`${at}.columns`, 'names a column twice');
    if (own.some((column) => seen.columns.has(column))) report(`${at}.${key}`, 'is that of an earlier lane');
    for (const column of own) seen.columns.add(column);
  }
}

function checkJson(profile: Meaning, report: Report): void {
  const { delimiter, records } = profile.file;
  if (delimiter !== undefined) report('file.delimiter', 'is for CSVs only');
  for (const [at, column] of places(profile)) checkPath(at, column, report);
  const list = records === undefined ? undefined : checkPath('file.records', records, report);
  if (list?.isList === false) report('file.records', 'must be the path of one list, which ends in []');
}

/** Where columns are named, and their names. */
function places({ columns, sign, accept = [], leaveOut = [] }: Meaning): [at: string, column: string][] {
  const { patient, id = [], date, category, metadata, lanes } = columns;
  const single = Object.entries({ patient, date, category }).map(([name, column]) => [`columns.${name}`, column]);
  const listed = (at: string, list: readonly string[]) => list.map((column, i) => [`${at}[${i}]`, column]);
  const all = [
    ...single,
    ...(typeof id === 'string' ? [['columns.id', id]] : listed('columns.id', id)),
    ...lanes.flatMap((lane, l) => laneColumns(lane).map((column) => [`columns.lanes[${l}]`, column])),
    ...listed('columns.metadata', metadata),
    ['sign.column', sign?.column],
    ...accept.map(({ column }, i) => [`accept[${i}].column`, column]),
    ...leaveOut.map(({ column }, i) => [`leaveOut[${i}].column`, column]),
  ];
  return all.filter((place): place is [string, string] => place[1] !== undefined);
}

function checkPath(at: string, text: string, report: Report): Path | undefined {
  try {
    return new Path(text);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    report(at, error.message);
    return undefined;
  }
}
