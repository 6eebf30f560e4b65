// The source word of a batch, which lets an ingest resume: 24 bytes that name the input its records came from ‖ uint64 row
// number (from 1) of its last record. The name is a hash of what the input is called and of the profile that read it.
import { concat, equalBytes, toBigInt, uint64, utf8 } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';
import { sha256 } from '../sha256.ts';

const SOURCE_BYTES = 32;
const NAME_BYTES = 24;

/** Name of an input, 24 bytes. `profileHash`: 32 bytes. */
export function sourceName(name: string, profileHash: Uint8Array): Uint8Array {
  if (profileHash.length !== 32) throw new ArgumentError('profile hash', profileHash, '32 bytes');
  return sha256(utf8('MIStore/v2/source'), profileHash, utf8(name)).slice(0, NAME_BYTES);
}

export function encodeSource(name: Uint8Array, row: number): Uint8Array {
  if (name.length !== NAME_BYTES) throw new ArgumentError('source name', name, `${NAME_BYTES} bytes`);
  return concat(name, uint64(row));
}

export function decodeSource(source: Uint8Array): { name: Uint8Array; row: number } {
  if (source.length !== SOURCE_BYTES) throw new ArgumentError('source', source, `${SOURCE_BYTES} bytes`);
  return { name: source.slice(0, NAME_BYTES), row: Number(toBigInt(source.subarray(NAME_BYTES))) };
}

/** The row that the batch reaches if it is of the input called `name`, else null. */
export function rowReached(source: Uint8Array, name: Uint8Array): number | null {
  const decoded = decodeSource(source);
  return equalBytes(decoded.name, name) ? decoded.row : null;
}
