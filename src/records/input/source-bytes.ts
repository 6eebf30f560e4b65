// Where the bytes of a CSV come from: a file, standard input (`-`) or any stream; gzip is recognised by its first
// bytes. Whatever is cut short, or follows the end of the compressed data, is an error and not the end of the file.
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from './errors.ts';
import { CHUNK_BYTES, openBytes } from './file-bytes.ts';
import { peek } from './peek.ts';

/** A path, `-` for standard input, or the bytes themselves as a stream. */
export type InputSource = string | AsyncIterable<Uint8Array>;

const ZIP_MAGIC = 'PK\x03\x04';
const GZIP_MAGIC = '\x1f\x8b';

/** The bytes of `source`, decompressed, in chunks. */
export async function* readBytes(source: InputSource): AsyncGenerator<Uint8Array> {
  const { head, whole, close } = await peek(typeof source === 'string' ? (await openBytes(source)).bytes : source, 4);
  const magic = String.fromCharCode(...head.subarray(0, 4));
  if (magic === ZIP_MAGIC) {
    await close();
    throw new InputError(
      'INPUT_COMPRESSION',
      'the input is a ZIP archive or a spreadsheet; it must be CSV text, or gzip',
    );
  }
  yield* magic.startsWith(GZIP_MAGIC) ? gunzip(whole) : whole;
}

async function* gunzip(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let supplied = 0;
  const counted = async function* () {
    for await (const chunk of compressed) {
      supplied += chunk.length;
      yield chunk;
    }
  };
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const input = Readable.from(counted(), { objectMode: false });
  input.on('error', (cause) => gunzip.destroy(cause));
  try {
    yield* input.pipe(gunzip);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InputError('INPUT_COMPRESSION', `the gzip data is damaged or cut short: ${why}`, {}, { cause });
  } finally {
    input.destroy();
  }
  // Node stops at the end of the last gzip member and ignores what follows.
  const extra = supplied - gunzip.bytesWritten;
  if (extra !== 0)
    throw new InputError('INPUT_COMPRESSION', `${extra} bytes follow the end of the gzip data`, { extra });
}
