// Leaves and Merkle root of a batch of records with three commitments, as the contract computes them: a leaf for each record,
// and one for the batch's head and corrections.
import { keccak_256 } from '@noble/hashes/sha3.js';
import { SimpleMerkleTree } from '@openzeppelin/merkle-tree';
import { createKeccak } from 'hash-wasm';
import { concat, fromHex, uint64 } from '../../src/bytes.ts';
import { type BatchEvent, batchLeaves } from '../../src/records/batch.ts';
import { BatchTree } from '../../src/records/merkle.ts';
import { CORRECTION_BYTES, recordBytes } from '../../src/records/record.ts';
import { storedBatch } from '../inputs.ts';
import { CALL_BOUND, ours, type Subject } from '../subject.ts';

const THRESHOLD = 3;

export const merkle: Subject = {
  name: 'merkle',
  title: 'leaves and root of a batch; records in, 32 bytes out',
  unit: 'record',
  baseline: 'OpenZeppelin tree, noble keccak',
  sizes: ({ quick }) => (quick ? [100] : [10, 100, 400]),
  async cases(size, { engines }) {
    const hasher = await createKeccak(256);
    const hashWasm: Hash = (message) => hasher.init().update(message).digest('binary');
    const batch = storedBatch(THRESHOLD, size);
    return [
      {
        name: 'OpenZeppelin tree, noble keccak',
        bound: 'hex text, and keccak in JavaScript',
        run: () => fromHex(SimpleMerkleTree.of(leavesOf(batch, keccak_256), { sortLeaves: false }).root),
      },
      ...ours(
        engines.filter(({ name }) => name !== 'reference'),
        (engine) => new BatchTree(engine, batchLeaves(engine, THRESHOLD, batch)).root,
        `keccak-f, ${permutations(size).toFixed(2)} a record`,
      ),
      { name: 'hash-wasm by hand', bound: CALL_BOUND, run: () => rootOf(leavesOf(batch, hashWasm), hashWasm) },
      {
        name: 'noble keccak by hand',
        bound: 'keccak in JavaScript',
        run: () => rootOf(leavesOf(batch, keccak_256), keccak_256),
      },
    ];
  },
};

/** Of keccak-f, for each record: its leaf, its share of the batch's leaf, and of the inner nodes. */
function permutations(records: number): number {
  const of = (bytes: number) => Math.floor(bytes / 136) + 1;
  const leaf = of(8 + recordBytes(THRESHOLD) - CORRECTION_BYTES);
  return leaf + (of(8 + 8 + 16 + 32 + records * CORRECTION_BYTES) + records * of(64)) / records;
}

type Hash = (message: Uint8Array) => Uint8Array;

function leavesOf({ index, epoch, firstRecordId, nonce, source, records }: BatchEvent, hash: Hash): Uint8Array[] {
  const size = recordBytes(THRESHOLD);
  const wire = Array.from({ length: records.length / size }, (_, k) => records.subarray(k * size, (k + 1) * size));
  const corrections = wire.map((record) => record.subarray(-CORRECTION_BYTES));
  return [
    ...wire.map((record, k) => hash(concat(uint64(firstRecordId + k), record.subarray(0, -CORRECTION_BYTES)))),
    hash(concat(uint64(index), uint64(epoch), nonce, source, ...corrections)),
  ];
}

/** OpenZeppelin's tree: nodes 1..2n − 1 of a heap, leaves from the last node backwards, each pair in ascending order. */
function rootOf(list: readonly Uint8Array[], hash: Hash): Uint8Array {
  const nodes = new Array<Uint8Array>(2 * list.length - 1);
  for (const [k, leaf] of list.entries()) nodes[nodes.length - 1 - k] = leaf;
  for (let i = list.length - 2; i >= 0; i--) {
    const [a, b] = [nodes[2 * i + 1]!, nodes[2 * i + 2]!];
    nodes[i] = hash(Buffer.compare(a, b) <= 0 ? concat(a, b) : concat(b, a));
  }
  return nodes[0]!;
}
