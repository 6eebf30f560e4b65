// An audit: anyone can check a whole ledger, read from the chain or from an archive, against what the contract stores: the
// place, count and root of each batch, that commitments are points of the curve, that corrections are canonical scalars,
// and that tags and source rows ascend, with no more records that no row accounts for than records that have been void. Only a server can check the shares dealt to it: see Server.check.
import { type Hex, toHex } from '../bytes.ts';
import { batchFault } from '../contract/storage-check.ts';
import type { ContractEvent, StoredBatch } from '../contract/types.ts';
import { GROUP_ORDER } from '../engine/bn254.ts';
import type { Engine } from '../engine/engine.ts';
import { EncodingError } from '../errors.ts';
import { LedgerComplaints } from '../ledger/complaints.ts';
import type { Site } from '../ledger/site.ts';
import { LedgerView } from '../ledger/view.ts';
import { type Columns, decodeRecords, TAG_BYTES } from '../records/record.ts';
import { decodeSource } from '../records/source.ts';

/** Something that is wrong with a ledger. */
export interface AuditFault {
  /** Number of the batch; null for the ledger as such. */
  batch: number | null;
  /** Null if it does not concern one record. */
  recordId: number | null;
  what: string;
}

/** What an audit has found. */
export interface Audit {
  ledgerId: Uint8Array;
  batches: number;
  records: number;
  /** Total length of the records. */
  bytes: number;
  /** Number of inputs that the records came from. */
  sources: number;
  /** Everything that is wrong; the first MAX_FAULTS if there is more. */
  faults: AuditFault[];
}

/** What is called during an audit. */
export interface AuditOptions {
  /** Called with the number of records checked so far, and of all. */
  onProgress?: (progress: { records: number; total: number }) => void;
}

/** An audit stops when it has found this many faults. */
export const MAX_FAULTS = 100;

/** Throws UNKNOWN_LEDGER, FORGED_TERMS, or IncompleteLogsError if a batch is missing. */
export async function audit(site: Site, ledgerId: Uint8Array, { onProgress }: AuditOptions = {}): Promise<Audit> {
  const { engine } = site;
  const ledger = await LedgerView.load(site, ledgerId);
  const state = await ledger.state();
  const done: Audit = { ledgerId, batches: 0, records: 0, bytes: 0, sources: 0, faults: [] };
  const { everVoid } = await LedgerComplaints.readVoids(site, ledger);
  const sources = new Sources(everVoid.length);
  for await (const [batch, stored] of withStored(site, ledgerId)) {
    const expected = { index: done.batches, firstRecordId: done.records };
    for (const fault of batchFaults(engine, ledger.terms.threshold, batch, expected, stored, sources)) {
      done.faults.push({ batch: batch.index, ...fault });
      if (done.faults.length === MAX_FAULTS) return done;
    }
    done.batches++;
    done.records += batch.count;
    done.bytes += batch.records.length;
    done.sources = sources.count;
    onProgress?.({ records: done.records, total: state.nextRecordId });
  }
  return done;
}

/** The ledger's batches, each with what the contract stores of it, which is requested while the batch before is checked. */
async function* withStored(
  { contract, events }: Site,
  ledgerId: Uint8Array,
): AsyncGenerator<[ContractEvent<'BatchAppended'>, StoredBatch]> {
  const ask = (batch: ContractEvent<'BatchAppended'>) => {
    const stored = contract.getBatch(ledgerId, batch.index);
    stored.catch(() => undefined); // Thrown below, when it is awaited.
    return { batch, stored };
  };
  let waiting: ReturnType<typeof ask> | undefined;
  for await (const batch of events.readBatches(ledgerId)) {
    const asked = ask(batch);
    if (waiting) yield [waiting.batch, await waiting.stored];
    waiting = asked;
  }
  if (waiting) yield [waiting.batch, await waiting.stored];
}

type BatchFault = Omit<AuditFault, 'batch'>;

function* batchFaults(
  engine: Engine,
  threshold: number,
  batch: ContractEvent<'BatchAppended'>,
  expected: { index: number; firstRecordId: number },
  stored: StoredBatch,
  sources: Sources,
): Generator<BatchFault> {
  const what = batchFault(engine, threshold, batch, expected, stored);
  if (what !== null) yield { recordId: null, what };
  yield* sources.faults(batch);
  let columns: Columns;
  try {
    columns = decodeRecords(threshold, batch.records);
  } catch (error) {
    if (error instanceof EncodingError) return; // batchFault has reported it.
    throw error;
  }
  yield* pointFaults(engine, columns.commitments, threshold, batch.firstRecordId);
  yield* scalarFaults(columns.corrections, batch.firstRecordId);
  yield* orderFaults(columns, batch.firstRecordId);
}

/** The rows of one input must ascend, at least one for each record; but a carry record, one for each void record, has none. */
class Sources {
  /** The last row of each input so far. */
  readonly #reached = new Map<Hex, number>();
  /** Carry records that there may still be. */
  #carries: number;

  /** `everVoid`: how many records are void or have been. */
  constructor(everVoid: number) {
    this.#carries = everVoid;
  }

  get count(): number {
    return this.#reached.size;
  }

  *faults({ source, count }: ContractEvent<'BatchAppended'>): Generator<BatchFault> {
    const { name, row } = decodeSource(source);
    const before = this.#reached.get(toHex(name)) ?? 0;
    this.#reached.set(toHex(name), row);
    const rowless = before + count - row;
    if (rowless <= 0) return;
    this.#carries -= rowless;
    if (this.#carries >= 0 && row > before) return;
    const what = `its ${count} records end at row ${row} of a source whose previous batch ended at row ${before}`;
    yield { recordId: null, what };
  }
}

/** The contract checks that coordinates are canonical, not that the points are on the curve. */
function* pointFaults(
  engine: Engine,
  commitments: Uint8Array,
  columns: number,
  firstId: number,
): Generator<BatchFault> {
  for (let from = 0; from < commitments.length / 32; ) {
    try {
      engine.decompress(commitments.subarray(32 * from));
      return;
    } catch (error) {
      if (!(error instanceof EncodingError)) throw error;
      const element = from + (error.details.element as number);
      const recordId = firstId + Math.floor(element / columns);
      yield { recordId, what: `commitment ${element % columns} is not a point of the curve` };
      from = element + 1;
    }
  }
}

const ORDER_TOP = Number(GROUP_ORDER >> 224n);

function* scalarFaults(corrections: Uint8Array, firstId: number): Generator<BatchFault> {
  const view = new DataView(corrections.buffer, corrections.byteOffset, corrections.length);
  for (let i = 0; i < corrections.length / 32; i++) {
    const top = view.getUint32(32 * i);
    if (top < ORDER_TOP) continue;
    if (top === ORDER_TOP && BigInt(toHex(corrections.subarray(32 * i, 32 * i + 32))) < GROUP_ORDER) continue;
    yield { recordId: firstId + i, what: 'its correction is not a canonical scalar' };
  }
}

/** Tags must ascend strictly: in file order, neighbours would often be one patient's. */
function* orderFaults({ tags, count }: Columns, firstId: number): Generator<BatchFault> {
  const tag = (k: number) => toHex(tags.subarray(TAG_BYTES * k, TAG_BYTES * (k + 1)));
  for (let k = 1; k < count; k++) {
    if (tag(k) > tag(k - 1)) continue;
    yield { recordId: firstId + k, what: 'its tag is not above that of the record before it' };
  }
}
