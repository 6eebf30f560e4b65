// HMAC of short messages against node:crypto's, over random keys and parts, longer than its buffer too.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyedHash } from '../../src/identity/keyed-hash.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test('is HMAC-SHA256 of label and parts, whatever was hashed before', () => {
  const mac = new KeyedHash();
  const message = fc.tuple(
    bytes(32),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.uint8Array({ maxLength: 900 }),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.maxSafeNat(),
    fc.integer({ min: 1, max: 32 }),
  );
  fc.assert(
    fc.property(message, ([key, text, data, small, large, length]) => {
      const numbers = Buffer.alloc(12);
      numbers.writeUInt32BE(small);
      numbers.writeBigUInt64BE(BigInt(large), 4);
      const expected = createHmac('sha256', key).update(`label${text}`).update(data).update(numbers).digest();
      const digest = mac.key(key).start('label').text(text).bytes(data).uint32(small).uint64(large).digest(length);
      expect(Buffer.from(digest)).toEqual(expected.subarray(0, length));
    }),
  );
});

test('a key of another length is refused and not shown', () => {
  expect(() => new KeyedHash().key(new Uint8Array(31))).toThrow(/key is "\(not shown\)"; it must be 32 bytes/);
});
