// An index of the events in an archive file: where each is, and its topics to select by. Made in one pass over the file,
// which checks its form too. Takes about 250 bytes of memory for each event.
import { concat, fromHex, type Hex } from '../bytes.ts';
import type { ReadableFile } from './file-bytes.ts';
import type { ArchiveHeader, Checkpoint } from './format.ts';
import { scanArchive } from './scan.ts';

/** An event in the file: where its frame's body is, and its topics as one binary string, which is compact to keep. */
export interface IndexedEvent {
  at: number;
  length: number;
  topics: string;
}

/** What one pass over the file finds. */
export interface ArchiveIndex {
  header: ArchiveHeader;
  checkpoints: Checkpoint[];
  events: IndexedEvent[];
  bytes: number;
}

/** Throws ArchiveError if the file is damaged or cut short. `file`: its name, for errors. */
export async function indexArchive(handle: ReadableFile, file: string): Promise<ArchiveIndex> {
  const checkpoints: Checkpoint[] = [];
  const events: IndexedEvent[] = [];
  let header: ArchiveHeader | undefined;
  let bytes = 0;
  for await (const part of scanArchive(handle, file)) {
    if (part.kind === 'header') header = part.header;
    else if (part.kind === 'event') {
      const { log, at, length } = part;
      events.push({ at, length, topics: binaryText(concat(...log.topics)) });
    } else {
      const { block, blockHash, events: count, end } = part.frame;
      checkpoints.push({ block, blockHash, events: count });
      bytes = end;
    }
  }
  return { header: header!, checkpoints, events, bytes };
}

/** A topic as it stands in IndexedEvent.topics: one character for each byte. */
export function topicKey(topic: Hex): string {
  return binaryText(fromHex(topic, 'topic'));
}

/** One character for each of up to 128 bytes. */
const binaryText = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
