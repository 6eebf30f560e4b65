// A site of an archive file alone, without a network: to check receipts and proofs of sums, and to look at a ledger. Roots and
// states are recomputed from the file; that it is true and complete is the word of whoever made it.
import { ArchiveReader } from '../archive/reader.ts';
import type { Engine } from '../engine/engine.ts';
import { ArchivedStorage, type ArchivedStorageOptions } from './archived-storage.ts';
import type { ReadingSite } from './site.ts';

export interface ArchiveSite extends ReadingSite {
  readonly contract: ArchivedStorage;
  /** Its `file` names it; close() it at the end. */
  readonly events: ArchiveReader;
}

/**
 * Reads an archive twice: a path, or a Blob. Throws ArchiveError if it is damaged, cut short, or has a batch that does not fit
 * the root that its event tells.
 */
export async function openArchiveSite(
  archive: string | Blob,
  engine: Engine,
  options: ArchivedStorageOptions = {},
): Promise<ArchiveSite> {
  const events = await ArchiveReader.open(archive);
  try {
    return { engine, contract: await ArchivedStorage.read(events, engine, options), events };
  } catch (error) {
    await events.close();
    throw error;
  }
}
