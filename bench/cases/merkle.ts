// Leaves and Merkle root of a batch of (3, 5) records, as the contract computes them.

import { keccak_256 } from '@noble/hashes/sha3.js';
import { SimpleMerkleTree } from '@openzeppelin/merkle-tree';
import { createKeccak } from 'hash-wasm';
import { concat, fromHex, uint64 } from '../../src/bytes.ts';
import { BatchTree } from '../../src/records/merkle.ts';
import { leaves, recordBytes } from '../../src/records/record.ts';
import { bytes } from '../inputs.ts';
import { engineName, type Subject } from '../subject.ts';

const COMMITTEE = { threshold: 3, seats: 5 };
/** tag ‖ key ‖ three commitments */
const HASHED = 28 + 96;

export const merkle: Subject = {
  name: 'merkle',
  title: 'leaves and root of a batch; records in, 32 bytes out',
  unit: 'record',
  baseline: 'OpenZeppelin tree, noble keccak',
  sizes: ({ quick }) => (quick ? [100] : [10, 100, 400]),
  async cases(size, { engines }) {
    const hasher = await createKeccak(256);
    const hashWasm: Hash = (message) => hasher.init().update(message).digest('binary');
    const records = bytes('records', size * recordBytes(COMMITTEE));
    return [
      {
        name: 'OpenZeppelin tree, noble keccak',
        run: () => fromHex(SimpleMerkleTree.of(leavesOf(records, size, keccak_256), { sortLeaves: false }).root),
      },
      ...engines
        .filter(({ name }) => name !== 'reference')
        .map((engine) => ({
          name: engineName(engine),
          run: () => new BatchTree(engine, leaves(engine, COMMITTEE, records, 0)).root,
        })),
      { name: 'hash-wasm by hand', run: () => rootOf(leavesOf(records, size, hashWasm), hashWasm) },
      { name: 'noble keccak by hand', run: () => rootOf(leavesOf(records, size, keccak_256), keccak_256) },
    ];
  },
};

type Hash = (message: Uint8Array) => Uint8Array;

function leavesOf(records: Uint8Array, count: number, hash: Hash): Uint8Array[] {
  const size = recordBytes(COMMITTEE);
  return Array.from({ length: count }, (_, k) =>
    hash(concat(uint64(k), records.subarray(k * size, k * size + HASHED))),
  );
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
