// Free text of records (date, description, …) for receipts. It is not on chain, so it is read from the input again, in one
// pass that keeps nothing of other records.
import { basename } from 'node:path';
import { fromHex, toHex } from '../bytes.ts';
import { formatAmount } from '../records/amounts.ts';
import { readRows } from '../records/input/rows.ts';
import { type Profile, profileHash } from '../records/profile.ts';
import type { Receipts } from '../records/receipts/receipt.ts';
import { RecordKeys, recordName } from '../records/record.ts';
import { sourceName } from '../records/source.ts';

export interface StoredCsv {
  file: string;
  profile: Profile;
  /** What the input was called when it was stored; the file's name if not given. */
  name?: string;
}

/**
 * Adds the text of the input's rows to the receipts. If several rows have a record's id, it is that of the first with the
 * record's amounts, because the others were not stored. Returns the number of receipts whose row was found.
 */
export async function addMetadata(receipts: Receipts, dealingKey: Uint8Array, csv: StoredCsv): Promise<number> {
  const { file, profile, name = basename(file) } = csv;
  const source = sourceName(name, profileHash(profile));
  const keys = new RecordKeys(dealingKey, fromHex(receipts.ledgerId, 'ledger id', 32));
  const wanted = new Map(receipts.records.map((receipt) => [receipt.key, receipt]));
  let found = 0;
  for await (const entry of readRows(file, profile)) {
    if (entry.kind !== 'row') continue;
    const { amounts, date, metadata } = entry;
    const key = toHex(keys.key(recordName(entry, source)));
    const receipt = wanted.get(key);
    if (receipt === undefined) continue;
    if (receipt.amounts.join() !== amounts.map((amount) => formatAmount(amount, receipts.terms.scale)).join()) continue;
    // Copies: a piece of a larger text keeps all of it in memory.
    receipt.metadata = JSON.parse(JSON.stringify({ ...(date !== undefined && { date }), ...metadata }));
    wanted.delete(key);
    found++;
  }
  return found;
}
