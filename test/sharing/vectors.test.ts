// The published test vectors of sharing on every form of the engine: they fit their schema, are what their script prints, and
// every function gives their bytes and verdicts.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/bytes.ts';
import { GROUP_ORDER } from '../../src/engine/bn254.ts';
import { EncodingError } from '../../src/errors.ts';
import { deal, dealShares, reconstruct, shares, verify } from '../../src/sharing/index.ts';
import { engines } from '../engine/engines.ts';
import vectors from '../vectors/sharing.json' with { type: 'json' };
import schema from '../vectors/sharing.schema.json' with { type: 'json' };

const name = ({ threshold, seats }: { threshold: number; seats: number }) => `(${threshold}, ${seats})`;

test('are what the script prints', { timeout: 120_000 }, () => {
  const script = new URL('../vectors/sharing.mjs', import.meta.url).pathname;
  const printed = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  expect(printed === readFileSync(new URL('../vectors/sharing.json', import.meta.url), 'utf8')).toBe(true);
});

test('fit the schema, which refuses another format and capital letters', () => {
  const fits = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
  expect(fits(vectors), JSON.stringify(fits.errors)).toBe(true);
  expect(fits({ ...vectors, format: 'mistore-sharing-vectors/2' })).toBe(false);
  expect(fits({ ...vectors, refusedMessages: [vectors.refusedMessages[0]!.toUpperCase()] })).toBe(false);
});

test('are of this group', () => {
  expect(BigInt(vectors.group.order)).toBe(GROUP_ORDER);
});

describe.each(engines)('on the $name engine', (engine) => {
  test.each(vectors.dealShares.map((vector) => [name(vector), vector] as const))('dealShares %s', (_, vector) => {
    const asked: number[] = [];
    const random = (length: number) => {
      asked.push(length);
      return fromHex(vector.random);
    };
    const dealt = dealShares(engine, vector, fromHex(vector.messages), random);
    expect(asked).toEqual([fromHex(vector.random).length]);
    const { commitments, openings } = vector;
    expect(Object.keys(dealt).sort()).toEqual(['commitments', 'openings', 'shares']);
    expect(toHex(dealt.commitments)).toBe(commitments);
    expect(toHex(dealt.openings)).toBe(openings);
    expect(dealt.shares.map(toHex)).toEqual(vector.shares);
  });

  test.each(vectors.deal.map((vector) => [name(vector), vector] as const))('deal and shares %s', (_, vector) => {
    const streams = vector.keystreams.map(({ bytes }) => fromHex(bytes));
    const dealt = deal(engine, vector, fromHex(vector.messages), streams);
    const { commitments, corrections, openings } = vector;
    const inHex = Object.fromEntries(Object.entries(dealt).map(([part, bytes]) => [part, toHex(bytes)]));
    expect(inHex).toEqual({ commitments, corrections, openings });
    vector.shares.forEach((expected, i) => {
      const held = streams.filter((_, q) => !vector.keystreams[q]!.without.includes(i + 1));
      expect(toHex(shares(engine, vector, i + 1, held, dealt.corrections)), `seat ${i + 1}`).toBe(expected);
    });
  });

  test.each(vectors.verify.map((vector) => [vector.about, vector] as const))('verify: %s', (_, vector) => {
    const found = verify(engine, vector, vector.seat, fromHex(vector.shares), fromHex(vector.commitments));
    expect(found).toEqual(vector.wrong);
  });

  test.each(vectors.reconstruct.map((vector) => [vector.about, vector] as const))('reconstruct: %s', (_, vector) => {
    const given = vector.given.map((entry) => ({ seat: entry.seat, shares: fromHex(entry.shares) }));
    const found = reconstruct(engine, vector, given, fromHex(vector.commitments));
    const inHex = (list: (Uint8Array | undefined)[]) => list.map((bytes) => (bytes ? toHex(bytes) : null));
    expect(inHex(found.messages)).toEqual(vector.messages);
    expect(inHex(found.openings)).toEqual(vector.openings);
    expect(found.wrong).toEqual(vector.wrong);
  });

  test.each(vectors.refusedMessages)('no dealing takes the message %s', (message) => {
    const bytes = fromHex(message);
    expect(() => dealShares(engine, { threshold: 2, seats: 3 }, bytes)).toThrow(EncodingError);
    expect(() => dealShares(engine, { threshold: 2, seats: 3 }, bytes)).toThrow('messages: element 0');
    expect(() => deal(engine, { threshold: 1, seats: 1 }, bytes, [new Uint8Array(96)])).toThrow('messages: element 0');
  });
});
