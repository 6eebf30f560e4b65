// The methods of the WASM engine that hash: keccak-256 in bulk and Merkle trees.
import type { Engine } from '../engine.ts';
import { hashShape, treeShape } from '../shapes.ts';
import { HASH_BYTES, MAX_MESSAGE_BYTES } from '../sizes.ts';
import { copy, type ModuleInstance } from './module.ts';

type HashMethods = Pick<Engine, 'hashEach' | 'merkleNodes'>;

export const hashMethods = (instance: ModuleInstance): HashMethods => ({
  hashEach(messages, length) {
    const count = hashShape(messages, length);
    return instance.runEach(
      count,
      [{ bytes: messages, size: length }],
      HASH_BYTES,
      (n, out, at) => instance.wasm.hashEach(out, at!, length, n),
      Math.floor(MAX_MESSAGE_BYTES / length),
    );
  },

  merkleNodes(leaves) {
    const count = treeShape(leaves);
    const size = HASH_BYTES * (2 * count - 1);
    return instance.run([{ bytes: leaves }], size, (out, at) => instance.wasm.merkleNodes(out, at!, count), copy);
  },
});
