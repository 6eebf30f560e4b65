// What sharing refuses as misuse, with names, values and ranges, and never a secret: wrong seats, thresholds, lengths.
import { describe, expect, test } from 'vitest';
import { ArgumentError, deal, dealShares, MIStoreError, reconstruct, shares, verify } from '../../src/sharing/index.ts';
import { engines } from '../engine/engines.ts';
import { encode, randomSource } from '../engine/oracle.ts';

const [engine] = engines;
const committee = { threshold: 2, seats: 3 };
const dealing = dealShares(engine!, committee, encode([7n, 8n]));
const stream = new Uint8Array(192);
const { commitments } = dealing;
const [own] = dealing.shares as [Uint8Array];

function thrown(call: () => unknown): MIStoreError {
  try {
    call();
  } catch (error) {
    if (error instanceof MIStoreError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe.each([
  [0, 3, 'threshold is 0; it must be an integer from 1 to 3'],
  [4, 3, 'threshold is 4; it must be an integer from 1 to 3'],
  [1.5, 3, 'threshold is 1.5; it must be an integer from 1 to 3'],
  [1, 0, 'seats is 0; it must be an integer from 1 to 255'],
  [1, 256, 'seats is 256; it must be an integer from 1 to 255'],
  [2, Number.NaN, 'seats is NaN; it must be an integer from 1 to 255'],
])('a committee of %d of %d', (threshold, seats, message) => {
  const odd = { threshold, seats };
  test.each<[string, () => unknown]>([
    ['dealShares', () => dealShares(engine!, odd, own.subarray(0, 32))],
    ['deal', () => deal(engine!, odd, own.subarray(0, 32), [stream])],
    ['shares', () => shares(engine!, odd, 1, [stream], own.subarray(0, 32))],
    ['verify', () => verify(engine!, odd, 1, own, commitments)],
    ['reconstruct', () => reconstruct(engine!, odd, [], commitments)],
  ])('is refused by %s', (_, call) => {
    expect(thrown(call)).toBeInstanceOf(ArgumentError);
    expect(thrown(call).message).toBe(message);
  });
});

test.each<[string, () => unknown, string]>([
  ['seat 0 of shares', () => shares(engine!, committee, 0, [stream, stream, stream], own), 'seat is 0'],
  ['seat 4 of shares', () => shares(engine!, committee, 4, [stream, stream], own), 'seat is 4'],
  [
    'seat 0 of verify',
    () => verify(engine!, committee, 0, own, commitments),
    'seat is 0; it must be an integer from 1 to 3',
  ],
  ['seat 4 of verify', () => verify(engine!, committee, 4, own, commitments), 'seat is 4'],
  [
    'seat 0 of reconstruct',
    () => reconstruct(engine!, committee, [{ seat: 0, shares: own }], commitments),
    'seat of given[0] is 0',
  ],
  [
    'a seat twice',
    () =>
      reconstruct(
        engine!,
        committee,
        [1, 2, 1].map((seat) => ({ seat, shares: own })),
        commitments,
      ),
    'seat of given[2] is 1; it must be a seat that is given once',
  ],
  ['half a share', () => verify(engine!, committee, 1, own.subarray(32), commitments), 'shares is 96 bytes'],
  ['half a commitment', () => verify(engine!, committee, 1, own, commitments.subarray(32)), 'commitments is 96 bytes'],
  [
    'fewer commitments than shares',
    () => verify(engine!, committee, 1, own, commitments.subarray(64)),
    'commitments is 64 bytes; it must be 128 bytes',
  ],
  [
    'shares of fewer records',
    () => reconstruct(engine!, committee, [{ seat: 2, shares: own.subarray(64) }], commitments),
    'shares of seat 2 is 64 bytes; it must be 128 bytes',
  ],
  ['shares that are no bytes', () => verify(engine!, committee, 1, 'ff' as never, commitments), 'shares is "string"'],
  ['a message of 31 bytes', () => dealShares(engine!, committee, new Uint8Array(31)), 'messages is 31 bytes'],
  [
    'too few random bytes',
    () => dealShares(engine!, committee, encode([1n]), () => new Uint8Array(143)),
    'result of random is 143 bytes; it must be 144 bytes',
  ],
  [
    'a list of random numbers',
    () => dealShares(engine!, committee, encode([1n]), () => [1] as never),
    'result of random is an array of 1',
  ],
  [
    'two keystreams of three',
    () => deal(engine!, committee, encode([1n]), [stream.subarray(96), stream.subarray(96)]),
    'number of keystreams is 2; it must be 3',
  ],
])('%s: a typed error', (_, call, message) => {
  expect(thrown(call)).toBeInstanceOf(ArgumentError);
  expect(thrown(call).message).toContain(message);
});

test('a committee that is too large for keys is refused by deal and shares, and taken by dealShares', () => {
  const large = { threshold: 20, seats: 40 };
  const code = (call: () => unknown) => thrown(call).code;
  expect(code(() => deal(engine!, large, encode([1n]), []))).toBe('COMMITTEE_SIZE');
  expect(code(() => shares(engine!, large, 1, [], encode([1n])))).toBe('COMMITTEE_SIZE');
  expect(dealShares(engine!, large, encode([1n])).shares.length).toBe(40);
});

test('weights come from the source that is given, 16 bytes a record', () => {
  const asked: number[] = [];
  const random = (length: number) => {
    asked.push(length);
    return randomSource(9).bytes(length);
  };
  expect(verify(engine!, committee, 1, own, commitments, random)).toEqual([]);
  expect(asked).toEqual([32]);
  expect(reconstruct(engine!, committee, [{ seat: 1, shares: own }], commitments, random).wrong).toEqual([]);
  expect(asked).toEqual([32, 32]);
});
