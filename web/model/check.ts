// Bills against the chain: each with its state, and what is missing in the file. And the proof of one bill.
import { fromHex, toHex } from '../../src/bytes.ts';
import { readBlock } from '../../src/chain/state.ts';
import { MIStoreError } from '../../src/errors.ts';
import { checkReceipts, type OwnComplaints } from '../../src/parties/patient.ts';
import type { ReceiptFault } from '../../src/records/receipts/receipt.ts';
import { placeOf } from '../../src/records/receipts/receipt.ts';
import { leafOf } from '../../src/records/record.ts';
import { seriesId, tagOf } from '../../src/records/series.ts';
import { type OpenedChain, opened } from './chain.ts';
import type {
  Bill,
  BillProof,
  BillState,
  Cancelable,
  Chain,
  CheckedReceipts,
  FaultKey,
  MissingRecords,
  OpenedReceipts,
} from './types.ts';

const KEYS: Record<ReceiptFault, FaultKey> = {
  'a category that the ledger does not have': 'unknown-category',
  'another record of this file has the same place in its series': 'same-place',
  'the records before it in its series are not in this file': 'gap-before',
  'the salt is not that of the viewing key': 'wrong-salt',
  'a carry record has no amounts but 0': 'carry-with-amounts',
  'it does not carry on the record before it in its series': 'carry-of-another',
  'it does not correct a record before it in its series': 'correction-of-another',
  'unknown batch': 'unknown-batch',
  'record not in the batch': 'not-in-batch',
  'amounts do not open the commitment': 'wrong-amounts',
  'not under the root': 'not-under-root',
};

/** As Model.checkBills. */
export async function checkBills(
  file: OpenedReceipts,
  chain: Chain,
  { onProgress, signal }: Cancelable = {},
): Promise<CheckedReceipts> {
  const { site } = opened(chain);
  const { verdicts, missing, complaints } = await checkReceipts(site, file.receipts, {
    onProgress: ({ batches, total }) => onProgress?.({ stage: 'batches', done: batches, total }),
    ...(signal && { signal }),
  });
  const faults = new Map(verdicts.map(({ recordId, fault }) => [recordId, fault]));
  const against = new Map(complaints.map((one) => [one.recordId, one]));
  const bills = file.bills.map((bill): Bill => {
    const own = against.get(bill.recordId) ?? null;
    return { ...bill, state: stateOf(faults.get(bill.recordId) ?? null, own), complaints: own };
  });
  const count = (kind: BillState['kind']) => bills.filter(({ state }) => state.kind === kind).length;
  const faulty = count('fault');
  return {
    ...file,
    bills,
    word: chain.word,
    valid: bills.length - faulty,
    faulty,
    void: count('void'),
    complained: count('complained'),
    missing: byCategory(missing),
    missingCount: missing.length,
  };
}

function stateOf(fault: ReceiptFault | null, complaints: OwnComplaints | null): BillState {
  if (fault !== null) return { kind: 'fault', fault: KEYS[fault] };
  if (complaints?.isVoid) return { kind: 'void', isForGood: complaints.isVoidForGood, next: complaints.next };
  if (complaints && complaints.standing.length > 0) return { kind: 'complained', seats: complaints.standing };
  return { kind: 'valid' };
}

function byCategory(missing: readonly { category: string; position: number; recordId: number }[]): MissingRecords[] {
  const categories = new Map<string, MissingRecords>();
  for (const { category, position, recordId } of missing) {
    const found = categories.get(category) ?? { category, count: 0, position, recordIds: [] };
    categories.set(category, found);
    found.count++;
    found.position = Math.min(found.position, position);
    found.recordIds.push(recordId);
  }
  return [...categories.values()];
}

/** As Model.billProof. */
export async function billProof(file: OpenedReceipts, chain: Chain, recordId: number): Promise<BillProof> {
  const place = opened(chain);
  const { contract, events } = place.site;
  const { receipts } = file;
  const receipt = receipts.records.find((one) => one.recordId === recordId);
  if (receipt === undefined) {
    throw new MIStoreError('NOT_YOUR_RECORD', `record ${recordId} has no receipt in this file`, { recordId });
  }
  const { batch, category, position, commitments, path, key, salt, blinding } = receipt;
  const ledgerId = fromHex(receipts.ledgerId, 'ledger id', 32);
  const [stored, event] = [await contract.getBatch(ledgerId, batch), await events.readBatch(ledgerId, batch)];
  const { account, ...rest } = placeOf(receipts, category);
  const series = seriesId(fromHex(receipts.viewingKey), { account, ...rest });
  const tag = tagOf(account, series, position, fromHex(salt));
  const points = fromHex(`0x${commitments.map((point) => point.slice(2)).join('')}`);
  return {
    batch,
    recordId,
    place: recordId - stored.firstRecordId,
    batchRecords: stored.count,
    root: toHex(stored.root),
    leaf: toHex(leafOf(recordId, tag, fromHex(key), points)),
    path,
    commitments,
    tag: toHex(tag),
    key,
    salt,
    blinding,
    block: event.blockNumber,
    time: await timeOf(place, event.blockNumber),
    transaction: event.transactionHash,
  };
}

/** Unix seconds of a block; null with an archive alone, and where the node does not have the block. */
export async function timeOf({ connected, times }: OpenedChain, block: number): Promise<number | null> {
  if (connected === null) return null;
  const known = times.get(block);
  if (known !== undefined) return known;
  const time = (await readBlock(connected.contract.rpc, block))?.timestamp ?? null;
  times.set(block, time);
  return time;
}
