// Records from text that is JSON: texts are cut out (texts.ts) and read at the profile's paths (reader.ts).
import type { InputRecord } from '../input/row.ts';
import type { Profile } from '../profile.ts';
import type { ListMember } from './document.ts';
import type { Cut } from './lines.ts';
import { RecordReader } from './reader.ts';
import { openTexts } from './texts.ts';

export interface JsonRecords {
  /** What the records' lines count. */
  readonly counts: 'line' | 'entry';
  /** The columns of the records' fields. */
  readonly names: readonly string[];
  readonly blankLines: () => number;
  readonly records: AsyncGenerator<InputRecord>;
}

const BUNDLE: ListMember = { list: 'entry', type: 'Bundle' };

/** Reads as far as it takes to tell lines from a document. Throws an InputError for what is not JSON. */
export async function openJson(pieces: AsyncIterator<string>, profile: Profile): Promise<JsonRecords> {
  const bundle = profile.file.format === 'fhir-eob' ? BUNDLE : undefined;
  const { cuts, isMember, counts, blankLines } = await openTexts(pieces, bundle);
  const reader = new RecordReader(profile);
  return { counts, blankLines, names: reader.names, records: recordsOf(cuts, reader, isMember) };
}

async function* recordsOf(cuts: AsyncGenerator<Cut>, reader: RecordReader, areEntries: boolean) {
  for await (const cut of cuts) yield* reader.records(cut, areEntries);
}
