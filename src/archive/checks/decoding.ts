// Checks that compute with an archive's bytes: if these are no points or scalars, that is a fault of the archive too.
import { EncodingError } from '../../errors.ts';

/** What the check finds, or which of the bytes that it reads are malformed. */
export function decoding(check: () => string | null): string | null {
  try {
    return check();
  } catch (error) {
    if (error instanceof EncodingError) return `it does not decode: ${error.message}`;
    throw error;
  }
}
