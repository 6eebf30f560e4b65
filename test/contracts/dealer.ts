// A small dealer for the tests of the contract: records, shares and consents made of hashes, so that every run has the
// same bytes and the same gas. Arithmetic by @noble/curves, independent of src/. No privacy: everything is derived from
// public words, and corrections are noise.
import { bn254 } from '@noble/curves/bn254.js';
import { concat, getBytes, hexlify, keccak256, toBeHex, toUtf8Bytes } from 'ethers';

const Point = bn254.G1.Point;
type G1 = InstanceType<typeof Point>;
const r = Point.Fn.ORDER;
const G = Point.BASE;
const H = Point.fromAffine({
  x: 0x1454e6fc8782f928514fa29515c0dc7168729233c473aca1226fe44557f9a87en,
  y: 0x16a85f0dae7974718b4f07c8a90573eb32a279a8f347b8434c8c5650e205bf68n,
});

const word = (value: bigint): string => toBeHex(value, 32);
export const hash = (...words: (string | number)[]): string => keccak256(toUtf8Bytes(words.join('/')));
/** `length` bytes that look random. */
export const noise = (length: number, ...words: (string | number)[]): string => {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => hash(...words, 'block', i));
  return hexlify(getBytes(concat(blocks)).slice(0, length));
};
const scalar = (...words: (string | number)[]): bigint => BigInt(hash(...words)) % r;

const times = (point: G1, k: bigint): G1 => (k === 0n ? Point.ZERO : point.multiply(k));
const commit = (value: bigint, blinding: bigint): G1 => times(G, value).add(times(H, blinding));

function uncompressed(point: G1): string {
  if (point.is0()) return `0x${'00'.repeat(64)}`;
  const { x, y } = point.toAffine();
  return concat([word(x), word(y)]);
}

function compressed(point: G1): string {
  if (point.is0()) return word(0n);
  const { x, y } = point.toAffine();
  return word(x | ((y & 1n) << 255n));
}

export interface DealtRecord {
  id: number;
  tag: string;
  key: string;
  /** Coefficients, constant first. */
  values: bigint[];
  blindings: bigint[];
  commitments: G1[];
  /** As in appendBatch. */
  wire: string;
  leaf: string;
  /** As in query. */
  queried: string;
}

export function dealRecord(threshold: number, seats: number, id: number, tag: string): DealtRecord {
  const coefficients = (name: string) => Array.from({ length: threshold }, (_, j) => scalar(name, id, j));
  const [values, blindings] = [coefficients('value'), coefficients('blinding')];
  const commitments = values.map((value, j) => commit(value, blindings[j]!));
  const key = noise(8, 'key', id);
  const head = concat([tag, key, ...commitments.map(compressed)]);
  const id64 = toBeHex(id, 8);
  return {
    id,
    tag,
    key,
    values,
    blindings,
    commitments,
    wire: concat([head, noise(32 * (2 * (seats - threshold) + 1), 'corrections', id)]),
    leaf: keccak256(concat([id64, head])),
    queried: concat([id64, key, ...commitments.map(uncompressed)]),
  };
}

export interface DealtMasks {
  openings: [value: bigint, blinding: bigint][];
  /** As in query. */
  bytes: string;
}

export function dealMasks(seats: number, name: string): DealtMasks {
  const openings = Array.from({ length: seats }, (_, i): [bigint, bigint] => [
    scalar('mask value', name, i),
    scalar('mask blinding', name, i),
  ]);
  return { openings, bytes: concat(openings.map(([value, blinding]) => uncompressed(commit(value, blinding)))) };
}

/** t uncompressed points A_j. */
export function sums(records: readonly DealtRecord[]): string {
  const columns = records[0]!.commitments.map((_, j) =>
    records.reduce((sum, record) => sum.add(record.commitments[j]!), Point.ZERO),
  );
  return concat(columns.map(uncompressed));
}

/** y and w of a seat. */
export function answer(records: readonly DealtRecord[], masks: DealtMasks, seat: number): { y: bigint; w: bigint } {
  const at = (coefficients: bigint[]) => coefficients.reduceRight((sum, c) => (sum * BigInt(seat) + c) % r, 0n);
  const [z, z2] = masks.openings[seat - 1]!;
  const y = records.reduce((sum, record) => sum + at(record.values), z) % r;
  const w = records.reduce((sum, record) => sum + at(record.blindings), z2) % r;
  return { y, w };
}

/** h_m of the ids, as the consent has it. */
export function recordsHash(ids: readonly number[]): string {
  return ids.reduce((chain, id) => keccak256(concat([chain, toBeHex(id, 8)])), word(0n));
}
