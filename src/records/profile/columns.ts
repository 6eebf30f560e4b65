// The columns of a profile: those of a CSV by their names, those of JSON by paths (json/paths.ts). A lane may have several,
// which are summed, and a list of columns may be written as a numbered pattern.

/** Which columns of an input hold what. */
export interface Columns {
  readonly patient: string;
  /** 1 to 4, in the order of the ledger's lanes. */
  readonly lanes: readonly Lane[];
  /** One column, or 1 to 8 that make up the id together, in this order. */
  readonly id?: string | readonly string[];
  readonly date?: string;
  /** A patient's records of each category are a series of their own. */
  readonly category?: string;
  readonly metadata: readonly string[];
}

/** Has either `column` or `columns`. */
export interface Lane {
  readonly name: string;
  readonly column?: string;
  /** Summed; those that are empty beside others count as zero. May be patterns: AMT_{1..13} is AMT_1, AMT_2, … AMT_13. */
  readonly columns?: readonly string[];
  /** What an empty amount of this lane is, if not what the profile says of all. */
  readonly empty?: 'reject' | 'zero';
}

/** Amounts count negative where the column holds one of `negative`; a code in neither list is a fault. */
export interface SignRule {
  readonly column: string;
  readonly negative: readonly string[];
  readonly positive: readonly string[];
}

/** A column and what it may hold; '' stands for a column that is empty or missing. */
export interface ValueRule {
  readonly column: string;
  readonly values: readonly string[];
}

export interface Rules {
  /** Rows whose column holds anything else are rejected. */
  readonly accept?: readonly ValueRule[];
  /** Rows whose column holds one of the values are no records: they are counted, and neither stored nor rejected. */
  readonly leaveOut?: readonly ValueRule[];
}

/** Most columns that a lane can sum. */
export const MAX_LANE_COLUMNS = 64;

/** The columns of a lane, patterns written out. */
export function laneColumns({ column, columns = [] }: Omit<Lane, 'name'>): readonly string[] {
  return column === undefined ? columns.flatMap((pattern) => expanded(pattern) ?? pattern) : [column];
}

/** The columns that a numbered pattern stands for; undefined if it is none. [] if its numbers descend or are too many. */
export function expanded(pattern: string): string[] | undefined {
  const [, before = '', first, last, after = ''] = /^([^{}]*)\{(\d{1,4})\.\.(\d{1,4})\}([^{}]*)$/.exec(pattern) ?? [];
  if (first === undefined || last === undefined) return undefined;
  const count = Number(last) - Number(first) + 1;
  if (count < 1 || count > MAX_LANE_COLUMNS) return [];
  return Array.from({ length: count }, (_, i) => `${before}${Number(first) + i}${after}`);
}

/** Columns that make up a record's id, in order; none if records have no ids. */
export function idColumns({ columns }: { readonly columns: Pick<Columns, 'id'> }): readonly string[] {
  if (columns.id === undefined) return [];
  return typeof columns.id === 'string' ? [columns.id] : columns.id;
}

/** Rules of both kinds, those about what is left out first. */
export const rulesOf = ({ accept = [], leaveOut = [] }: Rules): readonly ValueRule[] => [...leaveOut, ...accept];

interface UsedColumns extends Rules {
  readonly columns: Columns;
  readonly sign?: SignRule;
}

/** Columns of which a record has one value each, each once. */
export function singleColumns({ columns, sign }: UsedColumns): string[] {
  const { patient, date, category, metadata } = columns;
  const all = [patient, ...idColumns({ columns }), date, category, sign?.column, ...metadata];
  return [...new Set(all.filter((column) => column !== undefined))];
}

/** Columns that a file must have, each once. */
export function usedColumns(profile: UsedColumns): string[] {
  const { columns } = profile;
  const rules = rulesOf(profile).map(({ column }) => column);
  const [patient, ...others] = singleColumns(profile);
  return [...new Set([patient!, ...columns.lanes.flatMap(laneColumns), ...others, ...rules])];
}
