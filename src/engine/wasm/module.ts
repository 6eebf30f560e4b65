// A module of assembly/, instantiated, and its memory: inputs are placed there, the module is called, the output is read,
// and whatever the call left is wiped, also when it fails. Copies of secrets that the host's garbage collector or the
// machine's registers hold are out of reach.
import { instantiateSync } from '@assemblyscript/loader';
import { MIStoreError } from '../../errors.ts';
import { type Batch, errorsOf, type Input, part, pieces } from './inputs.ts';

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
  reserveSums(rows: number, n: number): number;
  accumulate(sums: number, streams: number, weights: number, rows: number, subsets: number, n: number): void;
  deal(out: number, messages: number, parts: number, sums: number, bits: number, threshold: number, n: number): number;
  shares(out: number, corrections: number, sums: number, parts: number, bits: number, n: number): number;
  evaluate(out: number, seats: number, count: number, coefficients: number, threshold: number, n: number): number;
  interpolate(out: number, seats: number, values: number, threshold: number, n: number): number;
  hashEach(out: number, messages: number, length: number, n: number): number;
  merkleNodes(out: number, leaves: number, n: number): number;
}

/** An implementation of the engine that cannot run on this machine. */
export class EngineUnavailableError extends MIStoreError {
  constructor(engine: string, reason: string) {
    super('ENGINE_UNAVAILABLE', `the ${engine} engine cannot run here: ${reason}`, { engine });
  }
}

/** Elements of one call of runEach, which takes about 400 bytes of memory an element. */
const PIECE = 1 << 13;

export class ModuleInstance {
  readonly wasm: Exports;
  #running = false;

  /** `name` is for the error if this machine's relaxed_madd is not fused. */
  constructor(module: WebAssembly.Module, name: string) {
    // AssemblyScript's only import is abort, which the release modules do not call
    this.wasm = instantiateSync(module, {}).exports as unknown as Exports;
    if (!this.wasm.fused(1 + 2 ** -30)) throw new EngineUnavailableError(name, 'relaxed_madd rounds twice');
  }

  /** Calls `f` with the addresses of `outLength` bytes and of the inputs; what `read` makes of these bytes. */
  run<T>(
    inputs: readonly Input[],
    outLength: number,
    f: (out: number, ...addresses: number[]) => number,
    read: (output: Uint8Array) => T,
  ): T {
    const { wasm } = this;
    this.#checkIdle();
    this.#running = true;
    try {
      const out = wasm.reserve(outLength) >>> 0;
      const addresses = inputs.map(({ bytes }) => wasm.reserve(bytes.length) >>> 0);
      const memory = new Uint8Array(wasm.memory.buffer);
      for (let i = 0; i < inputs.length; i++) memory.set(inputs[i]!.bytes, addresses[i]);
      const faulty = f(out, ...addresses);
      if (faulty >= 0) throw errorsOf(inputs)[wasm.faultArgument()]!(faulty);
      return read(new Uint8Array(wasm.memory.buffer, out, outLength));
    } finally {
      this.#running = false;
      wasm.wipe();
    }
  }

  /** Builds the fixed-base tables for windows of so many bits, unless there are larger ones. */
  prepareTables(window: number): void {
    this.#checkIdle();
    this.wasm.prepareTables(window);
  }

  /** A call within a call, as a generator of keystreams could make one, would overwrite the memory of the first. */
  #checkIdle(): void {
    if (this.#running) throw new MIStoreError('ENGINE_BUSY', 'the engine was called from within one of its own calls');
  }

  /** `run` in pieces: `count` records of every batch, `outSize` bytes of output a record. */
  runEach(
    count: number,
    batches: readonly Batch[],
    outSize: number,
    f: (n: number, out: number, ...addresses: number[]) => number,
    pieceSize = PIECE,
  ): Uint8Array {
    // for few, which may be one at a time, as little as possible
    if (count > 0 && count <= pieceSize) {
      return this.run(batches, outSize * count, (out, ...addresses) => f(count, out, ...addresses), copy);
    }
    const result = new Uint8Array(outSize * count);
    for (const piece of pieces(count, pieceSize)) {
      this.run(
        batches.map((batch) => part(batch, piece)),
        outSize * piece.n,
        (out, ...addresses) => f(piece.n, out, ...addresses),
        (output) => result.set(output, outSize * piece.from),
      );
    }
    return result;
  }
}

/** For `read` of run: the output as it is, in memory of its own. */
export const copy = (output: Uint8Array): Uint8Array => output.slice();
