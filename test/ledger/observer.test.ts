// The observer: who reads all logs before any query, and knows no key. Nothing in them tells two records of one patient from
// records of two, and a hospital that stores the same file in two ledgers shows the same bytes of none of its records. In which
// batch a record is, everyone sees: pairs are compared with pairs that are as much together as they. Seeds are fixed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, toHex, utf8 } from '../../src/bytes.ts';
import type { ContractEvent } from '../../src/contract/types.ts';
import { keccak256 } from '../../src/keccak.ts';
import { decodeRecords } from '../../src/records/record.ts';
import { sourceName } from '../../src/records/source.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { randomFrom } from '../support/endpoint/proxy.ts';
import { type Cast, openAnother, openCast, storedRows, storeRows } from '../support/parties.ts';
import { rowsOf, sampleCsv } from '../support/sample.ts';
import {
  bitsAccuracy,
  drawPairs,
  featuresOf,
  type PublicRecord,
  rankCorrelation,
  thresholdAccuracy,
} from './pair-statistics.ts';

const THRESHOLD = 3;
const PATIENTS = 100;
/** Standard deviations. Of 80 classifiers that guess, one is beyond 3 in a fifth of all runs, and beyond 4 in one of 200. */
const CHANCE = 4;
/** What a classifier that sees something reaches. */
const SEEN = 6;
const FILES = ['first.csv', 'second.csv'];
/** By file: each in the order of its patients, as exports are. */
const files = FILES.map((_, f) =>
  rowsOf(sampleCsv(1600, 'observer', PATIENTS))
    .filter((_, k) => k % FILES.length === f)
    .sort((a, b) => (a.patient < b.patient ? -1 : Number(a.patient > b.patient)))
    .map((row, k) => ({ ...row, row: k + 1 })),
);

let chain: TestChain;
let cast: Cast;
let batches: ContractEvent<'BatchAppended'>[];
/** With the truth, which the observer does not have. */
let records: (PublicRecord & { patient: string })[];
/** The same hospital's and the same patients' ledger with the same files. */
let other: Cast;
let otherBatches: ContractEvent<'BatchAppended'>[];

beforeAll(async () => {
  chain = await startChain();
  cast = await openCast(chain, 'observer', THRESHOLD, 5);
  batches = await stored(cast);
  const patients = (await storedRows(cast, files.flat())).map(({ patient }) => patient);
  records = batches.flatMap((batch) =>
    recordsOf(batch).map((record) => ({ ...record, patient: patients[batch.firstRecordId + record.place]! })),
  );
  other = await openAnother(cast);
  otherBatches = await stored(other);
});
afterAll(() => chain?.stop());

async function stored(ledger: Cast): Promise<ContractEvent<'BatchAppended'>[]> {
  for (const [f, rows] of files.entries()) await storeRows(ledger, rows, sourceName(FILES[f]!, new Uint8Array(32)));
  const appended: ContractEvent<'BatchAppended'>[] = [];
  const { ledgerId } = ledger;
  for await (const event of cast.hospitalSite.events.read('BatchAppended', { ledgerId })) appended.push(event);
  expect(appended.map(({ count }) => count)).toEqual([800, 800]);
  return appended;
}

function recordsOf({ index, records: wire }: ContractEvent<'BatchAppended'>): PublicRecord[] {
  const { count, tags, keys, commitments, corrections } = decodeRecords(THRESHOLD, wire);
  const cut = (column: Uint8Array, size: number, k: number) => column.slice(size * k, size * (k + 1));
  return Array.from({ length: count }, (_, place) => ({
    batch: index,
    place,
    fields: {
      tag: cut(tags, 20, place),
      key: cut(keys, 8, place),
      ...Object.fromEntries(
        Array.from({ length: THRESHOLD }, (_, j) => [`C_${j}`, cut(commitments, 32, THRESHOLD * place + j)]),
      ),
      correction: cut(corrections, 32, place),
    },
  }));
}

/** All strings of eight bytes in these bytes, at every offset. */
const eights = (bytes: Uint8Array): string[] => {
  const hex = toHex(bytes).slice(2);
  return Array.from({ length: bytes.length - 7 }, (_, i) => hex.slice(2 * i, 2 * i + 16));
};

/** How far from one half each classifier is on pairs that it has not seen, in standard deviations of guessing. */
function deviations(list: typeof records, together: boolean): Map<string, number> {
  const pairs = drawPairs(list, together, randomFrom(together ? 1 : 2));
  // Pairs of one patient and of two alternate, and so do the halves' pairs of two.
  const [learned, tried] = [0, 1].map((half) => pairs.filter((_, k) => (k >> 1) % 2 === half)) as [
    typeof pairs,
    typeof pairs,
  ];
  expect(tried.length).toBeGreaterThan(250);
  const deviation = 0.5 / Math.sqrt(tried.length);
  const found = new Map([['all bits', (bitsAccuracy(learned, tried) - 0.5) / deviation]]);
  for (const [name, feature] of Object.entries(featuresOf(list[0]!))) {
    found.set(name, (thresholdAccuracy(feature, learned, tried) - 0.5) / deviation);
  }
  return found;
}

describe('the observer', () => {
  it('sees every tag, key, commitment and correction once, and no eight bytes twice', () => {
    const fields = records.flatMap((record) => Object.values(record.fields));
    expect(new Set(fields.map(toHex)).size).toBe(fields.length);
    const strings = fields.flatMap(eights);
    expect(new Set(strings).size).toBe(strings.length);
  });

  it.each([
    ['of one batch', true],
    ['of two batches', false],
  ])('cannot tell pairs of one patient from pairs of two, %s', (_, together) => {
    const found = deviations(records, together);
    for (const [name, deviation] of found) {
      expect(Math.abs(deviation), `${name}: ${deviation.toFixed(2)} standard deviations`).toBeLessThan(CHANCE);
    }
    const squares = [...found.values()].reduce((sum, deviation) => sum + deviation ** 2, 0);
    expect(squares / found.size).toBeLessThan(2);
  });

  it('finds the order of the tags in a batch, and nothing of the order of its file', () => {
    for (const [f, { records: wire, firstRecordId }] of batches.entries()) {
      const { tags } = decodeRecords(THRESHOLD, wire);
      const list = Array.from({ length: 800 }, (_, k) => toHex(tags.subarray(20 * k, 20 * k + 20)));
      expect(list).toEqual(list.toSorted());
      // Where in the file the patient stands, in whose order it is.
      const places = records
        .slice(firstRecordId, firstRecordId + 800)
        .map(({ patient }, k) => files[f]!.findIndex((row) => row.patient === patient) + k / 1e6);
      const correlation = rankCorrelation(
        places.map((_, k) => k),
        places,
      );
      expect(Math.abs(correlation)).toBeLessThan(3 / Math.sqrt(799));
    }
  });

  it('finds no patient, account or id of a row in any log', async () => {
    const accounts = cast.hospital.accounts();
    const logs = await chain.rpc.call<{ data: string; topics: string[] }[]>('eth_getLogs', [
      { address: toHex(chain.address), fromBlock: '0x0', toBlock: 'latest' },
    ]);
    expect(logs.length).toBeGreaterThan(20);
    const all = logs.map(({ data, topics }) => `${topics.join('')}${data}`.toLowerCase()).join('');
    const hidden = files.flat().flatMap((row): Uint8Array[] => [utf8(row.patient), utf8(row.id!)]);
    const known = [...new Set(files.flat().map(({ patient }) => patient))].map((id) => accounts.accounts(id)[0]!);
    for (const bytes of [...hidden, ...known]) expect(all.includes(toHex(bytes).slice(2))).toBe(false);
  });
});

describe('these statistics would see', () => {
  const worst = (list: typeof records, together = true) =>
    Math.max(...[...deviations(list, together).values()].map(Math.abs));
  const changed = (change: (record: (typeof records)[number]) => Record<string, Uint8Array>) =>
    records.map((record) => ({ ...record, fields: { ...record.fields, ...change(record) } }));
  const hashOf = (...texts: string[]) => keccak256(utf8(texts.join('/')));

  it('records in the order of their file', () => {
    const ordered = batches.flatMap(({ index }) => {
      const own = records.filter(({ batch }) => batch === index);
      const inFile = own.toSorted((a, b) => (a.patient < b.patient ? -1 : Number(a.patient > b.patient)));
      return inFile.map((record, place) => ({ ...record, place }));
    });
    expect(worst(ordered)).toBeGreaterThan(SEEN);
  });

  it.each<[string, (record: (typeof records)[number]) => Record<string, Uint8Array>]>([
    [
      'tags that begin with a byte of the account',
      ({ patient, fields }) => {
        return { tag: concat(hashOf(patient).slice(0, 1), fields.tag!.slice(1)) };
      },
    ],
    ['keys that are one patient’s', ({ patient }) => ({ key: hashOf(patient).slice(0, 8) })],
    [
      'a bit of eight bytes of the key',
      ({ patient, fields }) => {
        return { key: fields.key!.map((byte, i) => (byte & 0xfe) | (hashOf(patient)[i]! & 1)) };
      },
    ],
    [
      'corrections that share a keystream',
      ({ patient, fields }) => {
        return { correction: concat(hashOf(patient).slice(0, 20), fields.correction!.slice(20)) };
      },
    ],
  ])('%s', (_, change) => {
    for (const together of [true, false]) expect(worst(changed(change), together)).toBeGreaterThan(SEEN);
  });
});

describe('the same file of the same hospital in two ledgers', () => {
  it('shares no eight bytes of tags, keys, commitments, corrections, nonces', () => {
    const shown = (list: typeof batches) =>
      new Set(
        list.flatMap((batch) => [
          ...eights(batch.nonce),
          ...recordsOf(batch).flatMap(({ fields }) => Object.values(fields).flatMap(eights)),
        ]),
      );
    const first = shown(batches);
    expect([...shown(otherBatches)].filter((eight) => first.has(eight))).toEqual([]);
  });

  it('shows the same source and counts, which is all that it shares', () => {
    const alike = Object.keys(batches[0]!).filter((name) => {
      return batches.every(
        (batch, f) => JSON.stringify(inHex(batch, name)) === JSON.stringify(inHex(otherBatches[f]!, name)),
      );
    });
    expect(alike.filter((name) => name !== 'event' && name !== 'logIndex').sort()).toEqual([
      'count',
      'epoch',
      'firstRecordId',
      'index',
      'source',
    ]);
  });

  it('has keys of its own', async () => {
    const dealt = async ({ ledgerId }: Cast) => {
      const told = new Set<string>();
      for await (const { ciphertext } of cast.hospitalSite.events.read('KeysDealt', { ledgerId })) {
        for (const eight of eights(ciphertext)) told.add(eight);
      }
      return told;
    };
    const [one, two] = [await dealt(cast), await dealt(other)];
    expect(one.size).toBeGreaterThan(1000);
    expect([...two].filter((eight) => one.has(eight))).toEqual([]);
  });
});

function inHex(event: object, name: string): unknown {
  const value = (event as Record<string, unknown>)[name];
  return value instanceof Uint8Array ? toHex(value) : value;
}
