// Where in the input each record of a ledger was met or made, so that a repeat of it can say what it repeats.

/** Line of the input that met or made each record, 4 bytes a record; 0 for none. */
export class RecordLines {
  #lines: Uint32Array;

  constructor(room: number) {
    this.#lines = new Uint32Array(room);
  }

  get(record: number): number {
    return this.#lines[record] ?? 0;
  }

  set(record: number, line: number): void {
    if (record >= this.#lines.length) {
      const larger = new Uint32Array(Math.ceil(1.5 * record) + 1024);
      larger.set(this.#lines);
      this.#lines = larger;
    }
    this.#lines[record] = line;
  }
}
