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
import { type Columns, idColumns, laneColumns, type Rules, type SignRule } from './profile/columns.ts';
import { ACCEPTED_EXPLANATIONS } from './profile/explanations.ts';
import { faultsOfMeaning } from './profile/meaning.ts';
import profileSchema from './profile.schema.json' with { type: 'json' };

/** How a file of spending is read: which columns matter, how amounts and dates are written (docs/csv.md). */
export interface Profile extends Rules {
  /** Of the form of profiles. */
  readonly version: 1;
  readonly name: string;
  readonly columns: Columns;
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
    /** csv if not given. json: objects; fhir-eob: resources of the type ExplanationOfBenefit. One a line, or a document's. */
    readonly format?: 'csv' | 'json' | 'fhir-eob';
    /** Path of a list: each of its elements is a record. Of JSON; each object is one if not given. */
    readonly records?: string;
    /** Found out from the header if not given. */
    readonly delimiter?: Delimiter;
    /** Found out from the first bytes if not given. */
    readonly encoding?: Encoding;
    readonly quote: Dialect['quote'];
  };
}

/** What is wrong with a profile, and where. */
export interface Problem {
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
  return profile.file.format === 'fhir-eob' ? { ...profile, accept: profile.accept ?? ACCEPTED_EXPLANATIONS } : profile;
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
  const lanes = profile.columns.lanes.map(({ column: _, columns: __, ...lane }, l) => {
    const [column, ...others] = laneColumns(profile.columns.lanes[l]!);
    return { ...lane, ...(others.length === 0 ? { column } : { columns: [column, ...others] }) };
  });
  const columns = { ...profile.columns, lanes, id: ids.length > 1 ? ids : ids[0] };
  const amounts = { ...profile.amounts, ...amountFormat(profile) };
  const rules = { accept: unlessEmpty(profile.accept), leaveOut: unlessEmpty(profile.leaveOut) };
  const format = file.format === 'csv' ? undefined : file.format;
  const parts = { columns, amounts, dates, sign, file: { ...file, format }, ...rules };
  return keccak256(utf8(`MIStore/v1/profile${canonicalJson(parts)}`));
}

const unlessEmpty = <T>(list: readonly T[] | undefined) => (list?.length === 0 ? undefined : list);

/** How amounts are read. */
export function amountFormat({ amounts }: Pick<Profile, 'amounts'>): AmountFormat {
  const { scale, decimal = '.', thousands, symbols, empty } = amounts;
  return { scale, decimal, thousands, symbols, empty };
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

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`;
}
