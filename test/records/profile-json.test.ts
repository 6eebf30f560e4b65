// Parts of profiles for JSON, summed lanes and rules: what is refused, with its path; and what changes the hash.
import { describe, expect, test } from 'vitest';
import { laneColumns, usedColumns } from '../../src/records/profile/columns.ts';
import { type ProfileError, parseProfile, profileHash } from '../../src/records/profile.ts';
import { changed } from './profile-sample.ts';

const JSON_PROFILE = {
  name: 'json',
  columns: {
    patient: 'patient.no',
    lanes: [
      { name: 'net', column: 'lines[].net' },
      { name: 'tax', columns: ['lines[].vat', 'lines[].duty'], empty: 'zero' },
    ],
    id: ['no', 'lines[].no'],
    date: 'date',
    category: 'kind[main=true].code',
    metadata: ['lines[].text'],
  },
  accept: [{ column: 'state', values: ['paid', ''] }],
  leaveOut: [{ column: 'kind[main=true].code', values: ['draft'] }],
  file: { format: 'json', records: 'lines[]' },
};

function problems(json: unknown): string[] {
  try {
    parseProfile(json);
    return [];
  } catch (error) {
    const { details } = error as ProfileError & { details: { problems: { path: string; problem: string }[] } };
    return details.problems.map(({ path, problem }) => `${path} ${problem}`);
  }
}

test('is read as it stands, with the defaults', () => {
  expect(problems(JSON_PROFILE)).toEqual([]);
  expect(parseProfile(JSON_PROFILE)).toMatchObject({ ...JSON_PROFILE, file: { ...JSON_PROFILE.file, quote: '"' } });
  expect(usedColumns(parseProfile(JSON_PROFILE))).toEqual([
    'patient.no',
    'lines[].net',
    'lines[].vat',
    'lines[].duty',
    'no',
    'lines[].no',
    'date',
    'kind[main=true].code',
    'lines[].text',
    'state',
  ]);
});

describe('is refused with its path', () => {
  test.each([
    [
      ['columns', 'patient'],
      'a..b',
      /^columns\.patient path is "a\.\.b"; it must be written with the name of a member at character 3$/,
    ],
    [['columns', 'lanes', 0, 'column'], 'a[', /^columns\.lanes\[0\] path is/],
    [['columns', 'id', 1], 'a]', /^columns\.id\[1\] path is/],
    [['columns', 'id'], 'a b', /^columns\.id path is/],
    [['columns', 'metadata', 0], '', /^columns\.metadata\[0\] is ""/],
    [['columns', 'category'], 'a[b]', /^columns\.category path is/],
    [['accept', 0, 'column'], '.', /^accept\[0\]\.column path is/],
    [['leaveOut', 0, 'column'], '[]', /^leaveOut\[0\]\.column path is/],
    [['leaveOut', 0, 'values'], [], /^leaveOut\[0\]\.values is \[\]/],
    [['file', 'records'], 'lines', /^file\.records must be the path of one list, which ends in \[\]$/],
    [['file', 'records'], 'a[].b[]', /^file\.records must be the path of one list/],
    [['file', 'records'], '[]', /^file\.records path is/],
    [['file', 'delimiter'], ';', /^file\.delimiter is for CSVs only$/],
    [['file', 'format'], 'xml', /^file\.format is "xml"; it must be one of "csv", "json", "fhir-eob"$/],
    [['columns', 'lanes', 0, 'columns'], ['x'], /^columns\.lanes\[0\]\.columns cannot stand beside column$/],
    [['columns', 'lanes', 0, 'column'], undefined, /^columns\.lanes\[0\]\.column is missing, and columns too$/],
    [['columns', 'lanes', 1, 'columns', 0], 'lines[].net', /^columns\.lanes\[1\]\.columns is that of an earlier lane$/],
    [['columns', 'lanes', 1, 'empty'], 'null', /^columns\.lanes\[1\]\.empty is "null"/],
  ] as const)('%j = %j', (path, value, expected) => {
    const found = problems(changed(JSON_PROFILE, path, value));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  test('a list of records where the profile reads a CSV', () => {
    const csv = {
      name: 'x',
      columns: { patient: 'p', lanes: [{ name: 'a', column: 'any [text]' }] },
      file: { records: 'a[]' },
    };
    expect(problems(csv)).toEqual(['file.records is for JSON only']);
  });
});

describe('a lane of several columns', () => {
  const csv = (...columns: string[]) => ({ name: 'x', columns: { patient: 'p', lanes: [{ name: 'a', columns }] } });
  const hash = (json: unknown) => Buffer.from(profileHash(parseProfile(json))).toString('hex');

  test('may be a numbered pattern', () => {
    expect(laneColumns({ columns: ['a_{1..3}', 'b', 'x{09..10}y'] })).toEqual([
      'a_1',
      'a_2',
      'a_3',
      'b',
      'x9y',
      'x10y',
    ]);
    expect(laneColumns({ columns: ['a{1..', 'a{x..2}', '{1..2}{1..2}'] })).toEqual([
      'a{1..',
      'a{x..2}',
      '{1..2}{1..2}',
    ]);
    expect(laneColumns({ column: 'a_{1..3}' })).toEqual(['a_{1..3}']);
  });

  test('has a limit, counts upwards, and names no column twice', () => {
    expect(problems(csv('a{1..64}'))).toEqual([]);
    expect(problems(csv('a{1..65}'))).toEqual([
      'columns.lanes[0].columns[0] must count upwards, over at most 64 columns',
    ]);
    expect(problems(csv('a{3..1}'))).toEqual([
      'columns.lanes[0].columns[0] must count upwards, over at most 64 columns',
    ]);
    expect(problems(csv('a{1..40}', 'b{1..40}'))).toEqual(['columns.lanes[0].columns has 80 columns; at most 64']);
    expect(problems(csv('a{1..3}', 'a2'))).toEqual(['columns.lanes[0].columns names a column twice']);
  });

  test('is the same source, however it is written', () => {
    expect(hash(csv('a{1..3}'))).toBe(hash(csv('a1', 'a2', 'a3')));
    expect(hash(csv('a1'))).toBe(hash({ name: 'x', columns: { patient: 'p', lanes: [{ name: 'a', column: 'a1' }] } }));
    expect(hash(csv('a1', 'a2'))).not.toBe(hash(csv('a2', 'a1')));
  });
});

test('every part changes the hash; a stated CSV, and rules without entries, do not', () => {
  const hash = (json: unknown) => Buffer.from(profileHash(parseProfile(json))).toString('hex');
  const changes: [readonly (string | number)[], unknown][] = [
    [['columns', 'lanes', 1, 'empty'], undefined],
    [['columns', 'lanes', 1, 'columns', 0], 'other'],
    [['accept', 0, 'values', 0], 'other'],
    [['accept', 0, 'column'], 'other'],
    [['accept'], []],
    [['leaveOut', 0, 'values', 0], 'other'],
    [['leaveOut'], undefined],
    [['file', 'records'], undefined],
    [['file', 'format'], 'fhir-eob'],
  ];
  const hashes = [hash(JSON_PROFILE), ...changes.map(([path, value]) => hash(changed(JSON_PROFILE, path, value)))];
  expect(new Set(hashes).size).toBe(hashes.length);
  const csv = { name: 'x', columns: { patient: 'p', lanes: [{ name: 'a', column: 'a' }] } };
  expect(hash({ ...csv, accept: [], leaveOut: [], file: { format: 'csv' } })).toBe(hash(csv));
});

test('explanations of benefits must be active claims that were adjudicated, unless the profile says otherwise', () => {
  const given = {
    name: 'x',
    columns: { patient: 'p', lanes: [{ name: 'a', column: 'a' }] },
    file: { format: 'fhir-eob' },
  };
  expect(parseProfile(given).accept?.map(({ column }) => column)).toEqual([
    'status',
    'use',
    'outcome',
    'related[].relationship.coding[].code',
  ]);
  expect(parseProfile({ ...given, accept: [] }).accept).toEqual([]);
});
