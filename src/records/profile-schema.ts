// Checks a JSON value against a JSON schema (the keywords that profile.schema.json uses, of draft 7) and fills in the
// defaults. A keyword that it does not know is refused, so that the schema cannot promise what is not checked.

export interface Schema {
  readonly [keyword: string]: unknown;
  readonly type: 'object' | 'array' | 'string' | 'integer';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What is wrong, and where: path is like `columns.lanes[1].name`, empty for the whole. */
export type Report = (path: string, problem: string) => void;

/** A copy of `value` with the defaults filled in; every problem is reported. */
export function conform(value: unknown, schema: Schema, report: Report, path = ''): unknown {
  for (const keyword of Object.keys(schema)) {
    if (!KEYWORDS.has(keyword)) throw new TypeError(`schema keyword ${keyword} at "${path}" is not supported`);
  }
  if (schema.enum && !schema.enum.includes(value)) {
    report(path, `must be one of ${schema.enum.map((allowed) => JSON.stringify(allowed)).join(', ')}`);
    return value;
  }
  return CONFORM[schema.type](value, schema, report, path);
}

const ANNOTATIONS = [
  '$schema',
  'title',
  'description',
  'default',
  'type',
  'enum',
  'additionalProperties',
  'uniqueItems',
];
const LIMITS = ['pattern', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minimum', 'maximum'];
const KEYWORDS = new Set([...ANNOTATIONS, ...LIMITS, 'properties', 'required', 'items']);

type Conform = (value: unknown, schema: Schema, report: Report, path: string) => unknown;

const CONFORM: Record<Schema['type'], Conform> = {
  object(value, schema, report, path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      report(path, 'must be an object');
      return value;
    }
    const given = new Map(Object.entries(value));
    const properties = schema.properties ?? {};
    for (const key of given.keys()) {
      if (Object.hasOwn(properties, key)) continue;
      report(join(path, key), `is not known (known: ${Object.keys(properties).join(', ')})`);
    }
    const result: Record<string, unknown> = {};
    for (const [key, property] of Object.entries(properties)) {
      if (given.has(key)) result[key] = conform(given.get(key), property, report, join(path, key));
      else if (schema.required?.includes(key)) report(join(path, key), 'is missing');
      else if (property.default !== undefined)
        result[key] = conform(property.default, property, report, join(path, key));
    }
    return result;
  },

  array(value, schema, report, path) {
    if (!Array.isArray(value)) {
      report(path, 'must be an array');
      return value;
    }
    const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items } = schema;
    if (value.length < minItems || value.length > maxItems) {
      report(path, `has ${value.length} items; it must have ${minItems} to ${maxItems}`);
    }
    if (schema.uniqueItems === true && new Set(value.map((item) => JSON.stringify(item))).size < value.length) {
      report(path, 'has the same item twice');
    }
    return items ? Array.from(value, (item, i) => conform(item, items, report, `${path}[${i}]`)) : value;
  },

  string(value, schema, report, path) {
    if (typeof value !== 'string') {
      report(path, 'must be a string');
      return value;
    }
    const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = schema;
    const length = [...value].length;
    if (length < minLength || length > maxLength) {
      report(path, `has ${length} characters; it must have ${minLength} to ${maxLength}`);
    } else if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
      report(path, `is ${JSON.stringify(value)}; it must match ${pattern}`);
    }
    return value;
  },

  integer(value, schema, report, path) {
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum) {
      report(path, `must be an integer from ${minimum} to ${maximum}`);
    }
    return value;
  },
};

const join = (path: string, key: string) => (path === '' ? key : `${path}.${key}`);
