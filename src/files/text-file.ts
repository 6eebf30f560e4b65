// Files of text that people make: passwords, profiles, tags, receipts, consents, keystores. What counts as text: text.ts.
import { createReadStream } from 'node:fs';
import { EncodingError } from '../errors.ts';
import { textOf } from './text.ts';

/** More than any such file needs, and less than a string can hold. */
const MAX_BYTES = 2 ** 28;

/**
 * The file's text, without its byte order mark. A pipe will do. Throws the file system's error, with the path, or an
 * EncodingError.
 */
export async function readTextFile(file: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_BYTES) throw new EncodingError(file, `is longer than ${MAX_BYTES / 2 ** 20} MiB`);
    }
  } catch (error) {
    throw error instanceof EncodingError ? error : Object.assign(error as Error, { path: file });
  }
  return textOf(Buffer.concat(chunks, length), file);
}
