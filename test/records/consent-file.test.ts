// The consent file and the bytes of a query: they come back as they were written; every change of what is signed is noticed
// here; anything that is not a consent file is refused in words that quote nothing of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, type Hex, toHex } from '../../src/bytes.ts';
import { EncodingError } from '../../src/errors.ts';
import {
  type ConsentEdge,
  edgesHash,
  formatSignedConsent,
  parseSignedConsent,
  type SignedConsent,
} from '../../src/records/consent-file.ts';
import { decodeEdges, encodeEdges, encodeProofs } from '../../src/records/query-bytes.ts';
import { commitment, compressed, encode, join, points, randomSource } from '../engine/oracle.ts';
import { engine } from './receipts/receipt-sample.ts';

const { bytes, integer } = randomSource(17);

const edge = (sign: 1 | -1, series: number, position: number): ConsentEdge => ({
  sign,
  seriesId: Uint8Array.of(series, 1, 2, 3, 4, 5, 6, 7),
  position,
  recordId: integer(1e9),
  batch: integer(1000),
  salt: bytes(16),
  key: bytes(8),
  commitments: bytes(96),
  path: [bytes(32), bytes(32)],
});

function signed(edges = [edge(1, 1, 4), edge(-1, 1, 6), edge(1, 1, 9), edge(1, 200, 3)]): SignedConsent {
  const patient = bytes(20);
  return {
    chainId: 31337n,
    contract: toHex(bytes(20)),
    consent: {
      insurer: toHex(bytes(20)),
      ledgerId: toHex(bytes(32)),
      patient: toHex(patient),
      runsHash: toHex(edgesHash(patient, edges)),
      deadline: 1_800_000_000n,
      salt: toHex(bytes(32)),
    },
    edges,
    signature: toHex(bytes(65)),
  };
}

const example = signed();
const refused = (text: string): string | null => {
  try {
    parseSignedConsent(text);
  } catch (error) {
    if (error instanceof EncodingError) return error.message;
    throw error;
  }
  return null;
};
// biome-ignore lint/suspicious/noExplicitAny: any JSON
const changed = (change: (file: any) => void) => {
  const file = JSON.parse(formatSignedConsent(example));
  change(file);
  return JSON.stringify(file);
};

describe('a consent file', () => {
  it('comes back as it was written', () => {
    expect(parseSignedConsent(formatSignedConsent(example))).toEqual(example);
    const wallet = { ...signed([edge(1, 0, 1)]), signature: '0x' as Hex };
    expect(parseSignedConsent(formatSignedConsent(wallet))).toEqual(wallet);
  });

  it('refuses any JSON that is not one, and text that is none, without quoting it', () => {
    fc.assert(fc.property(fc.json(), (text) => refused(text) !== null));
    expect(refused('{"secret')).toBe('consent: not JSON');
    expect(refused('{"format":"mistore-consent/1"}')).toMatch(/protocol 1, which this version does not read/);
    expect(refused('{"format":"mistore-consent/3"}')).toBe('consent: format must be "mistore-consent/2"');
  });

  it.each(['recordId', 'position', 'seriesId', 'salt', 'key', 'commitments', 'sign'])(
    'notices an edge with another %s: it is signed',
    (field) => {
      const text = changed((file) => {
        const one = file.edges[3];
        one[field] =
          typeof one[field] === 'number'
            ? one[field] + 1
            : one[field].replace(/.$/, (c: string) => (c === '0' ? '1' : '0'));
      });
      expect(refused(text)).toMatch(/runsHash must be the hash of the edges|edges\[3\]|edge 3|without an end/);
    },
  );

  it('notices edges left out, added, exchanged, and another patient', () => {
    const hash = /runsHash must be the hash of the edges/;
    expect(refused(changed((file) => file.edges.pop()))).toMatch(hash);
    expect(refused(changed((file) => (file.consent.patient = toHex(bytes(20)))))).toMatch(hash);
    expect(refused(changed((file) => file.edges.reverse()))).toMatch(/edge 1/);
    expect(refused(changed((file) => file.edges.splice(2, 1)))).toMatch(/edge 2/);
    expect(refused(changed((file) => (file.edges = [])))).toMatch(/number of edges is 0/);
  });

  it.each<[string, unknown[]]>([
    ['insurer', ['', '0x', `0x${'00'.repeat(19)}`, 1, null, undefined]],
    ['ledgerId', ['7', `0x${'00'.repeat(31)}`, 7, null]],
    ['runsHash', [`0x${'00'.repeat(33)}`, null]],
    ['deadline', [1, '-1', '1.5', '1e3', `${2n ** 256n}`, null]],
    ['salt', ['', null]],
  ])('refuses a consent whose %s has another form, and says which field', (field, values) => {
    for (const value of values) {
      expect(refused(changed((file) => (file.consent[field] = value)))).toContain(field);
    }
  });

  it.each<[string, unknown[]]>([
    ['sign', [0, 2, '1', null]],
    ['recordId', [-1, 0.5, '1', 2 ** 53]],
    ['batch', [-1, '1']],
    ['position', [0.5, 2 ** 32, '1']],
    ['seriesId', [`0x${'00'.repeat(7)}`, 1]],
    ['salt', [`0x${'00'.repeat(17)}`]],
    ['key', [`0x${'00'.repeat(9)}`]],
    ['commitments', ['0x', `0x${'00'.repeat(33)}`, `0x${'00'.repeat(32 * 256)}`, 1]],
    ['path', ['x', [1], Array(65).fill(`0x${'00'.repeat(32)}`)]],
  ])('refuses an edge whose %s has another form, and says which', (field, values) => {
    for (const value of values) {
      expect(refused(changed((file) => (file.edges[1][field] = value))), JSON.stringify(value)).toContain(field);
    }
  });

  it('refuses edges whose commitments are of different numbers', () => {
    const text = changed((file) => (file.edges[0].commitments = `0x${'00'.repeat(64)}`));
    expect(refused(text)).toMatch(/commitments must be of one length/);
  });
});

describe('the edges of a query', () => {
  it('take 41 bytes each: sign ‖ batch ‖ recordId ‖ series id ‖ position ‖ salt', () => {
    const { edges } = example;
    const expected = join(
      ...edges.flatMap((one) => [
        Uint8Array.of(one.sign === 1 ? 1 : 0),
        encode([BigInt(one.batch)], 4),
        encode([BigInt(one.recordId)], 8),
        one.seriesId,
        encode([BigInt(one.position)], 4),
        one.salt,
      ]),
    );
    expect(toHex(encodeEdges(edges))).toBe(toHex(expected));
    expect(decodeEdges(expected)).toEqual(
      edges.map(({ sign, batch, recordId, seriesId, position, salt }) => ({
        sign,
        batch,
        recordId,
        seriesId,
        position,
        salt,
      })),
    );
  });

  it('are refused in part, and with another sign byte', () => {
    const whole = encodeEdges(example.edges);
    expect(() => decodeEdges(whole.subarray(1))).toThrow(/edges: are 163 bytes/);
    const wrong = whole.slice();
    wrong[41] = 2;
    expect(() => decodeEdges(wrong)).toThrow(/edge 1 has the sign byte 2/);
    expect(decodeEdges(new Uint8Array(0))).toEqual([]);
  });

  it('have proofs of key ‖ depth ‖ uncompressed commitments ‖ path', () => {
    const list = [commitment(1n, 2n), commitment(3n, 4n)];
    const one = { ...edge(1, 1, 1), commitments: compressed(list), path: [bytes(32), bytes(32), bytes(32)] };
    const expected = join(one.key, Uint8Array.of(3), points(list), ...one.path);
    expect(toHex(encodeProofs(engine, [one]))).toBe(toHex(expected));
    expect(fromHex(toHex(expected)).length).toBe(8 + 1 + 128 + 96);
  });
});
