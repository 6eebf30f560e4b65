// Free text of records (date, description, …) for receipts: it is not on chain, so it is read again from the CSV.
import { basename } from 'node:path';
import { type Hex, toHex } from '../bytes.ts';
import { RecordKeys } from '../records/batch.ts';
import { readRows } from '../records/csv/rows.ts';
import { type Profile, profileHash } from '../records/profile.ts';
import { sourceName } from '../records/source.ts';

/** Text of the CSV's rows by record key (0x-hex). `name`: what the input was called when it was stored. */
export async function csvMetadata(file: string, profile: Profile, dealingKey: Uint8Array, name = basename(file)) {
  const source = sourceName(name, profileHash(profile));
  const keys = new RecordKeys(dealingKey);
  const known = new Map<Hex, Record<string, string>>();
  for await (const entry of readRows(file, profile)) {
    if (entry.kind !== 'row') continue;
    const { row, id, date, metadata } = entry;
    const key = toHex(keys.key(id === undefined ? { source, row } : { id }));
    known.set(key, { ...(date !== undefined && { date }), ...metadata });
  }
  return (key: Hex): Record<string, string> | undefined => known.get(key);
}
