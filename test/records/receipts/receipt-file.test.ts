// A receipts file: whatever is not one is refused in words, with an EncodingError that names the field.
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EncodingError } from '../../../src/errors.ts';
import { formatReceipts, parseReceipts, RECEIPTS_FORMAT } from '../../../src/records/receipts/receipt-file.ts';
import schema from '../../../src/records/receipts/receipts.schema.json' with { type: 'json' };
import { sampleReceipts } from './receipt-sample.ts';

const given = sampleReceipts().receipts;
given.records[1]!.carries = 7;
given.records[1]!.corrects = 8;
/** The file's JSON value. */
const receipts = JSON.parse(formatReceipts(given));
const conforms = new Ajv({ strict: true }).compile(schema);

describe('parseReceipts', () => {
  it('reads what formatReceipts writes, which conforms to the published schema', () => {
    expect(parseReceipts(formatReceipts(given))).toEqual(given);
    expect(conforms(receipts)).toBe(true);
  });

  const refused = (text: string) => {
    try {
      parseReceipts(text);
    } catch (error) {
      if (error instanceof EncodingError) return error.message;
      throw error;
    }
    return null;
  };
  /** Whether the published schema agrees that the file is to be refused. */
  const schemaRefuses = (text: string) => !conforms(JSON.parse(text));

  it.each(['', ' ', '{', 'null', '[]', '1', '"x"', 'true', '{}', '\ufeff{}', '{"format":"mistore-receipts/2"}'])(
    'refuses %j',
    (text) => {
      expect(refused(text)).toMatch(/^receipts: (not JSON|the file must be|format must be|chainId must be)/);
    },
  );

  it('refuses a file with something after it, or missing, without a word of what is in it', () => {
    const text = JSON.stringify(receipts);
    expect(refused(`${text}x`)).toBe('receipts: not JSON');
    const at = text.indexOf(receipts.records[1].amounts[0]);
    expect(refused(`${text.slice(0, at + 3)}"${text.slice(at + 3)}`)).toBe('receipts: not JSON');
  });

  it('refuses a second receipt of one record, which would count a bill twice', () => {
    const [first, second] = receipts.records;
    expect(refused(JSON.stringify({ ...receipts, records: [first, second] }))).toBe(null);
    expect(refused('{"format":"mistore-receipts/1"}')).toMatch(/protocol 1, which this version does not read/);
    expect(refused(JSON.stringify({ ...receipts, records: [first, second, first] }))).toBe(
      'receipts: records[2].recordId must be of a record that has no receipt yet in this file',
    );
  });

  it('refuses any JSON that is not a receipts file, with an EncodingError', () => {
    fc.assert(fc.property(fc.json(), (text) => refused(text) !== null));
  });

  const WRONG: [string, unknown[]][] = [
    ['format', ['mistore-receipts/3', '', 1, null]],
    ['chainId', ['', '-1', '01', '1.0', '1e3', ' 1', '0x1', 1, null]],
    ['ledgerId', ['', '1', `0x${'00'.repeat(31)}`, 1, null]],
    ['viewingKey', ['', `0x${'00'.repeat(31)}`, 1, null]],
    ['terms', [[], 'x', null, 1]],
    ['hospital', ['', `0x${'00'.repeat(19)}`, null]],
    ['threshold', [0, 256, 1.5, '1', null]],
    ['servers', [[], 'x', [`0x${'00'.repeat(19)}`], [1], null]],
    ['minRecords', [-1, 0.5, '1', null]],
    ['categories', [[], 'x', [1], null]],
    ['category', [1, null, []]],
    ['position', [0, -1, 0.5, 2 ** 32, '1', null]],
    ['salt', [`0x${'00'.repeat(15)}`, '', null]],
    [
      'contract',
      ['', '0x', `0x${'00'.repeat(19)}`, `0x${'00'.repeat(21)}`, '00'.repeat(21), `0x${'0g'.repeat(20)}`, 1],
    ],
    ['patient', ['', `0x${'00'.repeat(19)}`, `0X${'00'.repeat(20)}`, null, []]],
    ['lanes', ['TOTAL', [1], [null], {}, null, [], ['a', 'b', 'c', 'd', 'e']]],
    ['scale', [-1, 1.5, '2', null, 13, 255, 2 ** 53, Number.NaN]],
    ['currency', [1, null, []]],
    ['records', [{}, 'x', null, [null], [[]], [1]]],
    ['recordId', [-1, 0.5, '1', null, 2 ** 53]],
    ['batch', [-1, 0.5, '1', null]],
    ['carries', [-1, 0.5, '1', null, 2 ** 53]],
    ['corrects', [-1, 0.5, '1', null, 2 ** 53]],
    ['key', ['', `0x${'00'.repeat(7)}`, `0x${'00'.repeat(9)}`, 1, null]],
    ['amounts', ['1', [1], [null], {}, null]],
    ['blinding', [`0x${'00'.repeat(31)}`, `0x${'00'.repeat(33)}`, '0', null]],
    ['commitments', [`0x${'00'.repeat(32)}`, [`0x${'00'.repeat(31)}`], [1], null]],
    ['path', [`0x${'00'.repeat(32)}`, [`0x${'00'.repeat(33)}`], [null], null]],
    ['metadata', [1, 'x', [], null, { date: 1 }, { date: null }]],
  ];

  const OPTIONAL = ['metadata', 'carries', 'corrects'];
  it.each(WRONG)('refuses %s of another form, and says which field', (field, values) => {
    for (const value of [...values, ...(OPTIONAL.includes(field) ? [] : [undefined])]) {
      const file = JSON.parse(JSON.stringify(receipts));
      const owner = [file, file.records[1], file.terms].find((one) => field in one);
      owner[field] = value;
      const text = JSON.stringify(file);
      expect(refused(text), JSON.stringify(value)).toContain(field);
      if (text.includes(`"${field}"`)) expect(schemaRefuses(text), `${field} ${JSON.stringify(value)}`).toBe(true);
    }
  });

  it('refuses the format inside a record', () => {
    const text = JSON.stringify(receipts).replace('"records":[{', `"records":[{"format":"${RECEIPTS_FORMAT}",`);
    expect(refused(text)).toBe('receipts: records[0].format must be absent (unknown field)');
  });

  it.each(['extra', 'Amounts', 'constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'refuses the unknown field %s',
    (name) => {
      const text = JSON.stringify(receipts);
      const inFile = text.replace(/^\{/, `{${JSON.stringify(name)}:"x",`);
      const inRecord = text.replace('"records":[{', `"records":[{${JSON.stringify(name)}:"x",`);
      expect(refused(inFile)).toBe(`receipts: ${name} must be absent (unknown field)`);
      expect(refused(inRecord)).toBe(`receipts: records[0].${name} must be absent (unknown field)`);
    },
  );
});
