// The records of a CSV whose header has been found, in bounded memory.
import { cutAll } from '../input/cut-all.ts';
import type { InputRecord } from '../input/row.ts';
import type { Profile } from '../profile.ts';
import { findHeader, HEADER_TEXT, type Header } from './header.ts';
import { Splitter } from './splitter.ts';

export interface CsvRecords {
  readonly header: Header;
  /** Empty lines after the header so far. They are not rows. */
  readonly blankLines: () => number;
  readonly records: AsyncGenerator<InputRecord>;
}

/** Reads as far as the header. Throws an InputError if a column of the profile is missing. */
export async function openCsv(pieces: AsyncIterator<string>, profile: Profile): Promise<CsvRecords> {
  let start = '';
  let whole = false;
  while (!whole && start.length < HEADER_TEXT) {
    const next = await pieces.next();
    if (next.done) whole = true;
    else start += next.value;
  }
  const header = findHeader(start, whole, profile);
  const splitter = new Splitter(header.dialect, header.next.line);
  splitter.push(start.slice(header.next.offset));
  splitter.columns = header.names.length;
  return { header, blankLines: () => splitter.blankLines, records: cutAll(splitter, pieces) };
}
