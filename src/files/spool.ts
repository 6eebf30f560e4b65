// Text of many owners that arrives mixed and is wanted one owner at a time, when it is more than memory holds. It waits in one
// temporary file, which only the program's user can read and which goes with the program.
import type { FileHandle } from 'node:fs/promises';
import { openTemporary, removeTemporary } from './output-file.ts';

/** Characters that are held in memory before they are written. */
const ROOM = 16 * 2 ** 20;

/** Where a piece of an owner's text is in the file. */
type Piece = readonly [offset: number, bytes: number];

export class Spool {
  readonly #handle: FileHandle;
  readonly #temporary: string;
  readonly #room: number;
  /** Lines that are not written yet, by owner. */
  #waiting = new Map<number, string[]>();
  #held = 0;
  #end = 0;
  readonly #pieces = new Map<number, Piece[]>();

  private constructor(handle: FileHandle, temporary: string, room: number) {
    this.#handle = handle;
    this.#temporary = temporary;
    this.#room = room;
  }

  /** `room`: characters that may be held in memory. Throws OutputFileError where the folder cannot be written to. */
  static async create(folder: string, room = ROOM): Promise<Spool> {
    const { handle, temporary } = await openTemporary(folder);
    return new Spool(handle, temporary, room);
  }

  /** Adds a line, which must have no line feed. */
  async add(owner: number, line: string): Promise<void> {
    const lines = this.#waiting.get(owner);
    if (lines) lines.push(line);
    else this.#waiting.set(owner, [line]);
    this.#held += line.length;
    if (this.#held > this.#room) await this.#flush();
  }

  /** The owner's lines, in the order in which they were added. */
  async linesOf(owner: number): Promise<string[]> {
    const lines: string[] = [];
    for (const [offset, bytes] of this.#pieces.get(owner) ?? []) {
      const { buffer } = await this.#handle.read(Buffer.alloc(bytes), 0, bytes, offset);
      lines.push(...buffer.toString('utf8').split('\n').slice(0, -1));
    }
    return [...lines, ...(this.#waiting.get(owner) ?? [])];
  }

  /** Takes the file away. */
  close(): Promise<void> {
    return removeTemporary(this.#handle, this.#temporary);
  }

  /** One write for all owners: each gets one piece more. */
  async #flush(): Promise<void> {
    const parts: Buffer[] = [];
    for (const [owner, lines] of this.#waiting) {
      const part = Buffer.from(`${lines.join('\n')}\n`);
      const pieces = this.#pieces.get(owner) ?? [];
      pieces.push([this.#end, part.length]);
      this.#pieces.set(owner, pieces);
      this.#end += part.length;
      parts.push(part);
    }
    await this.#handle.appendFile(Buffer.concat(parts));
    this.#waiting = new Map();
    this.#held = 0;
  }
}
