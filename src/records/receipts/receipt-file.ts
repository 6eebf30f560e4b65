// The receipts file: JSON, one patient and one ledger, format mistore-receipts/2, described by receipts.schema.json. Read by
// hand and not by a schema compiler, which generates code: a page with a strict content security policy must read it too.
import { EncodingError } from '../../errors.ts';
import { parseJson } from '../../files/json.ts';
import { MAX_SCALE } from '../amounts.ts';
import { MAX_LANES } from '../lanes.ts';
import type { Receipts } from './receipt.ts';

export const RECEIPTS_FORMAT = 'mistore-receipts/2';

/** The receipts as the JSON text of a file. */
export function formatReceipts(receipts: Receipts): string {
  const { chainId, ...rest } = receipts;
  return `${JSON.stringify({ format: RECEIPTS_FORMAT, chainId: chainId.toString(), ...rest }, null, 1)}\n`;
}

/** Reads a receipts file. Throws an EncodingError that says what is wrong, and quotes nothing of the file. */
export function parseReceipts(json: string): Receipts {
  const value = parseJson(json, 'receipts');
  const file = isObject(value) ? value : fail('the file', 'a JSON object');
  if (file.format === 'mistore-receipts/1') {
    throw new EncodingError(
      'receipts',
      'are of protocol 1, which this version does not read: ask the hospital for new ones',
    );
  }
  checkFields(file, '', FILE);
  checkFields(file.terms as Record<string, unknown>, 'terms.', TERMS);
  const ids = new Set<unknown>();
  (file.records as unknown[]).forEach((record, k) => {
    const fields = isObject(record) ? record : fail(`records[${k}]`, 'an object');
    checkFields(fields, `records[${k}].`, RECORD);
    if (ids.has(fields.recordId)) fail(`records[${k}].recordId`, 'of a record that has no receipt yet in this file');
    ids.add(fields.recordId);
  });
  const { format: _, chainId, ...rest } = file;
  return { chainId: BigInt(chainId as string), ...rest } as unknown as Receipts;
}

type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text: Check = (value) => typeof value === 'string';
const decimal: Check = (value) => typeof value === 'string' && /^(0|[1-9]\d{0,77})$/.test(value);
const integerIn =
  (min: number, max: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
const natural = integerIn(0, Number.MAX_SAFE_INTEGER);
const hexOf =
  (bytes: number): Check =>
  (value) =>
    typeof value === 'string' && value.length === 2 + 2 * bytes && /^0x[0-9a-fA-F]*$/.test(value);
const listOf =
  (check: Check, min: number, max: number): Check =>
  (value) =>
    Array.isArray(value) && value.length >= min && value.length <= max && value.every(check);

const FILE: Record<string, Check> = {
  format: (value) => value === RECEIPTS_FORMAT,
  chainId: decimal,
  contract: hexOf(20),
  ledgerId: hexOf(32),
  terms: isObject,
  patient: hexOf(20),
  viewingKey: hexOf(32),
  records: Array.isArray,
};
const TERMS: Record<string, Check> = {
  hospital: hexOf(20),
  threshold: integerIn(1, 255),
  servers: listOf(hexOf(20), 1, 255),
  lanes: listOf(text, 1, MAX_LANES),
  scale: integerIn(0, MAX_SCALE),
  currency: text,
  minRecords: natural,
  categories: listOf(text, 1, 255),
  salt: hexOf(32),
};
const RECORD: Record<string, Check> = {
  recordId: natural,
  batch: natural,
  category: text,
  position: integerIn(1, 2 ** 32 - 1),
  amounts: listOf(text, 1, MAX_LANES),
  carries: (value) => value === undefined || natural(value),
  corrects: (value) => value === undefined || natural(value),
  blinding: hexOf(32),
  salt: hexOf(16),
  key: hexOf(8),
  commitments: listOf(hexOf(32), 1, 255),
  path: listOf(hexOf(32), 0, 64),
  metadata: (value) => value === undefined || (isObject(value) && Object.values(value).every(text)),
};

function checkFields(object: Record<string, unknown>, path: string, checks: Record<string, Check>): void {
  for (const [name, check] of Object.entries(checks)) {
    if (!check(object[name])) fail(path + name, name === 'format' ? `"${RECEIPTS_FORMAT}"` : 'present and well formed');
  }
  for (const name of Object.keys(object)) if (!Object.hasOwn(checks, name)) fail(path + name, 'absent (unknown field)');
}

function fail(path: string, expected: string): never {
  throw new EncodingError('receipts', `${path} must be ${expected}`);
}
