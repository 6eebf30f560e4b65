// What a row's record is, and when two rows are one record: by id, patient and amounts, and nothing else.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type IngestRow, Recorder } from '../../src/ingest/recorder.ts';
import { encodeLanes } from '../../src/records/lanes.ts';
import { recordKey } from '../../src/records/record-key.ts';
import { SeenRecords } from '../../src/records/seen.ts';

const dealingKey = new Uint8Array(32).fill(5);
const source = new Uint8Array(24).fill(6);
const tags = { tag: (patient: string) => new Uint8Array(20).fill(patient.charCodeAt(0)) };
const recorderOf = (name = source, seen = new SeenRecords()) => new Recorder(dealingKey, name, tags, seen);

test('the first of each id is new, later ones the same or different, as a Map would say', () => {
  const row = fc.record({
    patient: fc.constantFrom('p', 'q'),
    amounts: fc.constantFrom([1n, 2n], [2n, 1n], [-1n, 2n], [1n]),
    id: fc.constantFrom('a', 'b', 'c', 'd', undefined),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
      const recorder = recorderOf();
      const known = new Map<string, string>();
      for (const [i, { patient, amounts, id }] of rows.entries()) {
        const given: IngestRow = { row: i + 1, patient, amounts, id };
        const content = `${patient} ${amounts}`;
        const before = id === undefined ? undefined : known.get(id);
        const { tag, key, message, sighting } = recorder.record(given);
        const first = { line: rows.findIndex((one) => one.id === id) + 1 };
        const repeated = { kind: before === content ? 'same' : 'different', first };
        expect(sighting).toEqual(before === undefined ? { kind: 'new' } : repeated);
        if (id !== undefined && before === undefined) known.set(id, content);
        expect(tag).toEqual(tags.tag(patient));
        expect(key).toEqual(recordKey(dealingKey, id === undefined ? { source, row: i + 1 } : { id }));
        expect(message).toEqual(encodeLanes(amounts));
      }
    }),
  );
});

test('an id identifies a record in every file, a row number only in its own', () => {
  const seen = new SeenRecords();
  const row = { row: 1, patient: 'p', amounts: [1n] };
  const other = new Uint8Array(24).fill(7);
  for (const [name, sighting] of [[source, 'new'] as const, [other, 'same'] as const]) {
    expect(recorderOf(name, seen).record({ ...row, id: 'a' }).sighting.kind).toBe(sighting);
    expect(recorderOf(name, seen).record({ ...row, id: undefined }).sighting.kind).toBe('new');
  }
});
