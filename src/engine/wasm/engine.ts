// The Engine over a WebAssembly module of assembly/: checks shapes, cuts batches into pieces, turns faults into errors.
// Both forms of the module have the same exports; everything else about them is in linear.ts and in assembly/.
import type { Dealing, Engine, EngineName } from '../engine.ts';
import { createLinear, PIECE } from './module.ts';
import * as shapes from './shapes.ts';

/** Records dealt in one call: their pads and results stay in the processor's cache. */
const DEAL_PIECE = 512;
/** Bytes hashed in one call, or one message. */
const HASH_PIECE = 2 ** 20;

export function createWasmEngine(module: WebAssembly.Module, name: EngineName): Engine {
  const { wasm, run, runEach } = createLinear(module, name);
  let committed = 0;

  const scalarRefusal = (argument: string) => (element: number) => shapes.nonCanonicalScalar(argument, element);
  const pointRefusal = (argument: string) => (element: number) => shapes.notAPoint(argument, element);

  return {
    name,
    commit(values, blindings) {
      const count = shapes.commitShape(values, blindings);
      committed += count;
      wasm.prepareTables(windowFor(committed));
      return runEach(
        count,
        [values, blindings],
        [shapes.SCALAR_BYTES, shapes.SCALAR_BYTES],
        [scalarRefusal('values'), scalarRefusal('blindings')],
        shapes.COMPRESSED_BYTES,
        (n, out, v, b) => wasm.commit(out, v!, b!, n),
      );
    },
    decompress(points) {
      const count = shapes.countElements('points', points, shapes.COMPRESSED_BYTES);
      const refusals = [pointRefusal('points')];
      return runEach(count, [points], [shapes.COMPRESSED_BYTES], refusals, shapes.POINT_BYTES, (n, out, at) =>
        wasm.decompress(out, at!, n),
      );
    },
    compress(points) {
      const count = shapes.countElements('points', points, shapes.POINT_BYTES);
      const refusals = [pointRefusal('points')];
      return runEach(count, [points], [shapes.POINT_BYTES], refusals, shapes.COMPRESSED_BYTES, (n, out, at) =>
        wasm.compress(out, at!, n),
      );
    },
    sumPoints(points, columns) {
      const rows = shapes.sumShape(points, columns);
      return run(
        [points],
        [pointRefusal('points')],
        shapes.POINT_BYTES * columns,
        (out, at) => wasm.sumPoints(out, at!, rows, columns),
        copy,
      );
    },
    msm(scalars, points) {
      const count = shapes.msmShape(scalars, points);
      return run(
        [scalars, points],
        [scalarRefusal('scalars'), pointRefusal('points')],
        shapes.POINT_BYTES,
        (out, s, p) => wasm.msm(out, s!, p!, count),
        copy,
      );
    },
    verifyShares(seat, threshold, shares, commitments, weights) {
      const count = shapes.verifyShape(seat, threshold, shares, commitments, weights);
      wasm.prepareTables(windowFor(committed));
      const refusals = [scalarRefusal('shares'), pointRefusal('commitments')];
      return run(
        [shares, commitments, weights],
        refusals,
        1,
        (out, s, c, w) => wasm.verifyShares(out, seat, threshold, s!, c!, w!, count),
        ([verdict]) => verdict === 1,
      );
    },
    deal(threshold, seats, messages, pads) {
      const count = shapes.dealShape(threshold, seats, messages, pads);
      const row = shapes.SCALAR_BYTES * threshold;
      const rest = shapes.SCALAR_BYTES * (2 * (seats - threshold) + 1);
      const dealing: Dealing = {
        values: new Uint8Array(row * count),
        blindings: new Uint8Array(row * count),
        corrections: new Uint8Array(rest * count),
      };
      for (let from = 0; from < count; from += DEAL_PIECE) {
        const n = Math.min(DEAL_PIECE, count - from);
        const part = (input: Uint8Array, size: number) => input.subarray(size * from, size * (from + n));
        run(
          [part(messages, shapes.SCALAR_BYTES), ...pads.map((pad) => part(pad, shapes.PAD_BYTES))],
          [(element) => shapes.nonCanonicalScalar('messages', from + element)],
          (2 * row + rest) * n,
          // the seats' pads follow each other, since 96 n is a multiple of the memory's 16
          (out, m, firstPad) => wasm.deal(out, m!, firstPad!, threshold, seats, n),
          (output) => {
            dealing.values.set(output.subarray(0, row * n), row * from);
            dealing.blindings.set(output.subarray(row * n, 2 * row * n), row * from);
            dealing.corrections.set(output.subarray(2 * row * n), rest * from);
          },
        );
      }
      return dealing;
    },
    shares(pads, alpha, beta) {
      const count = shapes.sharesShape(pads, alpha, beta);
      const none = new Uint8Array(0);
      return runEach(
        count,
        [pads, alpha ?? none, beta ?? none],
        [shapes.PAD_BYTES, alpha ? shapes.SCALAR_BYTES : 0, beta ? shapes.SCALAR_BYTES : 0],
        [scalarRefusal('alpha'), scalarRefusal('beta')],
        2 * shapes.SCALAR_BYTES,
        (n, out, p, a, b) => wasm.shares(out, p!, alpha ? a! : 0, beta ? b! : 0, n),
      );
    },
    interpolate(seats, values) {
      const count = shapes.interpolateShape(seats, values);
      const t = seats.length;
      const places = Uint8Array.from(seats);
      // a whole number of polynomials in each piece, and the seats with each
      const result = new Uint8Array(shapes.SCALAR_BYTES * count);
      const piece = Math.ceil(PIECE / t);
      for (let from = 0; from < count; from += piece) {
        const n = Math.min(piece, count - from);
        const size = shapes.SCALAR_BYTES * t;
        run(
          [places, values.subarray(size * from, size * (from + n))],
          [(element) => shapes.nonCanonicalScalar('values', t * from + element)],
          shapes.SCALAR_BYTES * n,
          (out, s, y) => wasm.interpolate(out, s!, y!, t, n),
          (output) => result.set(output, shapes.SCALAR_BYTES * from),
        );
      }
      return result;
    },
    hashEach(messages, length) {
      const count = shapes.hashShape(messages, length);
      const hashes = new Uint8Array(shapes.HASH_BYTES * count);
      const piece = Math.floor(HASH_PIECE / length);
      for (let from = 0; from < count; from += piece) {
        const n = Math.min(piece, count - from);
        run(
          [messages.subarray(length * from, length * (from + n))],
          [],
          shapes.HASH_BYTES * n,
          (out, at) => wasm.hashEach(out, at!, length, n),
          (output) => hashes.set(output, shapes.HASH_BYTES * from),
        );
      }
      return hashes;
    },
    merkleNodes(leaves) {
      const count = shapes.treeShape(leaves);
      const size = shapes.HASH_BYTES * (2 * count - 1);
      return run([leaves], [], size, (out, at) => wasm.merkleNodes(out, at!, count), copy);
    },
  };
}

const copy = (output: Uint8Array): Uint8Array => output.slice();

/**
 * Bits of the fixed-base tables' windows, by how many commitments have been asked for: larger tables cost more to build
 * (8: 0.3 MB, under 1 ms; 10: 1.1 MB; 13: 6.6 MB, 82,000 additions) and save additions (64, 52 or 40 a commitment).
 */
function windowFor(commitments: number): number {
  if (commitments <= 16) return 8;
  return commitments <= 1024 ? 10 : 13;
}
