// The typed errors of MIStore. Misuse and malformed input throw one of these; a failed cryptographic check is a
// verdict (a returned value), not an error. A message names the thing, the offending value and the allowed range,
// and never holds a secret.

/** Base class of every error that MIStore throws on purpose. `code` is stable and meant for programs. */
export class MIStoreError extends Error {
  readonly code: string;
  /** Named values of the fault (public data only), for machines. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

/** An argument is of the wrong type, length or range: a fault of the caller. */
export class ArgumentError extends MIStoreError {
  constructor(argument: string, value: unknown, allowed: string) {
    super('INVALID_ARGUMENT', `${argument} is ${describe(value)}; it must be ${allowed}`, { argument, allowed });
  }
}

/** Bytes that do not decode: wrong length, a non-canonical field element, a point off the curve. */
export class EncodingError extends MIStoreError {
  constructor(what: string, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super('INVALID_ENCODING', `${what}: ${message}`, { what, ...details }, options);
  }
}

/** Throws an ArgumentError unless `value` is an integer in `min..max`. */
export function checkInteger(argument: string, value: unknown, min: number, max: number): asserts value is number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
    throw new ArgumentError(argument, value, `an integer from ${min} to ${max}`);
  }
}

function describe(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'bigint') return `${value}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return String(value);
}
