// Profiles: a named, hashed description of how one kind of CSV is to be read. A profile is a JSON file that conforms to
// profile.schema.json; what it leaves out has a stated default, and what it says wrongly is an error with its path.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { utf8 } from '../bytes.ts';
import { MIStoreError } from '../errors.ts';
import { fileFault } from '../files/faults.ts';
import { parseJson } from '../files/json.ts';
import { readTextFile } from '../files/text-file.ts';
import { keccak256 } from '../keccak.ts';
import type { AmountFormat } from './amounts.ts';
import type { Delimiter, Dialect } from './csv/splitter.ts';
import type { DateFormat } from './input/dates.ts';
import type { Encoding } from './input/text.ts';
import profileSchema from './profile.schema.json' with { type: 'json' };

export interface Profile {
  /** Of the form of profiles. */
  readonly version: 1;
  readonly name: string;
  readonly columns: {
    readonly patient: string;
    /** 1 to 4, in the order of the ledger's lanes. */
    readonly lanes: readonly Lane[];
    /** One column, or 1 to 8 that make up the id together, in this order. */
    readonly id?: string | readonly string[];
    readonly date?: string;
    /** A patient's records of each category are a series of their own. */
    readonly category?: string;
    readonly metadata: readonly string[];
  };
  /** Categories that the column may hold; those of a ledger opened for this profile. One with the empty name if not given. */
  readonly categories?: readonly string[];
  readonly amounts: Omit<AmountFormat, 'decimal'> & {
    readonly currency: string;
    /** If it is not stated it is a point, which the file's amounts must show: see decimal-mark.ts. */
    readonly decimal?: AmountFormat['decimal'];
  };
  readonly dates: DateFormat;
  readonly sign?: SignRule;
  readonly file: {
    /** Found out from the header if not given. */
    readonly delimiter?: Delimiter;
    /** Found out from the first bytes if not given. */
    readonly encoding?: Encoding;
    readonly quote: Dialect['quote'];
  };
}

export interface Lane {
  readonly name: string;
  readonly column: string;
}

/** Amounts count negative where the column holds one of `negative`; a code in neither list is a fault. */
export interface SignRule {
  readonly column: string;
  readonly negative: readonly string[];
  readonly positive: readonly string[];
}

interface Problem {
  /** Like columns.lanes[1].name; empty for the profile as a whole. */
  readonly path: string;
  readonly problem: string;
}

export class ProfileError extends MIStoreError {
  constructor(profile: string, problems: readonly Problem[]) {
    const list = problems.map(({ path, problem }) => `${path || 'the profile'} ${problem}`).join('; ');
    super('INVALID_PROFILE', `profile ${profile}: ${list}`, { profile, problems });
  }
}

/** A profile from its JSON value. `origin` names it in errors. Throws a ProfileError that lists every problem. */
export function parseProfile(json: unknown, origin = 'given'): Profile {
  const profile = structuredClone(json) as Profile;
  const validate = schemaValidator();
  const problems = validate(profile) ? faultsOfMeaning(profile) : validate.errors!.map(problemOf);
  if (problems.length > 0) throw new ProfileError(origin, problems);
  return profile;
}

/** A profile from its file. Throws a ProfileError, also for a file that cannot be read. */
export async function loadProfile(path: string): Promise<Profile> {
  let json: unknown;
  try {
    json = parseJson(await readTextFile(path), 'it');
  } catch (error) {
    throw new ProfileError(path, [{ path: '', problem: problemOfFile(error as Error) }]);
  }
  return parseProfile(json, path);
}

/** Profiles are not private: the parser may quote them. */
function problemOfFile(error: Error): string {
  if (error.cause instanceof SyntaxError) return `is not JSON: ${error.cause.message}`;
  return `cannot be read: ${fileFault(error) ?? error.message}`;
}

/**
 * 32 bytes: keccak256 over the profile as JSON with sorted keys and its defaults filled in, without its name and version.
 * Two profiles with the same hash read a file alike, if they read it at all: a decimal point may be stated or shown by the
 * file.
 */
export function profileHash(profile: Profile): Uint8Array {
  const { dates, sign, file } = profile;
  const ids = idColumns(profile);
  const columns = { ...profile.columns, id: ids.length > 1 ? ids : ids[0] };
  const amounts = { ...profile.amounts, ...amountFormat(profile) };
  return keccak256(utf8(`MIStore/v1/profile${canonicalJson({ columns, amounts, dates, sign, file })}`));
}

/** Columns that make up a record's id, in order; none if records have no ids. */
export function idColumns({ columns }: Pick<Profile, 'columns'>): readonly string[] {
  if (columns.id === undefined) return [];
  return typeof columns.id === 'string' ? [columns.id] : columns.id;
}

/** How amounts are read. */
export function amountFormat({ amounts }: Pick<Profile, 'amounts'>): AmountFormat {
  const { scale, decimal = '.', thousands, symbols, empty } = amounts;
  return { scale, decimal, thousands, symbols, empty };
}

/** Columns that a file must have, each once. */
export function usedColumns(profile: Profile): string[] {
  const { columns, sign } = profile;
  const lanes = columns.lanes.map((lane) => lane.column);
  const all = [
    columns.patient,
    ...lanes,
    ...idColumns(profile),
    columns.date,
    columns.category,
    sign?.column,
    ...columns.metadata,
  ];
  return [...new Set(all.filter((column) => column !== undefined))];
}

let validator: ValidateFunction | undefined;

/** Fills in the defaults of what it validates. Compiled when it is first needed, which takes some 30 ms. */
function schemaValidator(): ValidateFunction {
  const options = { strict: true, allowUnionTypes: true, allErrors: true, verbose: true, useDefaults: true };
  validator ??= new Ajv(options).compile(profileSchema);
  return validator;
}

function problemOf({ instancePath, keyword, params, parentSchema, data, message }: ErrorObject): Problem {
  const path = instancePath
    .slice(1)
    .replace(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.');
  const member = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (keyword === 'required') return { path: member(params.missingProperty), problem: 'is missing' };
  if (keyword === 'additionalProperties') {
    const known = Object.keys(parentSchema?.properties).join(', ');
    return { path: member(params.additionalProperty), problem: `is not known (known: ${known})` };
  }
  const value = String(JSON.stringify(data));
  if (path === 'version') return { path, problem: `is ${value}; this program reads version 1` };
  const allowed =
    keyword === 'enum'
      ? `must be one of ${params.allowedValues.map((v: unknown) => JSON.stringify(v)).join(', ')}`
      : message;
  return { path, problem: `is ${value.length > 60 ? `${value.slice(0, 60)}…` : value}; it ${allowed}` };
}

/** What the schema cannot say. */
function faultsOfMeaning({ columns, amounts, sign }: Profile): Problem[] {
  const problems: Problem[] = [];
  const report = (path: string, problem: string) => problems.push({ path, problem });
  if (amounts.thousands === (amounts.decimal ?? '.')) report('amounts.thousands', 'must differ from amounts.decimal');
  for (const key of ['name', 'column'] as const) {
    const values = columns.lanes.map((lane) => lane[key]);
    const twice = values.findIndex((value, i) => values.indexOf(value) < i);
    if (twice >= 0) report(`columns.lanes[${twice}].${key}`, 'is that of an earlier lane');
  }
  // As a key of an object it would set the prototype and be lost.
  const lost = columns.metadata.indexOf('__proto__');
  if (lost >= 0) report(`columns.metadata[${lost}]`, 'cannot be a column of metadata');
  const both = sign?.negative.find((code) => sign.positive.includes(code));
  if (both !== undefined) report('sign.positive', `has the code ${JSON.stringify(both)}, which sign.negative has too`);
  return problems;
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`;
}
