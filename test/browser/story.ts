// One call or more of every method of an engine, on inputs that depend on nothing but the number of records; the results
// as text, so that a browser's and Node's can be compared byte for byte. Runs in both; uses nothing of either.
import { shake256 } from '@noble/hashes/sha3.js';
import { concat, fromBigInt, toHex, utf8 } from '../../src/bytes.ts';
import { GROUP_ORDER } from '../../src/engine/bn254.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { subsetsOf } from '../../src/engine/subsets.ts';
import { MIStoreError } from '../../src/errors.ts';

const THRESHOLD = 3;
const SEATS = 5;
/** A threshold of them, in no special place. */
const CHOSEN = [1, 3, 5];

/** What each method returned, in hex, and how the engine refuses what it must refuse. */
export type Story = Record<Exclude<keyof Engine, 'name'> | 'refusals', string>;

/** verifyShares of the right shares; the first, the last share wrong; another seat's; a weight of zero on a wrong one. */
export const VERDICTS = 'true,false,false,false,true';

const bytes = (label: string, length: number): Uint8Array => shake256(utf8(label), { dkLen: length });

/** 253 random bits each, so always canonical. */
export function scalars(label: string, count: number): Uint8Array {
  return bytes(label, 32 * count).map((byte, i) => (i % 32 === 0 ? byte & 0x1f : byte));
}

const small = (value: number) => Uint8Array.of(...new Array(31).fill(0), value);
const order = fromBigInt(GROUP_ORDER, 32);
const largest = fromBigInt(GROUP_ORDER - 1n, 32);

export function story(engine: Engine, records: number): Story {
  const messages = concat(scalars('messages', records - 1), largest);
  const subsets = subsetsOf(THRESHOLD, SEATS);
  const keystreams = subsets.map((subset) => bytes(`keystream of the seats without ${subset}`, 96 * records));
  const dealing = engine.deal(messages, keystreams, THRESHOLD, SEATS);
  const held = (seat: number) => keystreams.filter((_, q) => !subsets[q]!.includes(seat));
  const shares = CHOSEN.map((seat) => engine.shares(seat, held(seat), dealing.corrections, THRESHOLD, SEATS));
  const commitments = engine.commit(dealing.values, dealing.blindings);
  const points = engine.decompress(commitments);
  const weights = bytes('weights', 16 * records);
  const check = (seat: number, of: Uint8Array, weight = weights) =>
    engine.verifyShares(seat, THRESHOLD, of, commitments, weight);
  const wrong = (record: number) => withBit(shares[1]!, 64 * record + 31);
  const unweighted = concat(new Uint8Array(16), weights.subarray(16));
  const values = concat(
    ...Array.from({ length: records }, (_, k) => shares.map((of) => of.subarray(64 * k, 64 * k + 32))).flat(),
  );
  return {
    deal: toHex(concat(dealing.values, dealing.blindings, dealing.corrections)),
    shares: toHex(concat(...shares)),
    // of zero and one under either generator too: infinity, G, H
    commit: toHex(
      concat(commitments, engine.commit(concat(small(0), small(1), small(0)), concat(small(0), small(0), small(1)))),
    ),
    decompress: toHex(concat(points, engine.decompress(new Uint8Array(32)))),
    compress: toHex(engine.compress(concat(points, new Uint8Array(64)))),
    sumPoints: toHex(concat(engine.sumPoints(points, THRESHOLD), engine.sumPoints(concat(points, points), 1))),
    msm: toHex(
      concat(
        engine.msm(scalars('factors', THRESHOLD * records), points),
        engine.msm(concat(largest, small(1)), concat(points.subarray(0, 64), points.subarray(64, 128))),
      ),
    ),
    evaluate: toHex(engine.evaluate([1, 255, 7], dealing.values, THRESHOLD)),
    interpolate: toHex(engine.interpolate(CHOSEN, values)),
    verifyShares: [
      check(CHOSEN[1]!, shares[1]!),
      check(CHOSEN[1]!, wrong(0)),
      check(CHOSEN[1]!, wrong(records - 1)),
      check(CHOSEN[2]!, shares[1]!),
      check(CHOSEN[1]!, wrong(0), unweighted),
    ].join(),
    // lengths below, at and above a block of keccak-256 (136 bytes)
    hashEach: toHex(
      concat(...[1, 135, 136, 137].map((length) => engine.hashEach(bytes('hashed', length * records), length))),
    ),
    merkleNodes: toHex(engine.merkleNodes(bytes('leaves', 32 * records))),
    refusals: [
      () => engine.commit(order, small(1)),
      () => engine.commit(small(1), new Uint8Array(31)),
      () => engine.decompress(concat(commitments, new Uint8Array(32).fill(0xff))),
      () => engine.compress(withBit(points, 63)),
      () => engine.sumPoints(points, 0),
      () => engine.msm(concat(small(1), order), points.subarray(0, 128)),
      () => engine.verifyShares(0, THRESHOLD, shares[1]!, commitments, weights),
      () => engine.interpolate([2, 2], concat(small(1), small(1))),
      () => engine.deal(messages, keystreams, 6, 5),
      () => engine.deal(messages, keystreams.slice(1), THRESHOLD, SEATS),
      () => engine.shares(1, held(1), order, THRESHOLD, SEATS),
      () => engine.hashEach(messages, 0),
      () => engine.merkleNodes(new Uint8Array()),
    ]
      .map(refusal)
      .join('\n'),
  };
}

function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof MIStoreError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error(`not refused: ${call}`);
}

/** With the lowest bit of the byte at `at` changed. */
function withBit(batch: Uint8Array, at: number): Uint8Array {
  return batch.map((byte, i) => (i === at ? byte ^ 1 : byte));
}
