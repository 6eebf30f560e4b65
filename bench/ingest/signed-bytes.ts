// From CSV to signed transactions on one thread, stage by stage, with nothing sent. Runs what the ingest runs, but one
// stage after the other on the clock. Bytes and gas are of what was signed.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { fromHex } from '../../src/bytes.ts';
import { floorGas, SCHEDULES } from '../../src/chain/sending/gas.ts';
import { signTransaction } from '../../src/chain/sending/transaction.ts';
import { encodeAppendBatch } from '../../src/contract/batch-abi.ts';
import { createEngine } from '../../src/engine/load.ts';
import { PatientAccounts } from '../../src/identity/accounts.ts';
import { accountKey, dealingKey } from '../../src/identity/keys.ts';
import { BatchBuilder } from '../../src/ingest/batch-builder.ts';
import { RecordTable } from '../../src/ingest/record-table.ts';
import { SeriesBook } from '../../src/ingest/series-book.ts';
import { batchCapacity, batchLeaves, batchNonce, contentsHash } from '../../src/records/batch.ts';
import { readRows } from '../../src/records/input/rows.ts';
import { encodeLanes } from '../../src/records/lanes.ts';
import { BatchTree } from '../../src/records/merkle.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { encodeRecords, RecordKeys, recordName } from '../../src/records/record.ts';
import { encodeSource } from '../../src/records/source.ts';
import { deal } from '../../src/vss/dealing.ts';
import { Keystreams } from '../../src/vss/keystreams.ts';
import { subsetKeys } from '../../src/vss/subset-keys.ts';

const committee = { threshold: 3, seats: 5 };
const { threshold, seats } = committee;
const STAGES = ['csv', 'contents', 'keystreams', 'deal', 'commit', 'root', 'sign'] as const;
type Stage = (typeof STAGES)[number];

export async function signedBytes(file: string) {
  const engine = await createEngine();
  const seed = randomBytes(32);
  const [key, account] = [dealingKey(seed), accountKey(seed)];
  const deployment = { chainId: 31337n, contract: fromHex(`0x${'11'.repeat(20)}`) };
  const [ledgerId, name] = [randomBytes(32), randomBytes(24)];
  const subsets = subsetKeys(key, { ...deployment, committeeHash: ledgerId }, committee);
  const profile = presetProfile('synthea-encounters');
  const lanes = profile.columns.lanes.length;
  const accounts = new PatientAccounts(seed);
  const table = new RecordTable(lanes);
  const keys = new RecordKeys(key, ledgerId);
  const accountsOf = (patient: string) => accounts.accounts(patient);
  const series = new SeriesBook(lanes, { dealingKey: key, ledgerId, accountsOf, table });
  const spent = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>;
  let mark = performance.now();
  const charge = (stage: Stage): void => {
    const now = performance.now();
    spent[stage] += now - mark;
    mark = now;
  };

  const capacity = batchCapacity(threshold);
  let batch = new BatchBuilder(capacity);
  const next = { index: 0, firstRecordId: 0, previousNonce: new Uint8Array(16), previous: ledgerId as Uint8Array };
  let [bytes, gas] = [0, 0n];
  const close = (): void => {
    const { index, firstRecordId, previousNonce, previous } = next;
    const { count } = batch;
    const source = encodeSource(name, batch.lastRow);
    const contents = { source, ...batch.contents() };
    const place = { index, epoch: 1, committeeHash: ledgerId, previousNonce };
    const nonce = batchNonce(key, deployment, place, contents);
    const position = { index, nonce, contents: contentsHash(contents.tags, contents.keys) };
    charge('contents');
    const streams = new Keystreams(subsets, position).next(count);
    charge('keystreams');
    const { values, blindings, corrections } = engine.deal(contents.messages, streams, threshold, seats);
    charge('deal');
    const commitments = engine.commit(values, blindings);
    charge('commit');
    if (index === 0) {
      const whole = deal(engine, committee, contents.messages, subsets, position);
      assert.deepEqual([commitments, corrections], [whole.commitments, whole.corrections]);
      mark = performance.now();
    }
    const records = encodeRecords(threshold, { count, ...contents, commitments, corrections });
    const event = { index, epoch: 1, firstRecordId, nonce, source, records };
    const { root } = new BatchTree(engine, batchLeaves(engine, threshold, event));
    charge('root');
    const data = encodeAppendBatch({ ledgerId, previous, epoch: 1, nonce, source, records });
    const fees = { maxFeePerGas: 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n, gas: 16_000_000n, value: 0n };
    bytes += signTransaction({ chainId: 31337n, nonce: index, to: deployment.contract, data, ...fees }, account).raw
      .length;
    charge('sign');
    gas += floorGas(data, SCHEDULES['eip-7623']);
    Object.assign(next, {
      index: index + 1,
      firstRecordId: firstRecordId + count,
      previousNonce: nonce,
      previous: root,
    });
    batch = new BatchBuilder(capacity);
    mark = performance.now();
  };

  mark = performance.now();
  for await (const row of readRows(file, profile)) {
    if (row.kind !== 'row') continue;
    charge('csv');
    const recordKey = keys.key(recordName(row, name));
    if (table.findKey(recordKey) < 0) {
      const { tag, total } = series.append(row.patient, row.category, row.amounts, recordKey);
      batch.add({ tag, key: recordKey, message: encodeLanes(total) }, row.row, row.patient);
    }
    charge('contents');
    if (batch.count === capacity) close();
  }
  if (batch.count > 0) close();
  // The sum of the stages: the comparison of the first batch, and counting gas, are not part of the work.
  const seconds = STAGES.reduce((sum, stage) => sum + spent[stage], 0) / 1000;
  const shares = Object.fromEntries(STAGES.map((stage) => [stage, spent[stage] / (1000 * seconds)]));
  const records = next.firstRecordId;
  return {
    engine: engine.name,
    records,
    seconds,
    recordsPerSecond: records / seconds,
    batches: next.index,
    capacity,
    bytes,
    bytesPerRecord: bytes / records,
    /** The floor price of the calldata, which a full batch costs: see appendBatchExecution. */
    gasPerRecord: Number(gas) / records,
    shares,
  };
}
