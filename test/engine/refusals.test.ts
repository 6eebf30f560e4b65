// What every engine refuses: non-canonical elements and points off the curve (with the element's number), wrong lengths
// and ranges. All engines must throw the same error for the same call, and leave their arguments as they were.
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { ArgumentError, EncodingError, type MIStoreError } from '../../src/errors.ts';
import { engines, reference } from './engines.ts';
import * as oracle from './oracle.ts';

const { encode, p, r, withElement } = oracle;
const random = oracle.randomSource(5);
const bytes = (length: number) => new Uint8Array(length);

const COUNT = 9;
const scalars = encode(random.scalars(COUNT));
const list = Array.from({ length: COUNT }, (_, k) => oracle.times(oracle.G, BigInt(k + 2)));
const points = oracle.points(list);
const compressed = oracle.compressed(list);
const { x, y } = list[0]!.toAffine();

const badScalars = [r, r + 1n, 2n * r, 2n ** 255n, 2n ** 256n - 1n];
const badPoints = [
  [x, p - y + 1n],
  [x, y + p],
  [x + p, y],
  [0n, p],
  [p, 0n],
  [0n, 1n],
  [x, 0n],
  [0n, y],
  [4n, 1n],
  [2n ** 256n - 1n, 2n ** 256n - 1n],
  [1n, 2n + p],
];
/** An x that no point has. */
const noX = [4n, 5n, 6n, 7n, 8n, 9n, 10n].filter((n) => oracle.Point.Fp.pow(n ** 3n + 3n, (p - 1n) / 2n) !== 1n);
const sign = 2n ** 255n;
const badCompressed = [
  sign,
  p,
  p + sign,
  x + p,
  1n + p,
  sign - 1n,
  2n ** 256n - 1n,
  ...noX,
  ...noX.map((n) => n + sign),
];

type Call = (engine: Engine) => unknown;

function thrown(engine: Engine, call: Call): MIStoreError {
  try {
    call(engine);
  } catch (error) {
    return error as MIStoreError;
  }
  throw new Error('the call was accepted');
}

function expectRefusal(
  engine: Engine,
  call: Call,
  type: typeof ArgumentError | typeof EncodingError,
  text: string,
): void {
  const error = thrown(engine, call);
  expect(error).toBeInstanceOf(type);
  expect(error.message).toContain(text);
  const twin = thrown(reference, call);
  expect({ message: error.message, details: error.details }).toEqual({ message: twin.message, details: twin.details });
  // and the engine still works
  expect(engine.commit(encode([1n]), encode([0n]))).toEqual(oracle.compressed([oracle.G]));
}

describe.each(engines)('refusals of the $name engine', (engine) => {
  const at = [0, 1, 4, COUNT - 2, COUNT - 1];
  const eachBad = (values: readonly (bigint | readonly bigint[])[], run: (element: Uint8Array, at: number) => void) => {
    for (const value of values) {
      for (const position of at) run(encode(typeof value === 'bigint' ? [value] : value), position);
    }
  };
  const refuseElement = (argument: string, number: number, call: Call) => {
    expectRefusal(engine, call, EncodingError, `${argument}: element ${number} `);
    expect(thrown(engine, call).details).toMatchObject({ what: argument, element: number });
  };

  test('non-canonical scalars, with argument and number', () => {
    const stream = bytes(96 * COUNT);
    const shares = bytes(64 * COUNT);
    eachBad(badScalars, (bad, k) => {
      const wrong = withElement(scalars, k, bad, 32);
      refuseElement('values', k, (e) => e.commit(wrong, scalars));
      refuseElement('blindings', k, (e) => e.commit(scalars, wrong));
      refuseElement('scalars', k, (e) => e.msm(wrong, points));
      refuseElement('messages', k, (e) => e.deal(wrong, [stream, stream, stream], 2, 3));
      refuseElement('corrections', k, (e) => e.shares(1, [stream, stream], wrong, 2, 3));
      refuseElement('coefficients', k, (e) => e.evaluate([3, 1], wrong, 1));
      refuseElement('values', k, (e) => e.interpolate([3, 1, 200], wrong));
      for (const i of [2 * k, 2 * k + 1]) {
        refuseElement('shares', i, (e) =>
          e.verifyShares(1, 1, withElement(shares, i, bad, 32), compressed, bytes(144)),
        );
      }
    });
  });

  test('points that are not canonical or not on the curve, with argument and number', () => {
    eachBad(badPoints, (bad, k) => {
      const wrong = withElement(points, k, bad, 64);
      refuseElement('points', k, (e) => e.compress(wrong));
      refuseElement('points', k, (e) => e.sumPoints(wrong, 1));
      refuseElement('points', k, (e) => e.sumPoints(wrong, 3));
      refuseElement('points', k, (e) => e.msm(scalars, wrong));
      refuseElement('points', k, (e) => e.msm(bytes(32 * COUNT), wrong));
    });
  });

  test('compressed points that are not canonical or not on the curve, with argument and number', () => {
    expect(noX.length).toBeGreaterThan(1);
    eachBad(badCompressed, (bad, k) => {
      const wrong = withElement(compressed, k, bad, 32);
      refuseElement('points', k, (e) => e.decompress(wrong));
      refuseElement('commitments', k, (e) => e.verifyShares(2, 3, bytes(64 * 3), wrong, bytes(16 * 3)));
    });
  });

  test('of several wrong elements the first is named, and of several wrong arguments the first', () => {
    const two = withElement(withElement(scalars, 7, encode([r]), 32), 3, encode([r + 5n]), 32);
    const off = withElement(withElement(points, 8, encode([1n, 1n]), 64), 2, encode([p, 2n]), 64);
    refuseElement('values', 3, (e) => e.commit(two, two));
    refuseElement('scalars', 3, (e) => e.msm(two, off));
    refuseElement('points', 2, (e) => e.msm(scalars, off));
    refuseElement('messages', 3, (e) => e.deal(two, [bytes(96 * COUNT)], 1, 1));
    refuseElement('corrections', 3, (e) => e.shares(1, [bytes(96 * COUNT)], two, 1, 1));
    const share = withElement(bytes(64), 1, encode([r]), 32);
    refuseElement('shares', 1, (e) => e.verifyShares(1, 1, share, encode([p]), bytes(16)));
  });

  const stream = bytes(96);
  const one = bytes(32);
  const wrongShapes: Record<string, [Call, string]> = {
    'commit: 31 bytes': [(e) => e.commit(bytes(31), bytes(31)), 'values'],
    'commit: 33 bytes': [(e) => e.commit(bytes(33), bytes(33)), 'values'],
    'commit: unequal': [(e) => e.commit(bytes(64), bytes(32)), 'blindings'],
    'commit: an array': [(e) => e.commit([0] as unknown as Uint8Array, one), 'values'],
    'decompress: 33 bytes': [(e) => e.decompress(bytes(33)), 'points'],
    'compress: 32 bytes': [(e) => e.compress(bytes(32)), 'points'],
    'sumPoints: part of a row': [(e) => e.sumPoints(bytes(64 * 5), 2), 'points'],
    'sumPoints: no column': [(e) => e.sumPoints(bytes(0), 0), 'columns'],
    'sumPoints: 1.5 columns': [(e) => e.sumPoints(bytes(96), 1.5), 'columns'],
    'msm: unequal': [(e) => e.msm(bytes(64), bytes(64)), 'points'],
    'msm: 31 bytes': [(e) => e.msm(bytes(31), bytes(62)), 'scalars'],
    'deal: threshold 0': [(e) => e.deal(one, [stream], 0, 1), 'threshold'],
    'deal: threshold above seats': [(e) => e.deal(one, [stream], 2, 1), 'threshold'],
    'deal: threshold NaN': [(e) => e.deal(one, [stream], Number.NaN, 1), 'threshold'],
    'deal: no seats': [(e) => e.deal(one, [], 1, 0), 'seats'],
    'deal: 256 seats': [(e) => e.deal(one, [stream], 1, 256), 'seats'],
    'deal: too few keystreams': [(e) => e.deal(one, [stream], 2, 2), 'number of keystreams'],
    'deal: too many keystreams': [(e) => e.deal(one, [stream, stream], 1, 1), 'number of keystreams'],
    'deal: a short keystream': [(e) => e.deal(one, [stream, bytes(95)], 2, 2), 'keystreams[1]'],
    'deal: a long keystream': [(e) => e.deal(one, [bytes(97), stream], 2, 2), 'keystreams[0]'],
    'shares: half of a keystream': [(e) => e.shares(1, [bytes(48)], one, 1, 1), 'keystreams[0]'],
    'shares: part of a correction': [(e) => e.shares(1, [stream], bytes(31), 1, 1), 'corrections'],
    'shares: more corrections than keystream': [(e) => e.shares(1, [stream], bytes(64), 1, 1), 'keystreams[0]'],
    'shares: a seat that is not there': [(e) => e.shares(2, [stream], one, 1, 1), 'seat'],
    'verifyShares: seat 0': [(e) => e.verifyShares(0, 1, bytes(64), one, bytes(16)), 'seat'],
    'verifyShares: seat 256': [(e) => e.verifyShares(256, 1, bytes(64), one, bytes(16)), 'seat'],
    'verifyShares: threshold 0': [(e) => e.verifyShares(1, 0, bytes(64), one, bytes(16)), 'threshold'],
    'verifyShares: threshold 256': [(e) => e.verifyShares(1, 256, bytes(64), one, bytes(16)), 'threshold'],
    'verifyShares: half a share': [(e) => e.verifyShares(1, 1, one, one, bytes(16)), 'shares'],
    'verifyShares: a commitment too few': [(e) => e.verifyShares(1, 2, bytes(64), one, bytes(16)), 'commitments'],
    'verifyShares: short weights': [(e) => e.verifyShares(1, 1, bytes(64), one, bytes(15)), 'weights'],
    'evaluate: no seats': [(e) => e.evaluate([], one, 1), 'seats'],
    'evaluate: seat 0': [(e) => e.evaluate([1, 0], one, 1), 'seats[1]'],
    'evaluate: seat 256': [(e) => e.evaluate([256], one, 1), 'seats[0]'],
    'evaluate: equal seats': [(e) => e.evaluate([4, 2, 4], one, 1), 'seats'],
    'evaluate: threshold 0': [(e) => e.evaluate([1], one, 0), 'threshold'],
    'evaluate: threshold 256': [(e) => e.evaluate([1], bytes(32 * 256), 256), 'threshold'],
    'evaluate: part of a polynomial': [(e) => e.evaluate([1, 2], bytes(96), 2), 'coefficients'],
    'interpolate: no seats': [(e) => e.interpolate([], bytes(0)), 'seats'],
    'interpolate: 256 seats': [(e) => e.interpolate(new Array(256).fill(1), bytes(0)), 'seats'],
    'interpolate: seat 0': [(e) => e.interpolate([1, 0], bytes(64)), 'seats[1]'],
    'interpolate: seat 256': [(e) => e.interpolate([256], one), 'seats[0]'],
    'interpolate: equal seats': [(e) => e.interpolate([4, 2, 4], bytes(96)), 'seats'],
    'interpolate: part of a polynomial': [(e) => e.interpolate([1, 2], bytes(96)), 'values'],
    'hashEach: no bytes a message': [(e) => e.hashEach(one, 0), 'length'],
    'hashEach: a message too long': [(e) => e.hashEach(bytes(2 ** 20 + 1), 2 ** 20 + 1), 'length'],
    'hashEach: part of a message': [(e) => e.hashEach(one, 31), 'messages'],
    'merkleNodes: no leaves': [(e) => e.merkleNodes(bytes(0)), 'leaves'],
    'merkleNodes: part of a leaf': [(e) => e.merkleNodes(bytes(65)), 'leaves'],
  };
  test.each(Object.entries(wrongShapes))('%s', (_, [call, argument]) => {
    expectRefusal(engine, call, ArgumentError, `${argument} is `);
  });

  test('messages never quote an element', () => {
    const error = thrown(engine, (e) => e.commit(encode([r + 0xabcdefn]), one));
    const text = JSON.stringify([error.message, error.details]);
    expect(text).not.toContain((r + 0xabcdefn).toString());
    expect(text).not.toContain((r + 0xabcdefn).toString(16));
  });
});
