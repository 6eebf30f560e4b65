// The argument checks that all implementations of Engine share: lengths and ranges, before any arithmetic, and the two
// errors for elements that do not decode. Values never appear in a message, because they may be secret.
import { ArgumentError, checkInteger, EncodingError } from '../errors.ts';
import {
  COMPRESSED_BYTES,
  HASH_BYTES,
  KEYSTREAM_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_SEATS,
  POINT_BYTES,
  SCALAR_BYTES,
  WEIGHT_BYTES,
} from './sizes.ts';
import { countSubsets } from './subsets.ts';

/** `element` counts from 0 within the argument. */
export function nonCanonicalScalar(argument: string, element: number): EncodingError {
  return new EncodingError(argument, `element ${element} is not a canonical scalar (below r)`, { element });
}

/** Also for a coordinate that is not canonical, and for a sign bit on infinity. */
export function notAPoint(argument: string, element: number): EncodingError {
  return new EncodingError(argument, `element ${element} is not the encoding of a point of BN254`, { element });
}

/** How many elements of `size` bytes there are; throws unless a whole number. */
export function countElements(argument: string, bytes: unknown, size: number): number {
  if (!(bytes instanceof Uint8Array)) throw new ArgumentError(argument, typeof bytes, 'a Uint8Array');
  if (bytes.length % size !== 0) throw new ArgumentError(argument, bytes, `a multiple of ${size} bytes`);
  return bytes.length / size;
}

/** Throws unless `bytes` holds exactly `count` elements of `size` bytes. */
function checkElements(argument: string, bytes: unknown, size: number, count: number): void {
  if (!(bytes instanceof Uint8Array)) throw new ArgumentError(argument, typeof bytes, 'a Uint8Array');
  if (bytes.length !== size * count) throw new ArgumentError(argument, bytes, `${size * count} bytes`);
}

/** Number of commitments. */
export function commitShape(values: Uint8Array, blindings: Uint8Array): number {
  const count = countElements('values', values, SCALAR_BYTES);
  checkElements('blindings', blindings, SCALAR_BYTES, count);
  return count;
}

/** Number of rows. */
export function sumShape(points: Uint8Array, columns: number): number {
  checkInteger('columns', columns, 1, 2 ** 20);
  return countElements('points', points, POINT_BYTES * columns);
}

/** Number of products. */
export function msmShape(scalars: Uint8Array, points: Uint8Array): number {
  const count = countElements('scalars', scalars, SCALAR_BYTES);
  checkElements('points', points, POINT_BYTES, count);
  return count;
}

/** Number of records. */
export function dealShape(messages: Uint8Array, threshold: number, seats: number): number {
  countSubsets(threshold, seats);
  return countElements('messages', messages, SCALAR_BYTES);
}

/** Number of records. */
export function sharesShape(seat: number, corrections: Uint8Array, threshold: number, seats: number): number {
  countSubsets(threshold, seats);
  checkInteger('seat', seat, 0, seats);
  return countElements('corrections', corrections, SCALAR_BYTES);
}

/** The keystreams, one for each of `subsets`, of `records` records each. Throws at the first that is not, or is missing. */
export function* checkedKeystreams(
  keystreams: Iterable<Uint8Array>,
  subsets: number,
  records: number,
): Generator<Uint8Array> {
  if (typeof keystreams?.[Symbol.iterator] !== 'function') {
    throw new ArgumentError('keystreams', keystreams, `an iterable of ${subsets} Uint8Arrays`);
  }
  let count = 0;
  for (const stream of keystreams) {
    if (count === subsets) throw new ArgumentError('number of keystreams', count + 1, `${subsets}`);
    checkElements(`keystreams[${count}]`, stream, KEYSTREAM_BYTES, records);
    count++;
    yield stream;
  }
  if (count < subsets) throw new ArgumentError('number of keystreams', count, `${subsets}`);
}

/** Number of records. */
export function verifyShape(
  seat: number,
  threshold: number,
  shares: Uint8Array,
  commitments: Uint8Array,
  weights: Uint8Array,
): number {
  checkInteger('seat', seat, 1, MAX_SEATS);
  checkInteger('threshold', threshold, 1, MAX_SEATS);
  const count = countElements('shares', shares, 2 * SCALAR_BYTES);
  checkElements('commitments', commitments, COMPRESSED_BYTES * threshold, count);
  checkElements('weights', weights, WEIGHT_BYTES, count);
  return count;
}

/** Number of polynomials. */
export function evaluateShape(seats: readonly number[], coefficients: Uint8Array, threshold: number): number {
  checkSeats(seats);
  checkInteger('threshold', threshold, 1, MAX_SEATS);
  return countElements('coefficients', coefficients, SCALAR_BYTES * threshold);
}

/** Number of polynomials. */
export function interpolateShape(seats: readonly number[], values: Uint8Array): number {
  checkSeats(seats);
  return countElements('values', values, SCALAR_BYTES * seats.length);
}

function checkSeats(seats: readonly number[]): void {
  if (!Array.isArray(seats) || seats.length < 1 || seats.length > MAX_SEATS) {
    throw new ArgumentError('seats', seats, `an array of 1 to ${MAX_SEATS} seats`);
  }
  for (let i = 0; i < seats.length; i++) checkInteger(`seats[${i}]`, seats[i], 1, MAX_SEATS);
  if (seats.some((seat, i) => seats.indexOf(seat, i + 1) >= 0))
    throw new ArgumentError('seats', seats.join(', '), 'distinct seats');
}

/** Number of messages. */
export function hashShape(messages: Uint8Array, length: number): number {
  checkInteger('length', length, 1, MAX_MESSAGE_BYTES);
  return countElements('messages', messages, length);
}

/** Number of leaves. */
export function treeShape(leaves: Uint8Array): number {
  const count = countElements('leaves', leaves, HASH_BYTES);
  if (count === 0) throw new ArgumentError('leaves', leaves, 'at least one leaf of 32 bytes');
  return count;
}
