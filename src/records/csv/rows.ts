// The rows of a CSV, one after the other, in bounded memory: bytes → text → records → rows. Every record of the file
// comes out as a row, a duplicate or a rejection; a fault of the file as a whole throws a CsvError.
import type { Profile } from '../profile.ts';
import { findHeader, HEADER_TEXT, type Header } from './header.ts';
import { type CsvSource, readBytes } from './input.ts';
import { type Duplicate, type Rejection, type Row, RowMapper } from './row.ts';
import { SeenRecords } from './seen.ts';
import { type CsvRecord, Splitter } from './splitter.ts';
import { decodeText, type Encoding } from './text.ts';

export type Entry = Row | Duplicate | Rejection;

/** A CSV whose header has been found. To be read once; leaving the loop early closes the source. */
export interface RowStream extends AsyncIterable<Entry> {
  readonly header: Header;
  readonly encoding: Encoding;
  /** Empty lines after the header so far. They are no rows. */
  readonly blankLines: number;
}

/** All entries of a source. `seen`: ids of earlier sources, to find duplicates of theirs too. */
export async function* readRows(source: CsvSource, profile: Profile, seen = new SeenRecords()): AsyncGenerator<Entry> {
  yield* await openRows(source, profile, seen);
}

/** Reads as far as the header. Throws a CsvError if a column of the profile is missing. */
export async function openRows(source: CsvSource, profile: Profile, seen = new SeenRecords()): Promise<RowStream> {
  const { encoding, pieces } = await decodeText(readBytes(source), profile.file.encoding);
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    let start = '';
    let whole = false;
    while (!whole && start.length < HEADER_TEXT) {
      const next = await iterator.next();
      if (next.done) whole = true;
      else start += next.value;
    }
    const header = findHeader(start, whole, profile);
    const splitter = new Splitter(header.dialect, header.next.line);
    splitter.push(start.slice(header.next.offset));
    splitter.columns = header.names.length;
    const mapper = new RowMapper(profile, header);
    return {
      header,
      encoding,
      get blankLines() {
        return splitter.blankLines;
      },
      [Symbol.asyncIterator]: () => entries(records(splitter, iterator), mapper, seen),
    };
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
}

/** The records of the text that the splitter has, then of the pieces to come. */
async function* records(splitter: Splitter, pieces: AsyncIterator<string>): AsyncGenerator<CsvRecord> {
  try {
    for (let ended = false; !ended; ) {
      for (let record = splitter.next(); record; record = splitter.next()) yield record;
      const piece = await pieces.next();
      if (piece.done) ended = true;
      else splitter.push(piece.value);
    }
    splitter.end();
    for (let record = splitter.next(); record; record = splitter.next()) yield record;
  } finally {
    await pieces.return?.();
  }
}

async function* entries(
  records: AsyncIterable<CsvRecord>,
  mapper: RowMapper,
  seen: SeenRecords,
): AsyncGenerator<Entry> {
  let row = 0;
  for await (const record of records) {
    row++;
    const read = mapper.read(record, row);
    yield read.kind === 'row' ? unlessSeen(read, seen) : read;
  }
}

function unlessSeen(row: Row, seen: SeenRecords): Entry {
  const { line, row: number, id, raw } = row;
  if (id === undefined) return row;
  const verdict = seen.see(id, contentOf(row));
  if (verdict === 'new') return row;
  if (verdict === 'same') return { kind: 'duplicate', line, row: number, id, raw };
  const message = 'is that of an earlier row with another content';
  return { kind: 'rejection', line, row: number, column: '', reason: 'conflicting-duplicate', message, raw };
}

/** Everything that the profile takes from a row. No field has a zero byte, so it separates them. */
function contentOf({ patient, amounts, date, metadata }: Row): string {
  return [patient, amounts.join(), date ?? '', ...Object.values(metadata)].join('\0');
}
