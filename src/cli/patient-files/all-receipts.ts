// The receipts of all patients, a file each, in one pass over each CSV and one over the ledger. What belongs to one patient comes
// scattered over both, so it waits on disk (files/spool.ts), and memory does not grow with the number of records.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addressText } from '../../address.ts';
import { type Hex, toHex } from '../../bytes.ts';
import { MIStoreError } from '../../errors.ts';
import { withOutputFile } from '../../files/output-file.ts';
import { Spool } from '../../files/spool.ts';
import type { PatientAccounts } from '../../identity/accounts.ts';
import { type RecordText, readTexts, type StoredFile, TextsOf } from '../../ingest/metadata.ts';
import type { Hospital, ReceiptsOfAll } from '../../parties/hospital.ts';
import type { Owner } from '../../parties/receipts/collect.ts';
import type { Receipt, Receipts } from '../../records/receipts/receipt.ts';
import { formatReceipts } from '../../records/receipts/receipt-file.ts';
import type { Output } from '../output.ts';
import { IndexFile } from './index-file.ts';
import { patientFileName } from './names.ts';

export interface AllReceipts {
  hospital: Hospital;
  /** 32 bytes. */
  ledgerId: Uint8Array;
  dealingKey: Uint8Array;
  accounts: PatientAccounts;
  /** Ids beside those of the CSVs. */
  patients: readonly string[];
  csvs: readonly StoredFile[];
  folder: string;
  /** Whether files with other receipts are replaced. */
  force: boolean;
}

/** What became of the files. */
export interface AllWritten {
  index: string;
  /** Files that were written; that had the same content; that have another one and were left. */
  written: number;
  unchanged: number;
  left: string[];
  /** Patients with records and without. */
  patients: number;
  without: number;
  receipts: number;
}

/** Throws NO_RECORDS where the ledger has no record of any of the patients. */
export async function writeAllReceipts(output: Output, all: AllReceipts): Promise<AllWritten> {
  const index = await IndexFile.open(all.folder, 'receipts', toHex(all.ledgerId));
  const texts = await Spool.create(all.folder);
  const receipts = await Spool.create(all.folder);
  try {
    const ids = new Map<string, number>(all.patients.map((patient, p) => [patient, p]));
    for (const csv of all.csvs) await spoolTexts(output, all, csv, ids, texts);
    const owners: Owner[] = [...ids.keys()].flatMap((patient) =>
      all.accounts.accounts(patient).map((account) => ({ patient, account })),
    );
    const collected = await all.hospital.receiptsOfAll(all.ledgerId, owners);
    const counts = await spoolReceipts(output, collected, receipts);
    if (counts.size === 0) throw nobody(ids.size, all.ledgerId);
    return await writeFiles(output, { ...all, owners, collected, counts, ids, texts, receipts, index });
  } finally {
    await Promise.all([texts.close(), receipts.close()]);
  }
}

/** Reads a CSV to its end; patients that come up are added to `ids`. */
async function spoolTexts(
  output: Output,
  { dealingKey, ledgerId }: AllReceipts,
  csv: StoredFile,
  ids: Map<string, number>,
  texts: Spool,
): Promise<void> {
  output.note(`Reading ${csv.file} …`);
  for await (const { patient, text } of readTexts(dealingKey, ledgerId, csv)) {
    const id = ids.get(patient) ?? ids.size;
    ids.set(patient, id);
    await texts.add(id, JSON.stringify(text));
  }
}

/** Number of receipts by owner, of those who have any. */
async function spoolReceipts(
  output: Output,
  { records, receipts: found }: ReceiptsOfAll,
  receipts: Spool,
): Promise<Map<number, number>> {
  const bar = output.progress('Receipts', records, 'records');
  const counts = new Map<number, number>();
  let done = 0;
  for await (const { owner, receipt } of found) {
    await receipts.add(owner, JSON.stringify(receipt));
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
    bar.update(++done);
  }
  bar.done();
  return counts;
}

interface ToWrite extends AllReceipts {
  owners: readonly Owner[];
  collected: ReceiptsOfAll;
  counts: ReadonlyMap<number, number>;
  ids: ReadonlyMap<string, number>;
  texts: Spool;
  receipts: Spool;
  index: IndexFile;
}

async function writeFiles(output: Output, given: ToWrite): Promise<AllWritten> {
  const { owners, counts, ids, index, folder, force } = given;
  const bar = output.progress('Files', counts.size, 'files');
  const found = { written: 0, unchanged: 0, left: [] as string[], receipts: 0 };
  let done = 0;
  for (const [owner, records] of counts) {
    const { patient, account } = owners[owner]!;
    const file = `${patientFileName(patient, account)}.json`;
    const became = await writeOne(join(folder, file), formatReceipts(await receiptsOf(given, owner)), force);
    if (became === 'left') found.left.push(file);
    else found[became]++;
    found.receipts += records;
    if (became !== 'left') index.set({ patient, account: addressText(account), file, records });
    bar.update(++done);
  }
  bar.done();
  await index.write();
  const patients = new Set([...counts.keys()].map((owner) => owners[owner]!.patient)).size;
  return { index: index.path, ...found, patients, without: ids.size - patients };
}

/** An owner's receipts with their texts. */
async function receiptsOf(given: ToWrite, owner: number): Promise<Receipts> {
  const { owners, collected, ids, texts, receipts } = given;
  const records = (await receipts.linesOf(owner)).map((line) => JSON.parse(line) as Receipt);
  const file = collected.fileOf(owner, records);
  const of = new TextsOf(records);
  for (const line of await texts.linesOf(ids.get(owners[owner]!.patient)!)) of.take(JSON.parse(line) as RecordText);
  return file;
}

/** A file that is there is left unless `force`; one with the same content is as good as written. */
async function writeOne(path: string, text: string, force: boolean): Promise<'written' | 'unchanged' | 'left'> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere && (await readFile(path, 'utf8')) === text) return 'unchanged';
  if (isThere && !force) return 'left';
  await withOutputFile(path, { replace: force }, (file) => file.write(text));
  return 'written';
}

function nobody(patients: number, ledgerId: Uint8Array): MIStoreError {
  const ledger: Hex = toHex(ledgerId);
  const message = `the ledger has no record of any of these ${patients} patients: are they the ids as in the CSV that was ingested, and is it the right ledger? Nothing was written`;
  return new MIStoreError('NO_RECORDS', message, { ledger, patients });
}
