// Free text of records (date, description, …) for receipts. It is not on chain, so it is read from the input again, in one
// pass that keeps nothing of other records.
import { basename } from 'node:path';
import { fromHex, type Hex, toHex } from '../bytes.ts';
import { formatAmount } from '../records/amounts.ts';
import { readRows } from '../records/input/rows.ts';
import { type Profile, profileHash } from '../records/profile.ts';
import type { Receipt, Receipts } from '../records/receipts/receipt.ts';
import { RecordKeys, recordName } from '../records/record.ts';
import { sourceName } from '../records/source.ts';

export interface StoredFile {
  file: string;
  profile: Profile;
  /** What the input was called when it was stored; the file's name if not given. */
  name?: string;
}

/** What a row of an input says about a record. */
export interface RecordText {
  /** Of the record, 8 bytes. */
  key: Hex;
  /** As receipts have them. */
  amounts: string[];
  metadata: Record<string, string>;
}

/** The texts of all rows, with their patients. `ledgerId`: 32 bytes; `dealingKey`: SECRET, 32 bytes. */
export async function* readTexts(
  dealingKey: Uint8Array,
  ledgerId: Uint8Array,
  { file, profile, name = basename(file) }: StoredFile,
): AsyncGenerator<{ patient: string; text: RecordText }> {
  const source = sourceName(name, profileHash(profile));
  const keys = new RecordKeys(dealingKey, ledgerId);
  const { scale } = profile.amounts;
  for await (const entry of readRows(file, profile)) {
    if (entry.kind !== 'row') continue;
    const { patient, amounts, date, metadata } = entry;
    yield {
      patient,
      text: {
        key: toHex(keys.key(recordName(entry, source))),
        amounts: amounts.map((amount) => formatAmount(amount, scale)),
        metadata: { ...(date !== undefined && { date }), ...metadata },
      },
    };
  }
}

/** Gives receipts the texts of their rows. */
export class TextsOf {
  /** Receipts that have none yet, by key. */
  readonly #wanted: Map<Hex, Receipt>;
  /** Corrections by the record that they correct. */
  readonly #corrections = new Map<number, Receipt[]>();

  constructor(records: readonly Receipt[]) {
    const without = records.filter(({ metadata }) => metadata === undefined);
    this.#wanted = new Map(without.map((receipt) => [receipt.key, receipt]));
    for (const correction of records) {
      const { corrects } = correction;
      if (corrects === undefined) continue;
      this.#corrections.set(corrects, [...(this.#corrections.get(corrects) ?? []), correction]);
    }
  }

  /**
   * Whether the text is of a receipt that had none. If several rows have a record's id, it is that of the first with the
   * record's amounts, because the others were not stored. Corrections of the record get the same text: a sum over a period then
   * has them where the record is.
   */
  take({ key, amounts, metadata }: RecordText): boolean {
    const receipt = this.#wanted.get(key);
    if (receipt === undefined || receipt.amounts.join() !== amounts.join()) return false;
    // A copy: a piece of a larger text keeps all of it in memory.
    this.#give(receipt, JSON.parse(JSON.stringify(metadata)));
    return true;
  }

  #give(receipt: Receipt, metadata: Record<string, string>): void {
    receipt.metadata = { ...metadata };
    this.#wanted.delete(receipt.key);
    for (const correction of this.#corrections.get(receipt.recordId) ?? []) this.#give(correction, metadata);
  }
}

/** Adds the text of the file's rows to the receipts. Returns the number of receipts whose row was found. */
export async function addMetadata(receipts: Receipts, dealingKey: Uint8Array, csv: StoredFile): Promise<number> {
  const ledgerId = fromHex(receipts.ledgerId, 'ledger id', 32);
  const texts = new TextsOf(receipts.records);
  let found = 0;
  for await (const { text } of readTexts(dealingKey, ledgerId, csv)) if (texts.take(text)) found++;
  return found;
}
