// Series: ids, salts and tags against node:crypto's HMAC and noble's keccak, byte for byte; every input changes them.
import { createHmac } from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../src/bytes.ts';
import { saltOf, seriesId, tagOf, viewingKey } from '../../src/records/series.ts';
import { randomSource } from '../engine/oracle.ts';

const { bytes } = randomSource(11);
const dealingKey = bytes(32);
const place = { ledgerId: bytes(32), account: bytes(20), category: 'inpatient' };
const mac = (key: Uint8Array, ...parts: Uint8Array[]) =>
  Uint8Array.from(createHmac('sha256', key).update(Buffer.concat(parts)).digest());
const flip = (value: Uint8Array) => value.map((byte, i) => (i === value.length - 1 ? byte ^ 1 : byte));
const key = viewingKey(dealingKey, 'Zoë 7');
const id = seriesId(key, place);
const salt = saltOf(key, place.ledgerId, id, 258);

describe('derivations', () => {
  it('viewing key, series id, salt and tag are as the protocol says', () => {
    expect(toHex(key)).toBe(toHex(mac(dealingKey, utf8('MIStore/v2/view'), utf8('Zoë 7'))));
    const expectedId = mac(key, utf8('MIStore/v2/series'), place.ledgerId, place.account, utf8('inpatient')).slice(
      0,
      8,
    );
    expect(toHex(id)).toBe(toHex(expectedId));
    const position = Uint8Array.of(0, 0, 1, 2);
    expect(toHex(salt)).toBe(toHex(mac(key, utf8('MIStore/v2/salt'), place.ledgerId, id, position).slice(0, 16)));
    const tag = keccak_256(Buffer.concat([place.account, id, position, salt])).slice(0, 20);
    expect(toHex(tagOf(place.account, id, 258, salt))).toBe(toHex(tag));
  });

  it('change with each of their inputs', () => {
    const ids = [
      id,
      seriesId(flip(key), place),
      seriesId(key, { ...place, ledgerId: flip(place.ledgerId) }),
      seriesId(key, { ...place, account: flip(place.account) }),
      seriesId(key, { ...place, category: '' }),
    ];
    expect(new Set(ids.map(toHex)).size).toBe(ids.length);
    const salts = [
      salt,
      saltOf(flip(key), place.ledgerId, id, 258),
      saltOf(key, flip(place.ledgerId), id, 258),
      saltOf(key, place.ledgerId, flip(id), 258),
      saltOf(key, place.ledgerId, id, 259),
    ];
    expect(new Set(salts.map(toHex)).size).toBe(salts.length);
    const tags = [
      tagOf(place.account, id, 258, salt),
      tagOf(flip(place.account), id, 258, salt),
      tagOf(place.account, flip(id), 258, salt),
      tagOf(place.account, id, 259, salt),
      tagOf(place.account, id, 258, flip(salt)),
    ];
    expect(new Set(tags.map(toHex)).size).toBe(tags.length);
    expect(viewingKey(dealingKey, 'Zoë 8')).not.toEqual(key);
  });
});

describe('refused', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['no patient', () => viewingKey(dealingKey, ''), /patient is ""/],
    [
      'a short dealing key, which is not shown',
      () => viewingKey(new Uint8Array(31), 'a'),
      /dealing key is "\(not shown\)"/,
    ],
    ['a ledger number in place of its id', () => seriesId(key, { ...place, ledgerId: new Uint8Array(8) }), /ledger id/],
    ['a short account', () => seriesId(key, { ...place, account: new Uint8Array(19) }), /account is "19 bytes"/],
    ['position 0', () => saltOf(key, place.ledgerId, id, 0), /position is 0/],
    ['a position beyond uint32', () => tagOf(place.account, id, 2 ** 32, salt), /position is 4294967296/],
    ['a short salt', () => tagOf(place.account, id, 1, new Uint8Array(15)), /salt is "15 bytes"/],
    ['a short series id', () => tagOf(place.account, new Uint8Array(7), 1, salt), /series id/],
  ])('%s', (_, use, message) => {
    expect(use).toThrow(message);
  });
});
