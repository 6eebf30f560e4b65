// The rows of an input, one after the other, in bounded memory: bytes → text → records → rows. Every record comes out as a
// row, a rejection, or left out as the profile says; a fault of the input as a whole throws an InputError. Whether two rows
// are the same record is not judged here.
import { type CsvRecords, openCsv } from '../csv/records.ts';
import { openJson } from '../json/records.ts';
import type { Profile } from '../profile.ts';
import { type DecimalEvidence, DecimalMark } from './decimal-mark.ts';
import { RowMapper } from './mapper.ts';
import type { Entry, InputRecord } from './row.ts';
import { type InputSource, readBytes } from './source-bytes.ts';
import { decodeText, type Encoding } from './text.ts';

/** An input whose form is known. To be read once; leaving the loop early closes the source. */
export interface RowStream extends AsyncIterable<Entry> {
  /** That of a CSV. */
  readonly header: CsvRecords['header'] | undefined;
  readonly encoding: Encoding;
  /** What the lines of entries count: lines, or the entries of a document. */
  readonly counts: 'line' | 'entry';
  /** Empty lines so far. They are not rows. */
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

/** Reads as far as the header, or as it takes to tell the form of JSON. Throws an InputError if it is not the profile's. */
export async function openRows(source: InputSource, profile: Profile): Promise<RowStream> {
  const { encoding, pieces } = await decodeText(readBytes(source), profile.file.encoding);
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    const { header, counts, names, blankLines, records } = await openRecords(iterator, profile);
    const mapper = new RowMapper(profile, names);
    const decimalMark = new DecimalMark(profile, names, counts);
    return {
      ...{ header, encoding, counts },
      close: async () => {
        await iterator.return?.();
      },
      get blankLines() {
        return blankLines();
      },
      get decimalMark() {
        return decimalMark.evidence;
      },
      [Symbol.asyncIterator]: () => entries(decimalMark.settle(records), mapper),
    };
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
}

interface Records extends Omit<CsvRecords, 'header'> {
  readonly header: CsvRecords['header'] | undefined;
  readonly counts: 'line' | 'entry';
  /** Of the fields of each record. */
  readonly names: readonly string[];
}

async function openRecords(pieces: AsyncIterator<string>, profile: Profile): Promise<Records> {
  if ((profile.file.format ?? 'csv') !== 'csv') return { header: undefined, ...(await openJson(pieces, profile)) };
  const csv = await openCsv(pieces, profile);
  return { ...csv, counts: 'line', names: csv.header.names };
}

async function* entries(records: AsyncIterable<InputRecord>, mapper: RowMapper): AsyncGenerator<Entry> {
  for await (const record of records) yield mapper.read(record);
}
