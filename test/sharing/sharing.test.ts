// Sharing from dealing to reconstruction: every number of shares from none to all, every seat wrong in turn, one record and
// several, the largest committee, and fresh randomness where none is given.
import { describe, expect, test } from 'vitest';
import { subsetsOf } from '../../src/engine/subsets.ts';
import { type Committee, deal, dealShares, reconstruct, shares, verify } from '../../src/sharing/index.ts';
import { engines } from '../engine/engines.ts';
import * as oracle from '../engine/oracle.ts';
import { horner, lagrange } from '../engine/sharing/dealing-oracle.ts';

const { decode, encode, r } = oracle;
const COMMITTEES: readonly Committee[] = (
  [
    [1, 1],
    [1, 3],
    [2, 3],
    [3, 5],
    [4, 4],
    [5, 9],
  ] as const
).map(([threshold, seats]) => ({ threshold, seats }));

const numbered = (all: readonly Uint8Array[]) => all.map((own, i) => ({ seat: i + 1, shares: own }));
const values = (found: readonly (Uint8Array | undefined)[]) => found.map((bytes) => bytes && decode(bytes)[0]);

/** Dealings of both kinds, from the same messages. */
const KINDS = ['without keys', 'with keys'] as const;

function dealt(
  kind: (typeof KINDS)[number],
  engine: (typeof engines)[number],
  committee: Committee,
  messages: bigint[],
) {
  const random = oracle.randomSource(committee.seats);
  if (kind === 'without keys') return dealShares(engine, committee, encode(messages), random.bytes);
  const subsets = subsetsOf(committee.threshold, committee.seats);
  const streams = subsets.map(() => random.bytes(96 * messages.length));
  const { corrections, ...rest } = deal(engine, committee, encode(messages), streams);
  const ofSeat = (seat: number) =>
    shares(
      engine,
      committee,
      seat,
      streams.filter((_, q) => !subsets[q]!.includes(seat)),
      corrections,
    );
  return { ...rest, shares: Array.from({ length: committee.seats }, (_, i) => ofSeat(i + 1)) };
}

describe.each(engines)('on the $name engine', (engine) => {
  describe.each(KINDS)('dealt %s', (kind) => {
    test.each(COMMITTEES)('($threshold, $seats): k shares reconstruct from the threshold on', (committee) => {
      const random = oracle.randomSource(committee.threshold);
      for (const messages of [[random.scalar()], [0n, r - 1n, ...random.scalars(1)], []]) {
        const { commitments, openings, shares: all } = dealt(kind, engine, committee, messages);
        for (let k = 0; k <= committee.seats; k++) {
          const given = numbered(all).reverse().slice(0, k);
          const found = reconstruct(engine, committee, given, commitments);
          const enough = k >= committee.threshold;
          expect(values(found.messages), `${k} shares`).toEqual(messages.map((m) => (enough ? m : undefined)));
          expect(values(found.openings)).toEqual(decode(openings).map((b) => (enough ? b : undefined)));
          expect(found.wrong).toEqual([]);
        }
      }
    });

    test('each seat in turn gives a wrong share: it is named, and the others reconstruct', () => {
      const committee = { threshold: 2, seats: 4 };
      const messages = oracle.randomSource(4).scalars(3);
      const { commitments, shares: all } = dealt(kind, engine, committee, messages);
      for (let seat = 1; seat <= 4; seat++) {
        for (const at of [31, 64 + 63, 128]) {
          const wrong = all[seat - 1]!.slice();
          wrong[at]! ^= 1;
          const record = Math.floor(at / 64);
          expect(verify(engine, committee, seat, wrong, commitments)).toEqual([record]);
          const given = numbered(all.map((own, i) => (i === seat - 1 ? wrong : own)));
          const found = reconstruct(engine, committee, given, commitments);
          expect(found.wrong).toEqual([{ seat, records: [record] }]);
          expect(values(found.messages)).toEqual(messages);
        }
      }
    });
  });

  test('different records are wrong at different seats: each is reconstructed from the seats that are right there', () => {
    const committee = { threshold: 2, seats: 3 };
    const messages = oracle.randomSource(5).scalars(4);
    const { commitments, shares: all } = dealt('without keys', engine, committee, messages);
    const given = numbered(all.map((own) => own.slice()));
    given.forEach((entry, i) => {
      entry.shares[64 * i + 40]! ^= 0x10; // seat 1 in record 0, 2 in 1, 3 in 2
    });
    given[0]!.shares[64 * 1] = 0xff; // then record 1 has seat 3 alone
    const found = reconstruct(engine, committee, given, commitments);
    expect(values(found.messages)).toEqual([messages[0], undefined, messages[2], messages[3]]);
    expect(found.wrong).toEqual([
      { seat: 1, records: [0, 1] },
      { seat: 2, records: [1] },
      { seat: 3, records: [2] },
    ]);
  });

  test('the caller keeps its arguments; results are fresh memory', () => {
    const committee = { threshold: 2, seats: 3 };
    const messages = encode([5n, 6n]);
    const bytes = oracle.randomSource(1).bytes(48 * 3 * 2);
    const [before, randomBefore] = [messages.slice(), bytes.slice()];
    const first = dealShares(engine, committee, messages, () => bytes);
    const second = dealShares(engine, committee, messages, () => bytes);
    expect([messages, bytes]).toEqual([before, randomBefore]);
    first.shares[0]!.fill(0);
    first.commitments.fill(0);
    expect(reconstruct(engine, committee, numbered(second.shares), second.commitments).wrong).toEqual([]);
  });
});

describe.each(engines.slice(0, 2))('(128, 255) on the $name engine', (engine) => {
  const committee = { threshold: 128, seats: 255 };
  const bytes = oracle.randomSource(128).bytes(48 * 255);
  const dealing = dealShares(engine, committee, encode([r - 2n]), () => bytes);

  test('every share is the value of the polynomials that the randomness gives', () => {
    const numbers = decode(bytes, 48).map((wide) => wide % r);
    const [f, b] = [[r - 2n, ...numbers.slice(0, 127)], numbers.slice(127)];
    dealing.shares.forEach((own, i) => {
      expect(decode(own)).toEqual([horner(f, i + 1), horner(b, i + 1)]);
    });
  });

  test('the last 128 reconstruct, 127 do not', () => {
    const last = numbered(dealing.shares).slice(127);
    expect(values(reconstruct(engine, committee, last, dealing.commitments).messages)).toEqual([r - 2n]);
    expect(reconstruct(engine, committee, last.slice(1), dealing.commitments).messages).toEqual([undefined]);
    expect(lagrange(last.map(({ seat, shares: own }) => [seat, decode(own)[0]!]))).toBe(r - 2n);
  });
});

test('randomness is fresh for every record, also beyond what the platform gives at once', () => {
  const committee = { threshold: 3, seats: 5 };
  const count = 1000; // 240,000 random bytes
  const [engine] = engines;
  const [one, other] = [0, 1].map(() => dealShares(engine!, committee, new Uint8Array(32 * count)));
  const points = [one!, other!].flatMap(({ commitments }) => decode(commitments));
  expect(points.length).toBe(2 * 3 * count);
  expect(new Set(points).size).toBe(points.length);
  expect(new Set([one!, other!].flatMap((dealing) => dealing.shares.flatMap((own) => decode(own)))).size).toBe(
    2 * 2 * 5 * count,
  );
});
