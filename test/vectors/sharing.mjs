// Prints test/vectors/sharing.json: dealings, checks and reconstructions of verifiable secret sharing (docs/sharing.md), made
// from its equations with BigInt and noble's points, without MIStore's code. It checks its own algebra as it goes.
// Run: node test/vectors/sharing.mjs > test/vectors/sharing.json
import assert from 'node:assert/strict';
import {
  commit,
  compressed,
  evaluate,
  G,
  H,
  inExponent,
  mod,
  r,
  scalar,
  through,
  uncompressed,
} from './oracle/curve.mjs';
import { subsetsOf, vanishingSum } from './oracle/dealing.mjs';
import { concat, hex, integer, keccak, text, toInteger } from './oracle/keys.mjs';

/** `length` bytes that depend on the label alone. */
const drawn = (label, length) =>
  concat(...Array.from({ length: Math.ceil(length / 32) }, (_, i) => keccak(text(`${label} ${i}`)))).subarray(
    0,
    length,
  );
const integers = (bytes, size) =>
  Array.from({ length: bytes.length / size }, (_, i) => toInteger(bytes.subarray(size * i, size * (i + 1))));

/** The extremes first. */
const messagesOf = (label, count) => [0n, r - 1n, 1n, mod(toInteger(drawn(label, 48)))].slice(0, count);

/** What follows from the polynomials f and b of each record. */
function written({ threshold, seats }, polynomials) {
  const points = polynomials.map(({ f, b }) => f.map((value, j) => commit(value, b[j])));
  const shareOf = ({ f, b }, seat) => [mod(evaluate(f, seat)), mod(evaluate(b, seat))];
  const shares = Array.from({ length: seats }, (_, i) => {
    for (const [k, record] of polynomials.entries()) {
      assert.equal(record.f.length, threshold);
      assert(commit(...shareOf(record, i + 1)).equals(inExponent(points[k], i + 1)));
    }
    return hex(concat(...polynomials.flatMap((record) => shareOf(record, i + 1)).map(scalar)));
  });
  return {
    commitments: hex(concat(...points.flat().map(compressed))),
    openings: hex(concat(...polynomials.map(({ b }) => scalar(b[0])))),
    shares,
  };
}

function dealtShares(threshold, seats, count, top = false) {
  const label = `dealShares (${threshold}, ${seats})`;
  const messages = messagesOf(label, count);
  const size = 48 * (2 * threshold - 1);
  const random = top ? Buffer.alloc(size * count, 0xff) : drawn(`${label} random`, size * count);
  const polynomials = messages.map((message, k) => {
    const numbers = integers(random.subarray(size * k, size * (k + 1)), 48).map((wide) => mod(wide));
    return { f: [message, ...numbers.slice(0, threshold - 1)], b: numbers.slice(threshold - 1) };
  });
  const given = { threshold, seats, messages: hex(concat(...messages.map(scalar))), random: hex(random) };
  return { ...given, ...written(given, polynomials) };
}

function dealt(threshold, seats, count) {
  const label = `deal (${threshold}, ${seats})`;
  const messages = messagesOf(label, count);
  const subsets = subsetsOf({ threshold, seats });
  const streams = subsets.map((subset) => drawn(`${label} keystream without ${subset}`, 96 * count));
  const wide = streams.map((stream) => integers(stream, 48));
  const polynomials = messages.map((message, k) => {
    const [f, b] = [0, 1].map((part) =>
      vanishingSum(
        { threshold, seats },
        wide.map((numbers) => numbers[2 * k + part]),
      ),
    );
    const correction = mod(message - f[0]);
    return { f: [message, ...f.slice(1)], b, correction };
  });
  const given = { threshold, seats, messages: hex(concat(...messages.map(scalar))) };
  return {
    ...given,
    keystreams: subsets.map((without, q) => ({ without, bytes: hex(streams[q]) })),
    corrections: hex(concat(...polynomials.map(({ correction }) => scalar(correction)))),
    ...written(given, polynomials),
  };
}

const bytesOf = (value) => Buffer.from(value.slice(2), 'hex');
const replaced = (value, at, bytes) => {
  const out = bytesOf(value);
  out.set(bytes, at);
  return hex(out);
};
/** The scalar at `at`, plus one. */
const another = (value, at) => replaced(value, at, scalar(toInteger(bytesOf(value).subarray(at, at + 32)) + 1n));

const deals = [dealtShares(3, 5, 4), dealt(3, 5, 4)];
const [{ threshold, seats, messages, openings, commitments, shares }] = deals;
const check = (about, changes, wrong) => ({
  about,
  threshold,
  seats,
  seat: 2,
  shares: shares[1],
  commitments,
  ...changes,
  wrong,
});
const some = (...list) => list.map((seat) => ({ seat, shares: shares[seat - 1] }));
const changed = (list, seat, value) => list.map((entry) => (entry.seat === seat ? { seat, shares: value } : entry));
const each = (value) => Array.from({ length: 4 }, (_, k) => `0x${value.slice(2 + 64 * k, 66 + 64 * k)}`);
const without = (list, ...records) => list.map((entry, k) => (records.includes(k) ? null : entry));
const reconstruction = (about, given, missing, wrong, changes = {}) => {
  const found = (list) => without(each(list), ...missing);
  const known = given.filter(({ seat }) => !wrong.some((entry) => entry.seat === seat)).slice(0, threshold);
  if (known.length === threshold && missing.length === 0) {
    const points = known.map((entry) => [entry.seat, toInteger(bytesOf(entry.shares).subarray(64, 96))]);
    assert.equal(through(points)[0], toInteger(bytesOf(messages).subarray(32, 64)));
  }
  const base = { about, threshold, seats, commitments, ...changes, given };
  return { ...base, messages: found(messages), openings: found(openings), wrong };
};
const noPoint = integer(4n, 32); // x = 4: x³ + 3 = 67 is no square
assert.equal(through([[1, 7n]])[0], 7n);
const aboveOrder = scalar(0n).fill(0xff);

const out = {
  format: 'mistore-sharing-vectors/1',
  group: { curve: 'BN254 G1 (EIP-196)', order: hex(integer(r, 32)), G: hex(uncompressed(G)), H: hex(uncompressed(H)) },
  dealShares: [
    dealtShares(1, 1, 2),
    dealtShares(1, 3, 2),
    dealtShares(2, 3, 1),
    deals[0],
    dealtShares(4, 4, 2, true),
    dealtShares(20, 40, 1),
  ],
  deal: [dealt(1, 1, 2), dealt(1, 3, 2), dealt(2, 3, 1), deals[1], dealt(4, 4, 2), dealt(5, 9, 1)],
  verify: [
    check('right shares', {}, []),
    check('right shares of a dealing with keys', { shares: deals[1].shares[1], commitments: deals[1].commitments }, []),
    check('no records', { shares: '0x', commitments: '0x' }, []),
    check('another value in record 1', { shares: another(shares[1], 64) }, [1]),
    check('another blinding in record 3', { shares: another(shares[1], 64 * 3 + 32) }, [3]),
    check(
      'values of records 0 and 3 exchanged',
      {
        shares: replaced(
          replaced(shares[1], 0, bytesOf(shares[1]).subarray(192, 224)),
          192,
          bytesOf(shares[1]).subarray(0, 32),
        ),
      },
      [0, 3],
    ),
    check("another seat's shares", { seat: 3 }, [0, 1, 2, 3]),
    check('a value that is not below the order', { shares: replaced(shares[1], 128, aboveOrder) }, [2]),
    check('a commitment of record 1 that is no point', { commitments: replaced(commitments, 32 * 4, noPoint) }, [1]),
    check('commitments of another dealing', { commitments: deals[1].commitments }, [0, 1, 2, 3]),
  ],
  reconstruct: [
    reconstruction('from the first three', some(1, 2, 3), [], []),
    reconstruction('from the last three, in another order', some(5, 3, 4), [], []),
    reconstruction('from all', some(1, 2, 3, 4, 5), [], []),
    reconstruction('two are too few', some(2, 4), [0, 1, 2, 3], []),
    reconstruction('none', [], [0, 1, 2, 3], []),
    reconstruction(
      'one of four is wrong in record 2',
      changed(some(1, 2, 4, 5), 2, another(shares[1], 128)),
      [],
      [{ seat: 2, records: [2] }],
    ),
    reconstruction(
      'one of three is wrong in record 2',
      changed(some(5, 2, 1), 2, another(shares[1], 160)),
      [2],
      [{ seat: 2, records: [2] }],
    ),
    reconstruction(
      'two of five give each other’s shares',
      some(1, 2, 3, 4, 5).map(({ seat, shares: own }) => ({
        seat,
        shares: seat === 1 ? shares[3] : seat === 4 ? shares[0] : own,
      })),
      [],
      [
        { seat: 1, records: [0, 1, 2, 3] },
        { seat: 4, records: [0, 1, 2, 3] },
      ],
    ),
    reconstruction(
      'a commitment of record 0 is no point',
      some(1, 2, 3),
      [0],
      [1, 2, 3].map((seat) => ({ seat, records: [0] })),
      { commitments: replaced(commitments, 32, noPoint) },
    ),
  ],
  refusedMessages: [r, r + 1n, 2n ** 255n, 2n ** 256n - 1n].map((value) => hex(integer(value, 32))),
};
process.stdout.write(`${JSON.stringify(out, null, 1)}\n`);
