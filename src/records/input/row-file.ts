// CSVs that a run writes about rows of its input: the rejected and the skipped ones, each as it stands there, in one quoted
// field. They hold patients' data, so only their owner may read them. A later run writes them anew; no other file is
// replaced. After a run without such rows they have a header only.
import { OutputFile } from '../../files/output-file.ts';
import type { FirstPlace } from '../record.ts';
import type { Rejection, Row } from './row.ts';

/** What stands in a file: its columns before `raw`, which is the last, and their fields. */
export interface RowForm<T> {
  readonly columns: readonly string[];
  fields(row: T): readonly (string | number)[];
}

/** Where, why, and the row. */
export const REJECTED_ROWS: RowForm<Rejection> = {
  columns: ['line', 'column', 'reason', 'message'],
  fields: ({ line, column, reason, message }) => [line, column, reason, message],
};

/** A row whose record came before: on a line of this input, or as a record of the ledger. */
export interface SkippedRow extends Pick<Row, 'line' | 'raw'> {
  readonly first: FirstPlace;
}

export const SKIPPED_ROWS: RowForm<SkippedRow> = {
  columns: ['line', 'repeats_line', 'repeats_record'],
  fields: ({ line, first }) => ('line' in first ? [line, first.line, ''] : [line, '', first.recordId]),
};

export interface RowFileOptions {
  /** What the run reads: never replaced. */
  readonly inputs?: readonly string[];
  /** Replace a file of any form. */
  readonly force?: boolean;
}

const BUFFERED = 2 ** 16;

export class RowFile<T extends { readonly raw: string }> {
  readonly #file: OutputFile;
  readonly #form: RowForm<T>;
  #text: string;
  #count = 0;

  private constructor(file: OutputFile, form: RowForm<T>, header: string) {
    this.#file = file;
    this.#form = form;
    this.#text = header;
  }

  /** Throws an OutputFileError for a path that must not be written. */
  static async create<T extends { readonly raw: string }>(
    path: string,
    form: RowForm<T>,
    { inputs = [], force = false }: RowFileOptions = {},
  ): Promise<RowFile<T>> {
    const header = `${[...form.columns, 'raw'].join(',')}\n`;
    const ownForm = (head: Uint8Array) => Buffer.from(head).toString('latin1').startsWith(header);
    const advice = 'it is not a file of this kind that an earlier run made: name another, or give --force';
    return new RowFile(await OutputFile.create(path, { inputs, replace: force || ownForm, advice }), form, header);
  }

  get count(): number {
    return this.#count;
  }

  async write(row: T): Promise<void> {
    this.#count++;
    const fields = this.#form.fields(row).map((field) => csvField(String(field)));
    this.#text += `${fields.join(',')},${enclosed(row.raw)}\n`;
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

/** A field of a CSV with commas: enclosed in quotes where it must be. */
export function csvField(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? enclosed(text) : text;
}

const enclosed = (text: string) => `"${text.replaceAll('"', '""')}"`;
