// A batch of one patient's records in two categories as a hospital deals it, and the receipts that it gives to the patient.
import { toHex } from '../../../src/bytes.ts';
import { createEngine } from '../../../src/engine/load.ts';
import { formatAmount, MAX_AMOUNT } from '../../../src/records/amounts.ts';
import { batchLeaves, contentsHash } from '../../../src/records/batch.ts';
import { encodeLanes } from '../../../src/records/lanes.ts';
import { BatchTree } from '../../../src/records/merkle.ts';
import type { Receipt, Receipts, StoredRoot } from '../../../src/records/receipts/receipt.ts';
import { encodeRecords, inOrder, orderByTag } from '../../../src/records/record.ts';
import { saltOf, seriesId, tagOf, viewingKey } from '../../../src/records/series.ts';
import { subsetsOf } from '../../../src/sharing/committee.ts';
import { deal } from '../../../src/vss/dealing.ts';
import { join, randomSource } from '../../engine/oracle.ts';

export const engine = await createEngine();
export const CATEGORIES = ['inpatient', 'wellness'];
/** Records of each category. */
export const COUNTS = [4, 2];
export const FIRST = 1000;
const committee = { threshold: 3, seats: 5 };

export interface Sample {
  receipts: Receipts;
  stored: StoredRoot;
  batch: number;
}

/**
 * Series whose totals go up and down; the receipts in the order of the chain, which is that of the tags. `still`: the last record
 * of each series has amounts of 0.
 */
export function sampleReceipts(seed = 31, scale = 2, batch = 4, still = false): Sample {
  const { bytes } = randomSource(seed);
  const [ledgerId, account] = [bytes(32), bytes(20)];
  const key = viewingKey(bytes(32), 'P1');
  const dealt = CATEGORIES.flatMap((category, c) => {
    const series = seriesId(key, { ledgerId, account, category });
    let total = [0n, 0n];
    return Array.from({ length: COUNTS[c]! }, (_, k) => {
      const isStill = still && k === COUNTS[c]! - 1;
      const amounts = isStill ? [0n, 0n] : [123_45n * BigInt(k) - 1n, k === 1 ? MAX_AMOUNT : -1n - BigInt(k)];
      total = total.map((lane, l) => lane + amounts[l]!);
      const salt = saltOf(key, ledgerId, series, k + 1);
      const tag = tagOf(account, series, k + 1, salt);
      return { category, position: k + 1, amounts, message: encodeLanes(total), salt, tag };
    });
  });
  const order = orderByTag(join(...dealt.map(({ tag }) => tag)));
  const sorted = [...order].map((row) => dealt[row]!);
  const [tags, keys] = [inOrder(join(...dealt.map(({ tag }) => tag)), 20, order), bytes(8 * dealt.length)];
  const position = { index: batch, nonce: bytes(16), contents: contentsHash(tags, keys) };
  const messages = join(...sorted.map(({ message }) => message));
  const dealing = deal(engine, committee, messages, bytes(32 * subsetsOf(committee).length), position);
  const { commitments, corrections, openings } = dealing;
  const records = encodeRecords(3, { count: dealt.length, tags, keys, commitments, corrections });
  const event = { index: batch, epoch: 1, firstRecordId: FIRST, nonce: position.nonce, source: bytes(32), records };
  const tree = new BatchTree(engine, batchLeaves(engine, 3, event));
  const receipts: Receipts = {
    chainId: 31337n,
    contract: toHex(bytes(20)),
    ledgerId: toHex(ledgerId),
    terms: {
      hospital: toHex(bytes(20)),
      threshold: 3,
      servers: Array.from({ length: 5 }, () => toHex(bytes(20))),
      lanes: ['TOTAL', 'COVERED'],
      scale,
      currency: 'USD',
      minRecords: 1,
      categories: [...CATEGORIES, 'never used'],
      salt: toHex(bytes(32)),
    },
    patient: toHex(account),
    viewingKey: toHex(key),
    records: sorted.map(
      ({ category, position, amounts, salt }, k): Receipt => ({
        recordId: FIRST + k,
        batch,
        category,
        position,
        amounts: amounts.map((amount) => formatAmount(amount, scale)),
        blinding: toHex(openings.subarray(32 * k, 32 * k + 32)),
        salt: toHex(salt),
        key: toHex(keys.subarray(8 * k, 8 * k + 8)),
        commitments: [0, 1, 2].map((j) => toHex(commitments.subarray(96 * k + 32 * j, 96 * k + 32 * j + 32))),
        path: tree.path(k).map(toHex),
        metadata: { date: '2024-02-29', DESCRIPTION: 'Visit "7", häufig' },
      }),
    ),
  };
  return { receipts, stored: { root: tree.root, firstRecordId: FIRST, count: dealt.length }, batch };
}
