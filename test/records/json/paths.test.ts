// Paths: what they lead to, what they refuse, and how they are written.
import { expect, test } from 'vitest';
import { ArgumentError } from '../../../src/errors.ts';
import { parseText, textOf } from '../../../src/records/json/parse.ts';
import { Path } from '../../../src/records/json/paths.ts';
import type { JsonValue } from '../../../src/records/json/value.ts';

const value = (json: unknown): JsonValue => {
  const found = parseText(JSON.stringify(json));
  if ('reason' in found) throw new Error(found.message);
  return found.value;
};

const RESOURCE = value({
  id: 'e1',
  none: null,
  flag: false,
  patient: { reference: 'Patient/1' },
  item: [
    { sequence: 1, adjudication: [{ category: { coding: [{ code: 'a' }, { code: 'b' }] }, amount: 10 }] },
    {
      sequence: 2,
      adjudication: [{ category: { coding: [{ code: 'b', system: 'http://x.y/z' }] }, amount: 20 }, null],
    },
    { sequence: 3 },
  ],
  'a.b': { 'c]': [{ 'd e': '=' }] },
  lists: [[1], [2]],
  kinds: [{ on: true, n: 1.5 }, { on: false }, { on: 'true', n: '1.5' }],
});

function at(path: string): unknown {
  const found: JsonValue[] = [];
  const fault = new Path(path).values(RESOURCE, found);
  return fault ? `${fault.reason}: ${fault.message}` : found.map((part) => JSON.parse(textOf(part)));
}

test.each([
  ['id', ['e1']],
  ['none', []],
  ['absent', []],
  ['absent.member', []],
  ['none[].member', []],
  ['flag', [false]],
  ['patient.reference', ['Patient/1']],
  ['item[].sequence', [1, 2, 3]],
  ['item[sequence=2].sequence', [2]],
  ['item[sequence=2.0].sequence', []],
  ['item[].adjudication[].amount', [10, 20]],
  ['item[].adjudication[category.coding[].code=b].amount', [10, 20]],
  ['item[].adjudication[category.coding[].code=a].amount', [10]],
  ['item[].adjudication[category.coding[system=http://x.y/z].code=b].amount', [20]],
  ['item[].adjudication[category.coding[system=http://x.y/z].code=a].amount', []],
  ['"a.b"."c]"["d e"="="]."d e"', ['=']],
  ['"\\u0061.b"."c]"[]."d e"', ['=']],
  ['kinds[on=true].n', [1.5, '1.5']],
  ['kinds[n=1.5].on', [true, 'true']],
  ['constructor', []],
  ['__proto__.x', []],
  // What is on the way is not what the path says.
  ['item', 'wrong-type: is a list at item'],
  ['item.sequence', 'wrong-type: is a list at item'],
  ['patient[].reference', 'wrong-type: is not a list at patient[]'],
  ['id.x', 'wrong-type: is not an object at id'],
  ['lists[].x', 'wrong-type: is not an object at lists[]'],
  ['item[].sequence.x', 'wrong-type: is not an object at item[].sequence'],
  ['item[].adjudication[category.coding.code=a].amount', 'wrong-type: is a list at category.coding'],
])('%s', (path, expected) => {
  expect(at(path)).toEqual(expected);
});

test.each([
  '',
  '.',
  'a.',
  '.a',
  'a..b',
  'a[',
  'a]',
  'a[]]',
  'a[b]',
  'a[=x]',
  'a[b=]',
  'a[b=x',
  'a[b=x]c',
  'a b',
  '"a',
  '"a"b',
  'a[b="x]',
  'a[b=x y]',
  '"\\x"',
  'a[0]',
  'a[].',
  ' a',
])('%j is no path', (path) => {
  expect(() => new Path(path)).toThrow(ArgumentError);
});

test('paths within the elements of a list', () => {
  const list = new Path('item[]');
  expect(new Path('item[].sequence').within(list)?.text).toBe('sequence');
  expect(new Path('item[].a[b=c].d').within(list)?.text).toBe('a[b=c].d');
  for (const other of ['item[]', 'items[].a', 'item[a=b].c', 'id'])
    expect(new Path(other).within(list)).toBeUndefined();
  const lists = ['item[]', 'a.b[]', 'item[].b[]', 'item[a=b]', 'item', 'item[].a'];
  expect(lists.map((path) => new Path(path).isList)).toEqual([true, true, false, false, false, false]);
});
