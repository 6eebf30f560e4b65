// A batch: how many records fit under the nodes' limit, its nonce against node:crypto, every input of which changes it, and
// the leaves under its root.
import { createHash, createHmac } from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { batchCapacity, batchLeaves, batchNonce, contentsHash, MAX_RECORDS_BYTES } from '../../src/records/batch.ts';
import { recordBytes } from '../../src/records/record.ts';
import { engines } from '../engine/engines.ts';
import { encode, join, randomSource } from '../engine/oracle.ts';

const [engine] = engines as [Engine];
const { bytes } = randomSource(11);
const flips = (value: Uint8Array) => Array.from(value, (_, at) => value.map((byte, i) => (i === at ? byte ^ 1 : byte)));

describe('a batch', () => {
  it('stays under 128 KiB of transaction, and holds at least one record at any threshold', () => {
    for (let threshold = 1; threshold <= 255; threshold++) {
      const capacity = batchCapacity(threshold);
      expect(capacity).toBeGreaterThan(0);
      expect(capacity * recordBytes(threshold)).toBeLessThanOrEqual(MAX_RECORDS_BYTES);
      expect((capacity + 1) * recordBytes(threshold)).toBeGreaterThan(MAX_RECORDS_BYTES);
    }
    // Selector, 6 head words, length word and padding, and 200 bytes of envelope.
    expect(MAX_RECORDS_BYTES + 4 + 32 * 8 + 200).toBeLessThan(128 * 1024);
    expect([2, 3, 5, 7].map(batchCapacity)).toEqual([1052, 836, 593, 459]);
  });
});

describe('the nonce', () => {
  const key = bytes(32);
  const deployment = { chainId: 1n, contract: bytes(20) };
  const place = { index: 4, epoch: 2, committeeHash: bytes(32), previousNonce: bytes(16) };
  const contents = { source: bytes(32), tags: bytes(40), keys: bytes(16), messages: bytes(64) };

  it('is HMAC-SHA256 over deployment, place and contents, cut to 16 bytes', () => {
    const text = join(
      Buffer.from('MIStore/v2/nonce'),
      encode([deployment.chainId]),
      deployment.contract,
      place.committeeHash,
      encode([2n], 8),
      encode([4n], 8),
      place.previousNonce,
      contents.source,
      encode([2n], 8),
      contents.tags,
      contents.keys,
      contents.messages,
    );
    const expected = createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
    expect(toHex(batchNonce(key, deployment, place, contents))).toBe(`0x${expected}`);
  });

  it('changes with every input, and with every byte of it', () => {
    const nonces = [
      batchNonce(key, deployment, place, contents),
      ...flips(key).map((other) => batchNonce(other, deployment, place, contents)),
      batchNonce(key, { ...deployment, chainId: 2n }, place, contents),
      ...flips(deployment.contract).map((contract) => batchNonce(key, { ...deployment, contract }, place, contents)),
      batchNonce(key, deployment, { ...place, index: 5 }, contents),
      batchNonce(key, deployment, { ...place, epoch: 3 }, contents),
      ...(['committeeHash', 'previousNonce'] as const).flatMap((name) =>
        flips(place[name]).map((other) => batchNonce(key, deployment, { ...place, [name]: other }, contents)),
      ),
      ...(['source', 'tags', 'keys', 'messages'] as const).flatMap((name) =>
        flips(contents[name]).map((other) => batchNonce(key, deployment, place, { ...contents, [name]: other })),
      ),
      batchNonce(key, deployment, place, {
        ...contents,
        tags: contents.tags.slice(20),
        keys: contents.keys.slice(8),
        messages: contents.messages.slice(32),
      }),
    ];
    expect(new Set(nonces.map(toHex)).size).toBe(nonces.length);
    expect(nonces.every(({ length }) => length === 16)).toBe(true);
  });

  it('needs parts of their lengths', () => {
    const nonce = (overrides: object) => () =>
      batchNonce(key, deployment, { ...place, ...overrides }, { ...contents, ...overrides });
    expect(nonce({ committeeHash: bytes(31) })).toThrow(/committee hash is 31 bytes/);
    expect(nonce({ previousNonce: bytes(32) })).toThrow(/previous nonce is 32 bytes/);
    expect(nonce({ source: bytes(24) })).toThrow(/source is 24 bytes/);
  });
});

describe('the contents hash', () => {
  it('is SHA-256(tags ‖ keys)', () => {
    const [tags, keys] = [bytes(60), bytes(24)];
    expect(toHex(contentsHash(tags, keys))).toBe(`0x${createHash('sha256').update(join(tags, keys)).digest('hex')}`);
  });
});

describe('the leaves', () => {
  const records = bytes(3 * 156);
  const batch = { index: 5, epoch: 2, firstRecordId: 1000, nonce: bytes(16), source: bytes(32), records };
  const split = (leaves: Uint8Array) =>
    Array.from({ length: leaves.length / 32 }, (_, k) => toHex(leaves.subarray(32 * k, 32 * k + 32)));

  it('are one for each record, and one for what else a server needs', () => {
    const row = (k: number) => records.slice(156 * k, 156 * (k + 1));
    const expected = [
      ...[0, 1, 2].map((k) => keccak_256(join(encode([BigInt(1000 + k)], 8), row(k).slice(0, 124)))),
      keccak_256(
        join(encode([5n], 8), encode([2n], 8), batch.nonce, batch.source, ...[0, 1, 2].map((k) => row(k).slice(124))),
      ),
    ];
    expect(split(batchLeaves(engine, 3, batch))).toEqual(expected.map(toHex));
  });

  it('change with every byte of the batch', () => {
    const mine = split(batchLeaves(engine, 3, batch)).join();
    for (const name of ['nonce', 'source', 'records'] as const) {
      for (const other of flips(batch[name])) {
        expect(split(batchLeaves(engine, 3, { ...batch, [name]: other })).join(), name).not.toBe(mine);
      }
    }
    for (const other of [{ index: 6 }, { epoch: 3 }, { firstRecordId: 1001 }]) {
      expect(split(batchLeaves(engine, 3, { ...batch, ...other })).join()).not.toBe(mine);
    }
  });
});
