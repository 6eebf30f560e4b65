// The consent file: it is read back as it was written; a change of any character that matters is noticed, here or by its
// signature; anything that is not a consent file is refused in words.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Hex, toHex } from '../../src/bytes.ts';
import { EncodingError } from '../../src/errors.ts';
import { recordsHash } from '../../src/query/consent.ts';
import {
  CONSENT_FORMAT,
  formatSignedConsent,
  parseSignedConsent,
  type SignedConsent,
} from '../../src/query/signed-consent.ts';

const hexOf = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(toHex);
const uint256 = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const signed = fc
  .record({
    insurer: hexOf(20),
    ledgerId: uint256,
    patient: hexOf(20),
    deadline: uint256,
    salt: hexOf(32),
    recordIds: fc.uniqueArray(fc.maxSafeNat(), { minLength: 1, maxLength: 20 }).map((ids) => ids.sort((a, b) => a - b)),
    signature: fc.uint8Array({ maxLength: 200 }).map(toHex),
  })
  .map(({ recordIds, signature, ...consent }): SignedConsent => {
    return { consent: { ...consent, recordsHash: toHex(recordsHash(recordIds)) }, recordIds, signature };
  });

const example: SignedConsent = {
  consent: {
    insurer: `0x${'1a'.repeat(20)}`,
    ledgerId: 7n,
    patient: `0x${'2b'.repeat(20)}`,
    recordsHash: toHex(recordsHash([0, 3, 8])),
    deadline: 1_800_000_000n,
    salt: `0x${'3c'.repeat(32)}`,
  },
  recordIds: [0, 3, 8],
  signature: `0x${'4d'.repeat(65)}`,
};

const refused = (text: string): string | null => {
  try {
    parseSignedConsent(text);
  } catch (error) {
    if (error instanceof EncodingError) return error.message;
    throw error;
  }
  return null;
};

describe('a consent file', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(signed, (given) => {
        expect(parseSignedConsent(formatSignedConsent(given))).toEqual(given);
      }),
    );
  });

  it('may have capital hex digits, as wallets write addresses', () => {
    const text = formatSignedConsent(example).replaceAll(/0x[0-9a-f]+/g, (hex) => `0x${hex.slice(2).toUpperCase()}`);
    expect(parseSignedConsent(text)).toEqual(example);
  });

  it('with any digit changed is refused, or says something else than before', () => {
    const text = formatSignedConsent(example);
    const before = JSON.stringify(parseSignedConsent(text), (_, v) => (typeof v === 'bigint' ? `${v}` : v));
    let tampered = 0;
    for (let at = 0; at < text.length; at++) {
      if (!/[0-9]/.test(text[at]!) || text.slice(at - 16, at).includes('consent/')) continue;
      const other = `${text.slice(0, at)}${(Number(text[at]) + 1) % 10}${text.slice(at + 1)}`;
      const message = refused(other);
      if (message === null) {
        const after = JSON.stringify(parseSignedConsent(other), (_, v) => (typeof v === 'bigint' ? `${v}` : v));
        expect(after, `character ${at}`).not.toBe(before);
      }
      tampered++;
    }
    expect(tampered).toBeGreaterThan(200);
  });

  it('about other records than the consent is refused', () => {
    for (const recordIds of [
      [0, 3],
      [0, 3, 9],
      [0, 3, 8, 9],
      [3, 8],
    ]) {
      expect(refused(formatSignedConsent({ ...example, recordIds }))).toBe(
        'consent: recordsHash must be the hash of the record ids',
      );
    }
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '1',
    '"x"',
    '{}',
    '{"format":"mistore-consent/2"}',
    `{"format":"${CONSENT_FORMAT}"}`,
  ])('refuses %j', (text) => {
    expect(refused(text)).toMatch(/^consent: (not JSON|format must be|recordIds must be)/);
  });

  it('refuses any JSON, with an EncodingError', () => {
    fc.assert(fc.property(fc.json(), (text) => refused(text) !== null));
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (consent, recordIds) => {
        return refused(JSON.stringify({ format: CONSENT_FORMAT, consent, recordIds, signature: '0x' })) !== null;
      }),
    );
  });

  const hex = (bytes: number) => `0x${'00'.repeat(bytes)}`;
  it.each([
    ['insurer', ['', hex(19), hex(21), 'x', 1, null, `0x${'g0'.repeat(20)}`, `0x${'0'.repeat(39)}`]],
    ['patient', ['', hex(19), hex(21), [hex(20)]]],
    ['recordsHash', ['', hex(31), hex(33), hex(32)]],
    ['salt', ['', hex(31), hex(33), 0]],
    ['ledgerId', ['', '-1', '1.5', '1e3', '0x1', ' 1', 1, null, `${2n ** 256n}`, '9'.repeat(78), '1'.repeat(79)]],
    ['deadline', ['', '-1', '1.5', 'tomorrow', 1, null, `${2n ** 256n}`]],
    ['recordIds', ['', {}, null, [], [1, 1], [3, 0, 8], ['0', '3', '8'], [0, 3, 8.5], [[0, 3, 8]]]],
    ['signature', ['', '0x0', 'x', 1, null, [`0x${'4d'.repeat(65)}`]]],
  ])('refuses %s of another form, and says which field', (field, values) => {
    for (const value of [...values, undefined]) {
      const file = JSON.parse(formatSignedConsent(example));
      (field in file ? file : file.consent)[field] = value;
      expect(refused(JSON.stringify(file)), JSON.stringify(value)).toMatch(
        field === 'recordIds' ? /record ?id/i : new RegExp(field),
      );
    }
  });

  it('with no consent in it is refused', () => {
    for (const consent of [undefined, null, 1, 'x', []]) {
      const file = { ...JSON.parse(formatSignedConsent(example)), consent };
      expect(refused(JSON.stringify(file))).toMatch(/insurer/);
    }
  });

  it('has a signature of any length: a contract wallet decides what it takes', () => {
    for (const signature of ['0x', `0x${'00'.repeat(1000)}`] as Hex[]) {
      expect(parseSignedConsent(formatSignedConsent({ ...example, signature })).signature).toBe(signature);
    }
  });
});
