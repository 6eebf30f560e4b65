// The bytes of a file that must stay the same while it is read: what is stored from a file that changes meanwhile is neither
// its old content nor its new one. Pipes and devices have no size and are read as they come.
import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { InputError } from './errors.ts';

export const CHUNK_BYTES = 256 * 1024;

export interface FileBytes {
  /** Bytes in the file; null where that is not known: standard input, pipes, devices. */
  readonly size: number | null;
  /** To be read once. Throws INPUT_UNREADABLE, and INPUT_CHANGED at the latest when all is read. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** `path`: - for standard input. Throws INPUT_UNREADABLE. */
export async function openBytes(path: string): Promise<FileBytes> {
  // Where it is a socket, as among Node's child processes, /dev/stdin cannot be opened.
  if (path === '-' || path === '/dev/stdin') return { size: null, bytes: readable(path, process.stdin) };
  const handle = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const before = await handle.stat({ bigint: true });
  if (before.isDirectory()) {
    await handle.close();
    throw new InputError('INPUT_UNREADABLE', `cannot read ${path}: it is a folder`, { name: path });
  }
  const bytes = before.isFile() ? unchanged(path, handle, before) : chunks(handle);
  return { size: before.isFile() ? Number(before.size) : null, bytes: readable(path, bytes) };
}

async function* chunks(handle: FileHandle): AsyncGenerator<Uint8Array> {
  try {
    yield* handle.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false });
  } finally {
    await handle.close();
  }
}

/** The file's bytes, as long as size and time of change stay; at the end the path must still lead to this file. */
async function* unchanged(path: string, handle: FileHandle, before: BigIntStats): AsyncGenerator<Uint8Array> {
  let read = 0n;
  try {
    for await (const chunk of handle.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false })) {
      read += BigInt(chunk.length);
      checkSame(path, before, await handle.stat({ bigint: true }));
      yield chunk;
    }
    checkSame(path, before, await handle.stat({ bigint: true }));
    checkSame(path, before, await stat(path, { bigint: true }).catch(() => undefined));
    if (read !== before.size) throw changed(path, `${read} bytes were read`, before);
  } finally {
    await handle.close();
  }
}

function checkSame(path: string, before: BigIntStats, now: BigIntStats | undefined): void {
  if (now?.dev !== before.dev || now.ino !== before.ino) throw changed(path, 'another file has its name', before);
  if (now.size !== before.size) throw changed(path, `it has ${now.size} bytes now`, before);
  if (now.mtimeNs !== before.mtimeNs) throw changed(path, 'it was written to', before);
}

function changed(path: string, how: string, { size }: BigIntStats): InputError {
  const message = `${path} changed while it was read: it had ${size} bytes, and ${how}. Nothing of it was sent after that; start again when nobody writes to it`;
  return new InputError('INPUT_CHANGED', message, { name: path });
}

async function* readable(path: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (cause) {
    throw cause instanceof InputError ? cause : unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): InputError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new InputError('INPUT_UNREADABLE', `cannot read ${path}: ${why}`, { name: path }, { cause });
}
