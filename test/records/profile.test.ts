// Profiles: every part that is wrong is refused with its path.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ArgumentError } from '../../src/errors.ts';
import { idColumns, usedColumns } from '../../src/records/profile/columns.ts';
import { loadProfile, ProfileError, parseProfile, profileHash } from '../../src/records/profile.ts';
import { profileFromOptions } from '../../src/records/profile-from-options.ts';
import { PRESETS, presetProfile } from '../../src/records/profile-presets.ts';
import { changed, FULL, paths, SMALL } from './profile-sample.ts';

function problems(json: unknown): string[] {
  try {
    parseProfile(json);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ProfileError);
    return (error as ProfileError & { details: { problems: { path: string }[] } }).details.problems.map(
      ({ path }) => path,
    );
  }
}

test('defaults are filled in', () => {
  expect(parseProfile(SMALL)).toEqual({
    ...SMALL,
    columns: { ...SMALL.columns, metadata: [] },
    amounts: { scale: 2, currency: 'USD', thousands: '', symbols: [], empty: 'reject' },
    dates: 'YYYY-MM-DD',
    file: { quote: '"' },
  });
  expect(parseProfile(FULL)).toEqual(FULL);
  const { version: _, ...unversioned } = SMALL;
  expect(parseProfile(unversioned)).toEqual(parseProfile(SMALL));
});

test('the given value is not touched', () => {
  const given = structuredClone(SMALL);
  parseProfile(given);
  expect(given).toEqual(SMALL);
});

test('whatever part is changed to whatever, the profile is refused with that part, or is one that reads as itself', () => {
  const values = [undefined, null, 0, -1, 2, 12, 13, 1.5, true, '', 'x', '.', ',', '-', '1', 'x'.repeat(300), [], {}];
  const lists = [['x', 'x'], [1], ['a b'], { unknown: 1 }, Array.from({ length: 70 }, String)];
  const written = (path: readonly (string | number)[]) =>
    path
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
      .join('')
      .slice(1);
  let valid = 0;
  let invalid = 0;
  for (const path of paths(FULL)) {
    for (const value of [...values, ...lists]) {
      const json = changed(FULL, path, value);
      const found = problems(json);
      if (found.length === 0) {
        expect(parseProfile(parseProfile(json))).toEqual(parseProfile(json));
        valid++;
        continue;
      }
      const part = written(path);
      // Of two parts that clash, fault is found with the second.
      const clash = { amounts: 'amounts.thousands', sign: 'sign.positive' }[String(path[0])];
      for (const at of found) {
        expect(at.startsWith(part) || at === clash, `${at} for ${part} = ${JSON.stringify(value)}`).toBe(true);
      }
      invalid++;
    }
  }
  expect(valid).toBeGreaterThan(50);
  expect(invalid).toBeGreaterThan(500);
});

test.each([
  [undefined, /^profile given: the profile is undefined; it must be object$/],
  [null, /is null; it must be object/],
  [[], /is \[\]; it must be object/],
  ['x', /is "x"; it must be object/],
  [{}, /^profile given: name is missing; columns is missing$/],
  [
    JSON.parse('{"__proto__": {}}'),
    /__proto__ is not known \(known: \$schema, version, name, columns, categories, amounts, dates, sign, accept, leaveOut, file\)/,
  ],
  [changed(FULL, ['amounts', 'scale'], 13), /: amounts\.scale is 13; it must be <= 12$/],
  [changed(FULL, ['columns', 'lanes'], []), /: columns\.lanes is \[\]; it must NOT have fewer than 1 items$/],
  [
    changed(FULL, ['columns', 'patient'], 'x'.repeat(300)),
    /: columns\.patient is "x{59}…; it must NOT have more than 200/,
  ],
  [changed(FULL, ['version'], 2), /: version is 2; this program reads version 1$/],
  [changed(FULL, ['columns', 'id'], 7), /: columns\.id is 7; it must be string,array$/],
  [changed(FULL, ['amounts', 'empty'], 0), /: amounts\.empty is 0; it must be one of "reject", "zero"$/],
])('the error of %j names value and range', (json, message) => {
  expect(() => parseProfile(json)).toThrow(message);
  expect(() => parseProfile(json)).toThrow(ProfileError);
});

test.each([
  [['colums'], {}, ['colums']],
  [['columns', 'patient'], undefined, ['columns.patient']],
  [['columns', 'patient'], '', ['columns.patient']],
  [['columns', 'lanes'], [], ['columns.lanes']],
  [['columns', 'lanes', 1, 'colunm'], 'c', ['columns.lanes[1].colunm']],
  [['columns', 'lanes', 1, 'name'], 'cost', ['columns.lanes[1].name']],
  [['columns', 'lanes', 1, 'column'], 'c', ['columns.lanes[1].column']],
  [['columns', 'metadata', 1], 7, ['columns.metadata[1]']],
  [['columns', 'metadata', 1], 'm', ['columns.metadata']],
  [['columns', 'id'], [], ['columns.id']],
  [['columns', 'id'], ['a', 'a'], ['columns.id']],
  [['columns', 'id'], ['a', ''], ['columns.id[1]']],
  [['columns', 'id'], 'abcdefghi'.split(''), ['columns.id']],
  [['amounts', 'scale'], '2', ['amounts.scale']],
  [['amounts', 'thousands'], ',', ['amounts.thousands']],
  [['amounts', 'symbols', 0], '-', ['amounts.symbols[0]']],
  [['amounts', 'symbols', 0], ' $', ['amounts.symbols[0]']],
  [['amounts', 'symbols', 0], 'A1', ['amounts.symbols[0]']],
  [['dates'], 'iso', ['dates']],
  [['sign', 'positive', 0], 'R', ['sign.positive']],
  [['file', 'delimiter'], ':', ['file.delimiter']],
  [['name'], 'no spaces', ['name']],
] as const)('the error of %j = %j names its path', (path, value, expected) => {
  expect(problems(changed(FULL, path, value))).toEqual(expected);
});

test('a metadata column that JavaScript would swallow is refused', () => {
  expect(problems(changed(FULL, ['columns', 'metadata', 0], '__proto__'))).toEqual(['columns.metadata[0]']);
});

test('all problems are listed', () => {
  const json = changed(changed(FULL, ['dates'], 'iso'), ['file', 'quote'], '`');
  expect(() => parseProfile(json, 'mine.json')).toThrow(
    /^profile mine\.json: dates is "iso"; it must be one of "YYYY-MM-DD", .*; file\.quote is "`"; it must be one of/,
  );
});

test('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mistore-profile-'));
  try {
    const path = join(folder, 'p.json');
    await writeFile(path, JSON.stringify(FULL));
    expect(await loadProfile(path)).toEqual(parseProfile(FULL));
    await writeFile(path, '{"name": ');
    await expect(loadProfile(path)).rejects.toThrow(/p\.json: the profile is not JSON/);
    await writeFile(path, '{}');
    await expect(loadProfile(path)).rejects.toThrow(/p\.json: name is missing; columns is missing/);
    await expect(loadProfile(join(folder, 'q.json'))).rejects.toThrow(
      /q\.json: the profile cannot be read: there is no such file/,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('columns of ids: none, one or several', () => {
  const ids = (id: unknown) => idColumns(parseProfile(changed(FULL, ['columns', 'id'], id)));
  expect([ids(undefined), ids('i'), ids(['i']), ids(['i', 'j'])]).toEqual([[], ['i'], ['i'], ['i', 'j']]);
  expect(usedColumns(parseProfile(changed(FULL, ['columns', 'id'], ['i', 'p', 'j'])))).toEqual([
    ...['p', 'c', 'd', 'i', 'j', 't', 's', 'm', 'n'],
  ]);
});

test('used columns, each once', () => {
  expect(usedColumns(parseProfile(FULL))).toEqual(['p', 'c', 'd', 'i', 't', 's', 'm', 'n']);
  expect(usedColumns(parseProfile(changed(FULL, ['columns', 'metadata'], ['p', 'x'])))).toEqual([
    ...['p', 'c', 'd', 'i', 't', 's', 'x'],
  ]);
});

test('presets are as the schema fills them in', () => {
  for (const preset of Object.values(PRESETS)) {
    const { columns, amounts, accept, file, ...parts } = preset;
    const { format, records, delimiter, quote } = file;
    const given = {
      ...parts,
      columns,
      amounts: { decimal: '.', empty: amounts.empty },
      // What explanations of benefits must be need not be said.
      ...(accept && format === undefined && { accept }),
      file: { format, records, delimiter, ...(quote === '' && { quote }) },
    };
    expect(parseProfile(JSON.parse(JSON.stringify(given)))).toEqual(preset);
  }
});

test('presets fit the headers that Synthea writes', () => {
  const headers: Record<string, string> = {
    'synthea-encounters':
      'Id,START,STOP,PATIENT,ORGANIZATION,PROVIDER,PAYER,ENCOUNTERCLASS,CODE,DESCRIPTION,BASE_ENCOUNTER_COST,' +
      'TOTAL_CLAIM_COST,PAYER_COVERAGE,REASONCODE,REASONDESCRIPTION',
    'synthea-medications':
      'START,STOP,PATIENT,PAYER,ENCOUNTER,CODE,DESCRIPTION,BASE_COST,PAYER_COVERAGE,DISPENSES,TOTALCOST,REASONCODE,' +
      'REASONDESCRIPTION',
    'synthea-procedures': 'START,STOP,PATIENT,ENCOUNTER,SYSTEM,CODE,DESCRIPTION,BASE_COST,REASONCODE,REASONDESCRIPTION',
    'synthea-claims-transactions':
      'ID,CLAIMID,CHARGEID,PATIENTID,TYPE,AMOUNT,METHOD,FROMDATE,TODATE,PLACEOFSERVICE,PROCEDURECODE,MODIFIER1,' +
      'MODIFIER2,DIAGNOSISREF1,DIAGNOSISREF2,DIAGNOSISREF3,DIAGNOSISREF4,UNITS,DEPARTMENTID,NOTES,UNITAMOUNT,' +
      'TRANSFEROUTID,TRANSFERTYPE,PAYMENTS,ADJUSTMENTS,TRANSFERS,OUTSTANDING,APPOINTMENTID,LINENOTE,' +
      'PATIENTINSURANCEID,FEESCHEDULEID,PROVIDERID,SUPERVISINGPROVIDERID',
  };
  for (const [name, header] of Object.entries(headers)) {
    expect(header.split(',')).toEqual(expect.arrayContaining(usedColumns(presetProfile(name))));
  }
  const inCsv = Object.keys(PRESETS).filter((name) => name.startsWith('synthea-'));
  expect(inCsv.sort()).toEqual(Object.keys(headers).sort());
  expect(() => presetProfile('synthea')).toThrow(ArgumentError);
  expect(() => presetProfile('constructor')).toThrow(
    /one of synthea-encounters, synthea-medications, synthea-procedures, fhir-eob, /,
  );
});

test('options make the profile that a file with the same columns is', () => {
  const options = { patient: 'p', amount: ['c', 'd'], id: 'i', date: 't', metadata: ['m'] };
  const lanes = ['c', 'd'].map((column) => ({ name: column, column }));
  const json = { name: 'x', columns: { patient: 'p', lanes, id: 'i', date: 't', metadata: ['m'] } };
  expect(profileHash(profileFromOptions(options))).toEqual(profileHash(parseProfile(json)));
  const more = profileFromOptions({
    patient: 'p',
    amount: ['c'],
    decimal: ',',
    delimiter: ';',
    scale: 0,
    currency: 'JPY',
  });
  expect(more.amounts).toMatchObject({ decimal: ',', scale: 0, currency: 'JPY' });
  expect(more.file).toEqual({ delimiter: ';', quote: '"' });
  expect(() => profileFromOptions({ patient: 'p', amount: [] })).toThrow(/of the options: columns\.lanes is \[\]/);
  expect(() => profileFromOptions({ patient: 'p', amount: ['c'], encoding: 'ebcdic' })).toThrow(
    /file\.encoding is "ebcdic"; it must be/,
  );
});
