// @aztec/bb.js (barretenberg), where it does the same work as we do: its points of BN254 are ours, compressed ones too. It
// has no batches, so each point is a call, whose arguments and result it packs with MessagePack. Products, sums of points,
// multi-scalar multiplication and commitments are not exported for this curve: its Pedersen functions and its batch of
// multiplications are on Grumpkin.
import { BackendType, BarretenbergSync } from '@aztec/bb.js';

export interface Barretenberg {
  name: string;
  /** Where its work is done, for what bounds it. */
  place: string;
  decompress: (points: Uint8Array) => Uint8Array;
  /** s·P, one point. */
  multiply: (scalar: Uint8Array, point: Uint8Array) => Uint8Array;
}

let started: Promise<readonly Barretenberg[]> | undefined;

/** Its WASM module; and its native program, which it calls through shared memory, where there is one for the machine. */
export function barretenbergs(): Promise<readonly Barretenberg[]> {
  started ??= start();
  return started;
}

/** The program ends with this process. */
async function start(): Promise<readonly Barretenberg[]> {
  const wasm = await BarretenbergSync.new({ backend: BackendType.Wasm });
  const native = await BarretenbergSync.new({ backend: BackendType.NativeSharedMemory, threads: 1 }).catch(
    () => undefined,
  );
  return [
    overApi('bb.js, WASM', 'in a call each', wasm),
    ...(native ? [overApi('bb.js, native', 'in another process', native)] : []),
  ];
}

function overApi(name: string, place: string, api: BarretenbergSync): Barretenberg {
  return {
    name,
    place,
    decompress(points) {
      const out = new Uint8Array(2 * points.length);
      for (let at = 0; at < points.length; at += 32) {
        const { point } = api.bn254G1FromCompressed({ compressed: points.subarray(at, at + 32) });
        out.set(point.x, 2 * at);
        out.set(point.y, 2 * at + 32);
      }
      return out;
    },
    multiply(scalar, point) {
      const { point: product } = api.bn254G1Mul({
        point: { x: point.subarray(0, 32), y: point.subarray(32) },
        scalar,
      });
      return new Uint8Array([...product.x, ...product.y]);
    },
  };
}
