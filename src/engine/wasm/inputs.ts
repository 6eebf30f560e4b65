// What a call of a module takes: bytes, how a faulty element among them is refused, and the pieces that large batches are
// cut into.
import { nonCanonicalScalar, notAPoint } from '../shapes.ts';

/** The error for a faulty element of an input, by its number in there. */
type ElementError = (element: number) => Error;

/** Bytes to place in memory, and the error for an element that the module finds faulty. Without one, it checks none. */
export interface Input {
  readonly bytes: Uint8Array;
  readonly error?: ElementError;
}

/** An input of which each record of the batch has `size` bytes. */
export interface Batch extends Input {
  readonly size: number;
}

export const scalars = (argument: string, bytes: Uint8Array): Input => ({
  bytes,
  error: (element) => nonCanonicalScalar(argument, element),
});

export const points = (argument: string, bytes: Uint8Array): Input => ({
  bytes,
  error: (element) => notAPoint(argument, element),
});

/** The errors of the inputs that a module checks, as its faultArgument() numbers them. */
export const errorsOf = (inputs: readonly Input[]): ElementError[] => inputs.flatMap(({ error }) => error ?? []);

export interface Piece {
  readonly from: number;
  readonly n: number;
}

/** 0..count − 1 in pieces of at most `size`, so that memory, which is never given back, stays bounded. */
export function* pieces(count: number, size: number): Generator<Piece> {
  for (let from = 0; from < count; from += size) yield { from, n: Math.min(size, count - from) };
}

/** The records of a batch that are in a piece; errors number the `elements` of every record one after the other. */
export function part({ bytes, size, error }: Batch, { from, n }: Piece, elements = 1): Input {
  const records = bytes.subarray(size * from, size * (from + n));
  return error ? { bytes: records, error: (element) => error(elements * from + element) } : { bytes: records };
}
