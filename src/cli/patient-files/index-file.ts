// The index of a folder with files for many patients: which file is whose. As private as the files; brought up to date by each
// run, so that several runs (one for each CSV, or one that was stopped) end in one index.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from '../../bytes.ts';
import { EncodingError, MIStoreError } from '../../errors.ts';
import { parseJson } from '../../files/json.ts';
import { withOutputFile } from '../../files/output-file.ts';
import { readTextFile } from '../../files/text-file.ts';

const FORMAT = 'mistore-index/1';

export interface IndexEntry {
  /** The patient's id. */
  patient: string;
  account: string;
  /** In the same folder. */
  file: string;
  /** Receipts in it; not of keystores. */
  records?: number;
}

/** What the files of a folder are: receipts and keystores in one folder have an index each. */
export type IndexKind = 'receipts' | 'keystores';

export class IndexFile {
  readonly path: string;
  readonly #kind: IndexKind;
  readonly #ledger: Hex;
  readonly #entries: Map<string, IndexEntry>;

  private constructor(path: string, kind: IndexKind, ledger: Hex, entries: Map<string, IndexEntry>) {
    this.path = path;
    this.#kind = kind;
    this.#ledger = ledger;
    this.#entries = entries;
  }

  /** That of the folder, which is made if it is not there. Throws NOT_THE_INDEX for one of another ledger. */
  static async open(folder: string, kind: IndexKind, ledger: Hex): Promise<IndexFile> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${kind}-index.json`);
    const exists = await stat(path).then(
      () => true,
      () => false,
    );
    const files = exists ? readIndex(await readTextFile(path), path, kind, ledger) : [];
    return new IndexFile(path, kind, ledger, new Map(files.map((entry) => [entry.file, entry])));
  }

  set(entry: IndexEntry): void {
    this.#entries.set(entry.file, entry);
  }

  /** Replaces the index in one step. */
  async write(): Promise<void> {
    const files = [...this.#entries.values()].sort((a, b) =>
      a.patient < b.patient ? -1 : a.patient > b.patient ? 1 : 0,
    );
    const index = { format: FORMAT, kind: this.#kind, ledger: this.#ledger, files };
    const text = `${JSON.stringify(index, null, 1)}\n`;
    await withOutputFile(this.path, { replace: true }, (file) => file.write(text));
  }
}

function readIndex(text: string, path: string, kind: IndexKind, ledger: Hex): IndexEntry[] {
  const file = parseJson(text, path) as Record<string, unknown> | null;
  if (file?.format !== FORMAT || file.kind !== kind || !Array.isArray(file.files) || !file.files.every(isEntry)) {
    throw new EncodingError(path, `is no index of ${kind}: name another folder with --out-dir`);
  }
  if (file.ledger === ledger) return file.files;
  const message = `${path} is of ledger ${file.ledger}, not of ${ledger}: each ledger's files need a folder of their own (--out-dir)`;
  throw new MIStoreError('NOT_THE_INDEX', message);
}

function isEntry(value: unknown): value is IndexEntry {
  const { patient, account, file } = (value ?? {}) as Record<string, unknown>;
  return [patient, account, file].every((field) => typeof field === 'string');
}
