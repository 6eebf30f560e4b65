// Leaves and Merkle root of a batch of (3, 5) records, as the contract computes them.

import { keccak_256 } from '@noble/hashes/sha3.js';
import { SimpleMerkleTree } from '@openzeppelin/merkle-tree';
import { concat, fromHex, uint64 } from '../../src/bytes.ts';
import { leaves, recordBytes } from '../../src/records/batch.ts';
import { BatchTree } from '../../src/records/merkle.ts';
import { bytes } from '../inputs.ts';
import type { Subject } from '../subject.ts';

const COMMITTEE = { threshold: 3, seats: 5 };
/** tag ‖ key ‖ three commitments */
const HASHED = 28 + 96;

export const merkle: Subject = {
  name: 'merkle',
  title: 'leaves and root of a batch; records in, 32 bytes out',
  unit: 'record',
  baseline: 'OpenZeppelin tree, noble keccak',
  sizes: ({ quick }) => (quick ? [100] : [10, 100, 400]),
  async cases(size) {
    const records = bytes('records', size * recordBytes(COMMITTEE));
    return [
      {
        name: 'OpenZeppelin tree, noble keccak',
        run: () => fromHex(SimpleMerkleTree.of(nobleLeaves(records, size), { sortLeaves: false }).root),
      },
      { name: 'ours', run: () => new BatchTree(leaves(COMMITTEE, records, 0)).root },
      { name: 'noble keccak by hand', run: () => nobleRoot(nobleLeaves(records, size)) },
    ];
  },
};

function nobleLeaves(records: Uint8Array, count: number): Uint8Array[] {
  const size = recordBytes(COMMITTEE);
  return Array.from({ length: count }, (_, k) =>
    keccak_256(concat(uint64(k), records.subarray(k * size, k * size + HASHED))),
  );
}

/** OpenZeppelin's tree: nodes 1..2n − 1 of a heap, leaves from the last node backwards, each pair in ascending order. */
function nobleRoot(list: readonly Uint8Array[]): Uint8Array {
  const nodes = new Array<Uint8Array>(2 * list.length - 1);
  for (const [k, leaf] of list.entries()) nodes[nodes.length - 1 - k] = leaf;
  for (let i = list.length - 2; i >= 0; i--) {
    const [a, b] = [nodes[2 * i + 1]!, nodes[2 * i + 2]!];
    nodes[i] = keccak_256(Buffer.compare(a, b) <= 0 ? concat(a, b) : concat(b, a));
  }
  return nodes[0]!;
}
