// Seen record ids against a Map, and the memory of a million.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeenRecords } from '../../src/records/csv/seen.ts';

test('as a Map would say', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 2 })), { maxLength: 100 });
  fc.assert(
    fc.property(pairs, (pairs) => {
      const seen = new SeenRecords();
      const map = new Map<string, string>();
      for (const [id, content] of pairs.map((pair) => pair.map(String) as [string, string])) {
        const expected = !map.has(id) ? 'new' : map.get(id) === content ? 'same' : 'different';
        expect(seen.see(id, content)).toBe(expected);
        if (!map.has(id)) map.set(id, content);
      }
      expect(seen.size).toBe(map.size);
    }),
  );
});

test('a million ids in less than 100 MB, none lost as the table grows', () => {
  const before = process.memoryUsage().arrayBuffers;
  const seen = new SeenRecords();
  const count = 1_000_000;
  let fresh = 0;
  for (let i = 0; i < count; i++) if (seen.see(`record-${i}`, 'x') === 'new') fresh++;
  expect(fresh).toBe(count);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
  for (let i = 0; i < count; i += 997) {
    expect(seen.see(`record-${i}`, 'x')).toBe('same');
    expect(seen.see(`record-${i}`, 'y')).toBe('different');
  }
  expect(seen.size).toBe(count);
});
