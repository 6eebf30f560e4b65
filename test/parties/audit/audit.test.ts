// Audits of right ledgers, from the chain and from archives, and of ledgers into which their hospital has put what the
// contract accepts and must not be there. Each is found with its batch and record.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bn254 } from '@noble/curves/bn254.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportArchive } from '../../../src/archive/export.ts';
import { concat, fromBigInt, toBigInt, toHex } from '../../../src/bytes.ts';
import { createEngine } from '../../../src/engine/load.ts';
import { openSite } from '../../../src/ledger/open-site.ts';
import type { Site } from '../../../src/ledger/site.ts';
import { audit, MAX_FAULTS } from '../../../src/parties/audit.ts';
import { encodeSource } from '../../../src/records/source.ts';
import { startChain, type TestChain } from '../../support/chain.ts';
import { drawBytes, makeBatch, openLedger, type TestLedger } from '../../support/ledger.ts';
import { COMMITMENT, CORRECTION, fillLedger, SIZE } from './audited-ledger.ts';

const r = bn254.G1.Point.Fn.ORDER;
const p = bn254.G1.Point.Fp.ORDER;

let chain: TestChain;
let folder: string;
let site: Site;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-audit-'));
  chain = await startChain();
  site = await openSite({ rpc: chain.node.url, contract: chain.address, engine: await createEngine() });
});
afterAll(async () => {
  await chain?.stop();
  await rm(folder, { recursive: true });
});

/** An archive of the ledger, and the site that reads from it. */
async function archived(ledger: TestLedger): Promise<Site> {
  const archive = join(folder, toHex(ledger.ledgerId));
  await exportArchive({ contract: ledger.hospital, ledgerId: ledger.ledgerId, file: archive });
  return openSite({ rpc: chain.node.url, contract: chain.address, engine: site.engine, archive });
}

/** The least x from `from` on that is on no point of the curve, or that is on one. */
function abscissa(from: bigint, on: boolean): bigint {
  for (let x = from; ; x++) {
    const square = bn254.G1.Point.Fp.create(x ** 3n + 3n);
    const root = square ** 0n === 1n && bn254.fields.Fp.pow(square, (p - 1n) / 2n);
    if ((root === 1n) === on) return x;
  }
}

describe('an audit of a right ledger', () => {
  it('counts it, the same from chain and archive', async () => {
    const ledger = await fillLedger(chain, 'right', [3, 1, 4]);
    const progress: [number, number][] = [];
    const found = await audit(site, ledger.ledgerId, {
      onProgress: ({ records, total }) => progress.push([records, total]),
    });
    expect(found).toEqual({
      ledgerId: ledger.ledgerId,
      batches: 3,
      records: 8,
      bytes: 8 * SIZE,
      sources: 1,
      faults: [],
    });
    expect(progress).toEqual([
      [3, 8],
      [4, 8],
      [8, 8],
    ]);
    expect(await audit(await archived(ledger), ledger.ledgerId)).toEqual(found);
  });

  it('without records, or with the point at infinity and scalars at their ends, finds no fault', async () => {
    const empty = await openLedger(chain, 'empty', { threshold: 1, seats: 1 });
    expect(await audit(site, empty.ledgerId)).toMatchObject({
      batches: 0,
      records: 0,
      bytes: 0,
      sources: 0,
      faults: [],
    });
    const ends = await fillLedger(chain, 'ends', [2], (records) => {
      records.fill(0, COMMITMENT(0, 0), COMMITMENT(0, 1)); // infinity
      records.set(fromBigInt(r - 1n, 32), CORRECTION(0));
      records.set(fromBigInt(0n, 32), CORRECTION(1));
    });
    expect((await audit(site, ends.ledgerId)).faults).toEqual([]);
  });

  it('says that there is no such ledger', async () => {
    await expect(audit(site, new Uint8Array(32).fill(9))).rejects.toMatchObject({ code: 'UNKNOWN_LEDGER' });
  });
});

describe('what a hospital can put on chain and must not', () => {
  it('is named: a commitment on no point of the curve', async () => {
    const off = fromBigInt(abscissa(12345n, false), 32);
    const ledger = await fillLedger(chain, 'off the curve', [3, 2, 3], (records, index) => {
      if (index === 1) records.set(off, COMMITMENT(1, 0));
      if (index === 2)
        for (const [k, j] of [
          [0, 1],
          [2, 0],
          [2, 1],
        ] as const)
          records.set(off, COMMITMENT(k, j));
    });
    const faults = [
      { batch: 1, recordId: 4, what: 'commitment 0 is not a point of the curve' },
      { batch: 2, recordId: 5, what: 'commitment 1 is not a point of the curve' },
      { batch: 2, recordId: 7, what: 'commitment 0 is not a point of the curve' },
      { batch: 2, recordId: 7, what: 'commitment 1 is not a point of the curve' },
    ];
    expect((await audit(site, ledger.ledgerId)).faults).toEqual(faults);
    expect((await audit(await archived(ledger), ledger.ledgerId)).faults).toEqual(faults);
  });

  it('is named: source rows that go back, or are fewer than the records', async () => {
    const [one, two] = [drawBytes('one', 24), drawBytes('two', 24)];
    const rows: [Uint8Array, number][] = [
      [one, 3],
      [two, 2],
      [one, 6],
      [two, 3],
      [one, 4],
      [one, 7],
      [two, 2 ** 40],
    ];
    const ledger = await fillLedger(chain, 'rows', [3, 2, 3, 2, 1, 3, 2], undefined, (index) =>
      encodeSource(...rows[index]!),
    );
    expect(await audit(site, ledger.ledgerId)).toMatchObject({
      sources: 2,
      faults: [
        {
          batch: 3,
          recordId: null,
          what: 'its 2 records end at row 3 of a source whose previous batch ended at row 2',
        },
        {
          batch: 4,
          recordId: null,
          what: 'its 1 records end at row 4 of a source whose previous batch ended at row 6',
        },
      ],
    });
  });

  it('is not listed without end', async () => {
    const off = fromBigInt(abscissa(12345n, false), 32);
    const ledger = await fillLedger(chain, 'all wrong', [60, 30], (records) => {
      for (let k = 0; k < records.length / SIZE; k++) for (const j of [0, 1]) records.set(off, COMMITMENT(k, j));
    });
    const { faults, batches, records } = await audit(site, ledger.ledgerId);
    expect(faults.length).toBe(MAX_FAULTS);
    expect(faults.at(-1)).toMatchObject({
      batch: 0,
      recordId: 49,
      what: 'commitment 1 is not a point of the curve',
    });
    expect({ batches, records }).toEqual({ batches: 0, records: 0 });
  });

  it('is found wherever it stands: any word of a batch, against plain arithmetic', async () => {
    const words = fc.array(
      fc.record({
        k: fc.nat(5),
        place: fc.nat(2),
        word: fc.oneof(fc.bigInt(0n, 2n ** 256n - 1n), fc.bigInt(r - 2n, r + 2n)),
      }),
      { minLength: 1, maxLength: 5 },
    );
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(words, async (changes) => {
        // The contract refuses coordinates of p or more, and corrections of r or more; so they are drawn below.
        const ledger = await fillLedger(chain, `any ${runs++}`, [6], (records) => {
          for (const { k, place, word } of changes) {
            const commitment = (word % p) | ((word >> 255n) << 255n);
            if (place < 2) records.set(fromBigInt(commitment, 32), COMMITMENT(k, place));
            else records.set(fromBigInt(word % r, 32), CORRECTION(k));
          }
        });
        const [{ records }] = (await read(site.events.readBatches(ledger.ledgerId))) as unknown as [
          { records: Uint8Array },
        ];
        const expected: string[] = [];
        for (let k = 0; k < 6; k++) {
          for (let j = 0; j < 2; j++) {
            const word = toBigInt(records.subarray(COMMITMENT(k, j), COMMITMENT(k, j) + 32));
            const x = word & ((1n << 255n) - 1n);
            const onCurve = x === 0n ? word === 0n : x < p && abscissa(x, true) === x;
            if (!onCurve) expected.push(`${k} commitment ${j} is not a point of the curve`);
          }
        }
        const { faults } = await audit(site, ledger.ledgerId);
        expect(faults.map(({ recordId, what }) => `${recordId} ${what}`).sort()).toEqual(expected.sort());
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});

async function read<T>(events: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const event of events) list.push(event);
  return list;
}

it('the sizes that these tests reckon with are those of the wire', async () => {
  const ledger = await openLedger(chain, 'sizes', { threshold: 2, seats: 4 });
  const { call, commitments, keys, records } = makeBatch(ledger, 0, 0, ['Ann', 'Bob']);
  expect(call.records.length).toBe(2 * SIZE);
  const second = call.records.subarray(SIZE);
  expect(second.subarray(0, 92)).toEqual(concat(records[1]!.tag, keys.subarray(8), commitments.subarray(64)));
});
