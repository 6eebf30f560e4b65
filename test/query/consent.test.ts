// The hash of consented record ids against noble's keccak, and the ids that no consent can have.
import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { ArgumentError } from '../../src/errors.ts';
import { checkRecordIds, MAX_QUERY_RECORDS, recordsHash } from '../../src/query/consent.ts';
import { encode, join } from '../engine/oracle.ts';

const ids = fc
  .uniqueArray(fc.oneof(fc.nat(1000), fc.maxSafeNat(), fc.constantFrom(0, 2 ** 32, Number.MAX_SAFE_INTEGER)), {
    minLength: 1,
    maxLength: 40,
  })
  .map((list) => list.sort((a, b) => a - b));

const hashOf = (list: readonly number[]) =>
  list.reduce<Uint8Array>((hash, id) => keccak_256(join(hash, encode([BigInt(id)], 8))), new Uint8Array(32));

describe('recordsHash', () => {
  it('is the chain h ← keccak256(h ‖ uint64 id), from 32 zero bytes', () => {
    fc.assert(fc.property(ids, (list) => toHex(recordsHash(list)) === toHex(hashOf(list))));
  });

  it('differs for any other set of ids', () => {
    const sets = [[0], [1], [0, 1], [0, 2], [1, 2], [0, 1, 2], [2 ** 32], [256], [2 ** 40 + 1]];
    expect(new Set(sets.map((list) => toHex(recordsHash(list)))).size).toBe(sets.length);
  });

  it('takes 2^20 ids and no more', () => {
    const most = Array.from({ length: MAX_QUERY_RECORDS }, (_, i) => i);
    expect(() => checkRecordIds(most)).not.toThrow();
    expect(() => checkRecordIds([...most, MAX_QUERY_RECORDS])).toThrow(
      new ArgumentError('number of record ids', MAX_QUERY_RECORDS + 1, `from 1 to ${MAX_QUERY_RECORDS}`),
    );
    expect(() => recordsHash([])).toThrow('number of record ids is 0; it must be from 1 to 1048576');
  });

  it.each([
    [[1, 1], 1, 1],
    [[2, 1], 1, 1],
    [[0, 5, 4], 2, 4],
    [[-1], 0, -1],
    [[0.5], 0, 0.5],
    [[Number.NaN], 0, Number.NaN],
    [[1, 2 ** 53], 1, 2 ** 53],
    [['1'], 0, '1'],
    [[1n], 0, 1n],
    [[null], 0, null],
    [[0, undefined], 1, undefined],
  ])('refuses %o: number %i', (list, place, value) => {
    const above = place === 0 ? -1 : list[place - 1];
    expect(() => recordsHash(list as number[])).toThrow(
      new ArgumentError(`record id number ${place}`, value, `an integer above ${above} (ids strictly ascending)`),
    );
  });
});
