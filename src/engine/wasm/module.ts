// The small interface to a module's linear memory: inputs are placed there, the module is called, the output is read, and
// whatever the call left is wiped, also when it fails. Copies of secrets that the host's garbage collector or the
// machine's registers hold are out of reach.
import { instantiateSync } from '@assemblyscript/loader';
import { MIStoreError } from '../../errors.ts';

/** Exports of assembly/index.ts. Addresses are u32; a result of -1 is success, another one a faulty element's number. */
export interface Exports {
  memory: WebAssembly.Memory;
  reserve(bytes: number): number;
  wipe(): void;
  faultArgument(): number;
  fused(x: number): number;
  prepareTables(window: number): void;
  commit(out: number, values: number, blindings: number, n: number): number;
  decompress(out: number, points: number, n: number): number;
  compress(out: number, points: number, n: number): number;
  sumPoints(out: number, points: number, rows: number, columns: number): number;
  msm(out: number, scalars: number, points: number, n: number): number;
  verifyShares(
    out: number,
    seat: number,
    threshold: number,
    shares: number,
    commitments: number,
    weights: number,
    n: number,
  ): number;
  deal(out: number, messages: number, pads: number, threshold: number, seats: number, n: number): number;
  shares(out: number, pads: number, alpha: number, beta: number, n: number): number;
  interpolate(out: number, seats: number, values: number, threshold: number, n: number): number;
  hashEach(out: number, messages: number, length: number, n: number): number;
  merkleNodes(out: number, leaves: number, n: number): number;
}

/** How an element of each input is refused, by its number. */
export type Refusal = (element: number) => Error;

/** Elements of one call, so that memory (about 400 bytes an element, never given back) stays bounded. */
export const PIECE = 1 << 13;

/** An implementation of the engine that cannot run on this machine. */
export class EngineUnavailableError extends MIStoreError {
  constructor(engine: string, reason: string) {
    super('ENGINE_UNAVAILABLE', `the ${engine} engine cannot run here: ${reason}`, { engine });
  }
}

export interface Linear {
  readonly wasm: Exports;
  /** Runs `f` on the addresses of the inputs and of `outLength` bytes, and returns what `read` makes of these. */
  run<T>(
    inputs: readonly Uint8Array[],
    refusals: readonly Refusal[],
    outLength: number,
    f: (out: number, ...addresses: number[]) => number,
    read: (output: Uint8Array) => T,
  ): T;
  /** `run` in pieces of elements: input i and the output have sizes[i] and outSize bytes an element. */
  runEach(
    count: number,
    inputs: readonly Uint8Array[],
    sizes: readonly number[],
    refusals: readonly Refusal[],
    outSize: number,
    f: (n: number, out: number, ...addresses: number[]) => number,
  ): Uint8Array;
}

/** Instantiates a module of assembly/; `name` is for the error if this machine's relaxed_madd is not fused. */
export function createLinear(module: WebAssembly.Module, name: string): Linear {
  // AssemblyScript's only import is abort, which the release modules do not call
  const wasm = instantiateSync(module, {}).exports as unknown as Exports;
  if (!wasm.fused(1 + 2 ** -30)) throw new EngineUnavailableError(name, 'relaxed_madd rounds twice');

  const run: Linear['run'] = (inputs, refusals, outLength, f, read) => {
    try {
      const out = wasm.reserve(outLength) >>> 0;
      const addresses = inputs.map((input) => wasm.reserve(input.length) >>> 0);
      inputs.forEach((input, i) => {
        new Uint8Array(wasm.memory.buffer).set(input, addresses[i]);
      });
      const faulty = f(out, ...addresses);
      if (faulty >= 0) throw refusals[wasm.faultArgument()]!(faulty);
      return read(new Uint8Array(wasm.memory.buffer, out, outLength));
    } finally {
      wasm.wipe();
    }
  };

  const runEach: Linear['runEach'] = (count, inputs, sizes, refusals, outSize, f) => {
    const result = new Uint8Array(outSize * count);
    for (let from = 0; from < count; from += PIECE) {
      const n = Math.min(PIECE, count - from);
      const pieces = inputs.map((input, i) => input.subarray(from * sizes[i]!, (from + n) * sizes[i]!));
      const shifted = refusals.map((refusal) => (element: number) => refusal(from + element));
      run(
        pieces,
        shifted,
        outSize * n,
        (out, ...addresses) => f(n, out, ...addresses),
        (output) => result.set(output, from * outSize),
      );
    }
    return result;
  };

  return { wasm, run, runEach };
}
