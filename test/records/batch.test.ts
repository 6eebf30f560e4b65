// A batch: how many records fit under the nodes' limit, and its nonce against node:crypto; every input of the nonce changes it.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { batchCapacity, batchNonce, MAX_RECORDS_BYTES, type NonceInput } from '../../src/records/batch.ts';
import { recordBytes } from '../../src/records/record.ts';
import type { Committee } from '../../src/vss/dealing.ts';
import { encode, join, randomSource } from '../engine/oracle.ts';

const { bytes } = randomSource(11);

const committees = fc
  .tuple(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 1, max: 255 }))
  .map(([a, b]): Committee => ({ threshold: Math.min(a, b), seats: Math.max(a, b) }));

describe('a batch', () => {
  const committee = { threshold: 3, seats: 5 };

  it('stays under 128 KiB of transaction, and holds at least one record at any committee', () => {
    fc.assert(
      fc.property(committees, (any) => {
        const capacity = batchCapacity(any);
        expect(capacity).toBeGreaterThan(0);
        expect(capacity * recordBytes(any)).toBeLessThanOrEqual(MAX_RECORDS_BYTES);
        expect((capacity + 1) * recordBytes(any)).toBeGreaterThan(MAX_RECORDS_BYTES);
      }),
    );
    // Selector, 5 head words, length word and padding, and 200 bytes of envelope.
    expect(MAX_RECORDS_BYTES + 4 + 32 * 7 + 200).toBeLessThan(128 * 1024);
    expect(batchCapacity(committee)).toBe(459);
  });
});

describe('the nonce', () => {
  const key = bytes(32);
  const deployment = { chainId: 1n, contract: bytes(20) };
  const contents: NonceInput = {
    ledgerId: 3n,
    threshold: 2,
    servers: [bytes(20), bytes(20), bytes(20)],
    index: 4,
    source: bytes(32),
    tags: bytes(40),
    keys: bytes(16),
    messages: bytes(64),
  };

  it('is HMAC-SHA256 over deployment, place, committee and contents, cut to 16 bytes', () => {
    const text = join(
      Buffer.from('MIStore/v1/nonce'),
      encode([deployment.chainId]),
      deployment.contract,
      encode([contents.ledgerId]),
      encode([4n], 8),
      Uint8Array.of(2, 3),
      ...contents.servers,
      contents.source,
      encode([2n], 8),
      contents.tags,
      contents.keys,
      contents.messages,
    );
    const expected = createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
    expect(toHex(batchNonce(key, deployment, contents))).toBe(`0x${expected}`);
  });

  it('changes with every input, and with every byte of it', () => {
    const flips = (value: Uint8Array) =>
      Array.from(value, (_, at) => value.map((byte, i) => (i === at ? byte ^ 1 : byte)));
    const nonces = [
      batchNonce(key, deployment, contents),
      ...flips(key).map((other) => batchNonce(other, deployment, contents)),
      batchNonce(key, { ...deployment, chainId: 2n }, contents),
      ...flips(deployment.contract).map((contract) => batchNonce(key, { ...deployment, contract }, contents)),
      batchNonce(key, deployment, { ...contents, ledgerId: 4n }),
      batchNonce(key, deployment, { ...contents, index: 5 }),
      batchNonce(key, deployment, { ...contents, threshold: 3 }),
      batchNonce(key, deployment, { ...contents, servers: contents.servers.slice(1) }),
      batchNonce(key, deployment, { ...contents, servers: contents.servers.toReversed() }),
      ...contents.servers.flatMap((server, s) =>
        flips(server).map((other) =>
          batchNonce(key, deployment, { ...contents, servers: contents.servers.with(s, other) }),
        ),
      ),
      ...(['source', 'tags', 'keys', 'messages'] as const).flatMap((name) =>
        flips(contents[name]).map((other) => batchNonce(key, deployment, { ...contents, [name]: other })),
      ),
      // Records swapped, and the last one gone.
      batchNonce(key, deployment, {
        ...contents,
        messages: join(contents.messages.slice(32), contents.messages.slice(0, 32)),
      }),
      batchNonce(key, deployment, {
        ...contents,
        tags: contents.tags.slice(20),
        keys: contents.keys.slice(8),
        messages: contents.messages.slice(32),
      }),
    ];
    expect(new Set(nonces.map(toHex)).size).toBe(nonces.length);
    expect(nonces.every(({ length }) => length === 16)).toBe(true);
  });

  it('binds the number of records: the same bytes cut into other fields give another nonce', () => {
    // One record of 20 + 8 + 32 bytes against contents whose concatenation is the same: the count tells them apart.
    const all = join(contents.tags.slice(0, 20), contents.keys.slice(0, 8), contents.messages.slice(0, 32));
    const one = { ...contents, tags: all.slice(0, 20), keys: all.slice(20, 28), messages: all.slice(28) };
    const other = { ...contents, tags: all.slice(0, 40), keys: all.slice(40, 56), messages: all.slice(56) };
    expect(batchNonce(key, deployment, other)).not.toEqual(batchNonce(key, deployment, one));
  });

  it('is the same again', () => {
    expect(batchNonce(key, deployment, contents)).toEqual(batchNonce(key, deployment, structuredClone(contents)));
  });
});
