// Files that a run writes about rows of its input: the rejected and the skipped ones, each as it stands there. They are of the
// input's form: a CSV, with the row in one quoted field, or JSON, one object a line. They hold patients' data, so only their
// owner may read them. A later run writes them anew; no other file is replaced. After a run without such rows a CSV has a
// header only, and a file of JSON is empty.
import { OutputFile } from '../../files/output-file.ts';
import type { FirstPlace } from '../record.ts';
import type { Rejection, Row } from './row.ts';

/** What stands in a file: its columns before `raw`, which is the last, and their fields; '' for none. */
export interface RowForm<T> {
  readonly kind: 'rejected' | 'skipped';
  readonly columns: readonly string[];
  fields(row: T): readonly (string | number)[];
}

/** How rows are written, and what their lines count: see RowStream. */
export interface RowFileForm {
  readonly form: 'csv' | 'json';
  readonly counts: 'line' | 'entry';
}

/** Where, why, and the row. */
export const rejectedRows = (counts: RowFileForm['counts']): RowForm<Rejection> => ({
  kind: 'rejected',
  columns: [counts, 'column', 'reason', 'message'],
  fields: ({ line, column, reason, message }) => [line, column, reason, message],
});

/** A row whose record came before: on a line of this input, or as a record of the ledger. */
export interface SkippedRow extends Pick<Row, 'line' | 'raw'> {
  readonly first: FirstPlace;
}

export const skippedRows = (counts: RowFileForm['counts']): RowForm<SkippedRow> => ({
  kind: 'skipped',
  columns: [counts, `repeats_${counts}`, 'repeats_record'],
  fields: ({ line, first }) => ('line' in first ? [line, first.line, ''] : [line, '', first.recordId]),
});

export interface RowFileOptions extends Pick<RowFileForm, 'form'> {
  /** What the run reads: never replaced. */
  readonly inputs?: readonly string[];
  /** Replace a file of any form. */
  readonly force?: boolean;
}

const BUFFERED = 2 ** 16;

export class RowFile<T extends { readonly raw: string }> {
  readonly #file: OutputFile;
  readonly #write: (row: T) => string;
  #text: string;
  #count = 0;

  private constructor(file: OutputFile, write: (row: T) => string, header: string) {
    this.#file = file;
    this.#write = write;
    this.#text = header;
  }

  /** Throws an OutputFileError for a path that must not be written. */
  static async create<T extends { readonly raw: string }>(
    path: string,
    rows: RowForm<T>,
    { form, inputs = [], force = false }: RowFileOptions,
  ): Promise<RowFile<T>> {
    const header = form === 'csv' ? `${[...rows.columns, 'raw'].join(',')}\n` : '';
    const isOwn = (head: Uint8Array) => {
      const begin = Buffer.from(head).toString('latin1');
      return form === 'csv' ? begin.startsWith(header) : begin === '' || begin.startsWith(`{"${KIND}":"${rows.kind}",`);
    };
    const advice = 'it is not a file of this kind that an earlier run made: name another, or give --force';
    const file = await OutputFile.create(path, { inputs, replace: force || isOwn, advice });
    return new RowFile<T>(file, form === 'csv' ? (row) => csvLine(rows, row) : (row) => jsonLine(rows, row), header);
  }

  get count(): number {
    return this.#count;
  }

  async write(row: T): Promise<void> {
    this.#count++;
    this.#text += this.#write(row);
    if (this.#text.length >= BUFFERED) await this.#flush();
  }

  /** Writes what is left, and puts the file in its place. */
  async keep(): Promise<void> {
    try {
      await this.#flush();
    } catch (error) {
      await this.discard();
      throw error;
    }
    await this.#file.keep();
  }

  /** Leaves what stands in the file's place as it is. */
  discard(): Promise<void> {
    return this.#file.discard();
  }

  async #flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    await this.#file.write(text);
  }
}

/** The member that a line of JSON begins with: how these files are known again. */
const KIND = 'mistore';

function jsonLine<T extends { readonly raw: string }>({ kind, columns, fields }: RowForm<T>, row: T): string {
  const values = fields(row);
  const members = columns.map((column, i) => [column, values[i]]).filter(([, value]) => value !== '');
  return `${JSON.stringify({ [KIND]: kind, ...Object.fromEntries(members), raw: row.raw })}\n`;
}

function csvLine<T extends { readonly raw: string }>({ fields }: RowForm<T>, row: T): string {
  return `${[...fields(row).map((field) => csvField(String(field))), enclosed(row.raw)].join(',')}\n`;
}

/** A field of a CSV with commas: enclosed in quotes where it must be. */
export function csvField(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? enclosed(text) : text;
}

const enclosed = (text: string) => `"${text.replaceAll('"', '""')}"`;
