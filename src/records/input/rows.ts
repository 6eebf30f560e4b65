// The rows of a CSV, one after the other, in bounded memory: bytes → text → records → rows. Every record of the file
// comes out as a row or a rejection; a fault of the file as a whole throws a InputError. Whether two rows are the same
// record is not judged here.

import { findHeader, HEADER_TEXT, type Header } from '../csv/header.ts';
import { type CsvRecord, Splitter } from '../csv/splitter.ts';
import type { Profile } from '../profile.ts';
import { type DecimalEvidence, DecimalMark } from './decimal-mark.ts';
import { type Rejection, type Row, RowMapper } from './row.ts';
import { type InputSource, readBytes } from './source-bytes.ts';
import { decodeText, type Encoding } from './text.ts';

export type Entry = Row | Rejection;

/** A CSV whose header has been found. To be read once; leaving the loop early closes the source. */
export interface RowStream extends AsyncIterable<Entry> {
  readonly header: Header;
  readonly encoding: Encoding;
  /** Empty lines after the header so far. They are not rows. */
  readonly blankLines: number;
  /** What decided, so far, how decimals are written. */
  readonly decimalMark: DecimalEvidence;
  /** Closes the source if the rows are not going to be read. */
  close(): Promise<void>;
}

/** All entries of a source. */
export async function* readRows(source: InputSource, profile: Profile): AsyncGenerator<Entry> {
  yield* await openRows(source, profile);
}

/** Reads as far as the header. Throws a InputError if a column of the profile is missing. */
export async function openRows(source: InputSource, profile: Profile): Promise<RowStream> {
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
    const decimalMark = new DecimalMark(profile, header.names);
    return {
      header,
      encoding,
      close: async () => {
        await iterator.return?.();
      },
      get blankLines() {
        return splitter.blankLines;
      },
      get decimalMark() {
        return decimalMark.evidence;
      },
      [Symbol.asyncIterator]: () => entries(decimalMark.settle(records(splitter, iterator)), mapper),
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

async function* entries(records: AsyncIterable<CsvRecord>, mapper: RowMapper): AsyncGenerator<Entry> {
  let row = 0;
  for await (const record of records) yield mapper.read(record, ++row);
}
