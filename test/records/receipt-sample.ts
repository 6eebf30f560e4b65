// A batch of one patient's records as a hospital deals it, and the receipts that it gives to the patient.
import { toHex } from '../../src/bytes.ts';
import { createEngine } from '../../src/engine/load.ts';
import { formatAmount, MAX_AMOUNT } from '../../src/records/amounts.ts';
import { encodeLanes } from '../../src/records/lanes.ts';
import { BatchTree } from '../../src/records/merkle.ts';
import { RECEIPTS_FORMAT, type Receipts, type StoredBatch } from '../../src/records/receipt.ts';
import { encodeRecords, leaves } from '../../src/records/record.ts';
import { commitmentBytes, deal } from '../../src/vss/dealing.ts';
import { pads } from '../../src/vss/pads.ts';
import { join, randomSource } from '../engine/oracle.ts';

export const engine = await createEngine();
export const COUNT = 6;
export const FIRST = 1000;
const committee = { threshold: 3, seats: 5 };
const { bytes } = randomSource(31);
const tag = bytes(20);

/** A batch of one patient's records, and their receipts. */
export function batchOf(scale = 2, batch = 4, step = 123_45n): { receipts: Receipts; stored: StoredBatch } {
  const amounts = Array.from({ length: COUNT }, (_, k) => [step * BigInt(k), k === 2 ? MAX_AMOUNT : -1n - BigInt(k)]);
  const keys = bytes(8 * COUNT);
  const position = { ledgerId: 1n, index: batch, nonce: bytes(16) };
  const keystreams = Array.from({ length: committee.seats }, (_, s) => pads(bytes(32), position, s + 1, COUNT));
  const { commitments, corrections, openings } = deal(engine, committee, join(...amounts.map(encodeLanes)), keystreams);
  const tags = join(...amounts.map(() => tag));
  const records = encodeRecords(committee, { count: COUNT, tags, keys, commitments, corrections });
  const tree = new BatchTree(engine, leaves(engine, committee, records, FIRST));
  const size = commitmentBytes(committee);
  const receipts: Receipts = {
    format: RECEIPTS_FORMAT,
    chainId: '31337',
    contract: toHex(bytes(20)),
    ledgerId: '1',
    patient: toHex(tag),
    lanes: ['TOTAL', 'COVERED'],
    scale,
    currency: 'USD',
    records: amounts.map((lanes, k) => ({
      recordId: FIRST + k,
      batch,
      key: toHex(keys.subarray(8 * k, 8 * k + 8)),
      amounts: lanes.map((amount) => formatAmount(amount, scale)),
      blinding: toHex(openings.subarray(32 * k, 32 * k + 32)),
      commitments: [0, 1, 2].map((j) => toHex(commitments.subarray(size * k + 32 * j, size * k + 32 * j + 32))),
      proof: tree.proof(k).map(toHex),
      metadata: { date: '2024-02-29', DESCRIPTION: 'Visit "7", häufig' },
    })),
  };
  return { receipts, stored: { root: tree.root, firstRecordId: FIRST, count: COUNT } };
}
