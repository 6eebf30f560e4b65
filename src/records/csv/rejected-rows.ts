// The file of rejected rows: a CSV with where and why, and each row as it stands in its file, in one quoted field. It
// holds patients' data, so only its owner may read it. After a run without rejections it has a header only.
import { type FileHandle, open } from 'node:fs/promises';
import type { Rejection } from './row.ts';

const REJECTED_ROWS_HEADER = 'line,column,reason,message,raw\n';

const BUFFERED = 2 ** 16;

export class RejectedRows {
  readonly #file: FileHandle;
  #text = REJECTED_ROWS_HEADER;
  #count = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Over an earlier file of that path. */
  static async create(path: string): Promise<RejectedRows> {
    const file = await open(path, 'w', 0o600);
    await file.chmod(0o600);
    return new RejectedRows(file);
  }

  get count(): number {
    return this.#count;
  }

  async write({ line, column, reason, message, raw }: Rejection): Promise<void> {
    this.#count++;
    this.#text += `${line},${csvField(column)},${reason},${csvField(message)},${enclosed(raw)}\n`;
    if (this.#text.length >= BUFFERED) await this.#flush();
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    try {
      await this.#flush();
    } finally {
      await this.#file.close();
    }
  }

  async #flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    await this.#file.appendFile(text);
  }
}

/** A field of a CSV with commas: enclosed in quotes where it must be. */
export function csvField(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? enclosed(text) : text;
}

const enclosed = (text: string) => `"${text.replaceAll('"', '""')}"`;
