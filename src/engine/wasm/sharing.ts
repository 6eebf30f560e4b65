// The methods of the WASM engine that work on polynomials: dealing, shares, interpolation.
import type { Dealing, Engine } from '../engine.ts';
import { dealShape, interpolateShape, sharesShape } from '../shapes.ts';
import { PAD_BYTES, SCALAR_BYTES } from '../sizes.ts';
import { type Batch, part, pieces, scalars } from './inputs.ts';
import type { ModuleInstance } from './module.ts';

type SharingMethods = Pick<Engine, 'deal' | 'shares' | 'interpolate'>;

/** Records dealt in one call: their pads and results stay in the processor's cache. */
const DEAL_PIECE = 512;
/** Values interpolated in one call. */
const INTERPOLATE_PIECE = 1 << 13;

export const sharingMethods = (instance: ModuleInstance): SharingMethods => ({
  deal(threshold, seats, messages, pads) {
    const count = dealShape(threshold, seats, messages, pads);
    const row = SCALAR_BYTES * threshold;
    const correctionRow = SCALAR_BYTES * (2 * (seats - threshold) + 1);
    const dealing: Dealing = {
      values: new Uint8Array(row * count),
      blindings: new Uint8Array(row * count),
      corrections: new Uint8Array(correctionRow * count),
    };
    const batches: Batch[] = [
      { ...scalars('messages', messages), size: SCALAR_BYTES },
      ...pads.map((bytes) => ({ bytes, size: PAD_BYTES })),
    ];
    for (const piece of pieces(count, DEAL_PIECE)) {
      const { from, n } = piece;
      instance.run(
        batches.map((batch) => part(batch, piece)),
        (2 * row + correctionRow) * n,
        // the seats' pads follow each other, since 96 n is a multiple of the memory's 16
        (out, m, firstPad) => instance.wasm.deal(out, m!, firstPad!, threshold, seats, n),
        (output) => {
          dealing.values.set(output.subarray(0, row * n), row * from);
          dealing.blindings.set(output.subarray(row * n, 2 * row * n), row * from);
          dealing.corrections.set(output.subarray(2 * row * n), correctionRow * from);
        },
      );
    }
    return dealing;
  },

  shares(pads, alpha, beta) {
    const count = sharesShape(pads, alpha, beta);
    const correction = (argument: string, bytes: Uint8Array | null) => ({
      ...scalars(argument, bytes ?? new Uint8Array(0)),
      size: bytes === null ? 0 : SCALAR_BYTES,
    });
    return instance.runEach(
      count,
      [{ bytes: pads, size: PAD_BYTES }, correction('alpha', alpha), correction('beta', beta)],
      2 * SCALAR_BYTES,
      (n, out, p, a, b) => instance.wasm.shares(out, p!, alpha ? a! : 0, beta ? b! : 0, n),
    );
  },

  interpolate(seats, values) {
    const count = interpolateShape(seats, values);
    const t = seats.length;
    const places = { bytes: Uint8Array.from(seats) };
    const batch = { ...scalars('values', values), size: SCALAR_BYTES * t };
    const result = new Uint8Array(SCALAR_BYTES * count);
    for (const piece of pieces(count, Math.ceil(INTERPOLATE_PIECE / t))) {
      instance.run(
        [places, part(batch, piece, t)],
        SCALAR_BYTES * piece.n,
        (out, s, y) => instance.wasm.interpolate(out, s!, y!, t, piece.n),
        (output) => result.set(output, SCALAR_BYTES * piece.from),
      );
    }
    return result;
  },
});
