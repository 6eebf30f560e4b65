// An archive that a page was given, or that is in memory, open for reading.
import type { OpenFile } from './file-bytes.ts';
import { ArchiveError } from './format.ts';

/** The name is that of a File, for messages. */
export function openBlob(blob: Blob): OpenFile {
  const name = 'name' in blob && typeof blob.name === 'string' ? blob.name : 'the archive';
  return {
    name,
    async read(buffer, offset, length, position) {
      const part = await blob
        .slice(position, position + length)
        .arrayBuffer()
        .catch((cause) => {
          // A browser gives no part of a file that has changed since it was chosen.
          throw new ArchiveError(name, 'can not be read: has it changed since it was chosen?', {}, { cause });
        });
      buffer.set(new Uint8Array(part), offset);
      return { bytesRead: part.byteLength };
    },
    close: async () => undefined,
  };
}
