// What src/ makes of the transcript's rows, byte for byte, with each engine: keys, tags, totals, nonce, commitments,
// corrections, openings, wire, leaves, root, paths, and each seat's shares.
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { BatchBuilder } from '../../src/ingest/batch-builder.ts';
import { batchLeaves, batchNonce, contentsHash } from '../../src/records/batch.ts';
import { encodeLanes } from '../../src/records/lanes.ts';
import { BatchTree, isUnder } from '../../src/records/merkle.ts';
import { decodeRecords, encodeRecords, leafOf, RecordKeys, recordName } from '../../src/records/record.ts';
import { saltOf, seriesId, tagOf } from '../../src/records/series.ts';
import { encodeSource, sourceName } from '../../src/records/source.ts';
import { verify } from '../../src/sharing/verify.ts';
import { deal, shares } from '../../src/vss/dealing.ts';
import { keysOf } from '../../src/vss/subset-keys.ts';
import { engines } from '../engine/engines.ts';
import {
  bytes,
  committee,
  deployment,
  joined,
  ledgerId,
  rowsOf,
  transcript,
  type VectorBatch,
  type VectorRecord,
} from './transcript.ts';

const { threshold, seats } = committee;
const dealingKey = bytes(transcript.hospital.dealingKey);
const each = transcript.batches.map((batch) => [batch.index, batch] as const);
const column = ({ records }: VectorBatch, name: 'tag' | 'key' | 'message' | 'correction' | 'blinding') =>
  toHex(joined(records.map((record) => record[name])));

const keysOfEpoch = ({ epoch }: VectorBatch) => joined(transcript.epochs[epoch - 1]!.keys);
const positionOf = ({ index, nonce, contents }: VectorBatch) => ({
  index,
  nonce: bytes(nonce),
  contents: bytes(contents),
});

/** Totals of the series up to a row of a batch, which is the series' last so far. */
function totalsAt(upTo: VectorBatch, record: VectorRecord): bigint[] {
  const row = upTo.rows.find((one) => one.row === record.row)!;
  const before = transcript.batches.slice(0, upTo.index + 1).flatMap((batch) => {
    return batch.rows.filter((one) => batch.index < upTo.index || one.row <= row.row);
  });
  const own = before.filter(({ patient, category }) => patient === row.patient && category === row.category);
  expect(own).toHaveLength(record.position);
  return transcript.ledger.terms.lanes.map((_, lane) => own.reduce((sum, one) => sum + BigInt(one.amounts[lane]!), 0n));
}

describe.each(each)('batch %i', (_, batch) => {
  const { nonce, contents, source, wire, records, firstRecordId } = batch;

  it('source, keys, salts, tags and messages, in the order of the tags', () => {
    const name = sourceName(batch.input, bytes(transcript.profileHash));
    const rows = rowsOf(batch);
    expect(toHex(encodeSource(name, rows.at(-1)!.row))).toBe(source);
    const names = new RecordKeys(dealingKey, ledgerId);
    const builder = new BatchBuilder(rows.length);
    for (const row of rows) {
      const record = records.find((one) => one.row === row.row)!;
      const patient = transcript.patients.find(({ id }) => id === row.patient)!;
      const [account, viewingKey] = [bytes(patient.account), bytes(patient.viewingKey)];
      const series = seriesId(viewingKey, { ledgerId, account, category: row.category });
      const salt = saltOf(viewingKey, ledgerId, series, record.position);
      expect(toHex(salt)).toBe(record.salt);
      const tag = tagOf(account, series, record.position, salt);
      const message = encodeLanes(totalsAt(batch, record));
      builder.add({ tag, key: names.key(recordName(row, name)), message }, row.row, row.patient);
    }
    const { tags, keys, messages } = builder.contents();
    expect(toHex(tags)).toBe(column(batch, 'tag'));
    expect(toHex(keys)).toBe(column(batch, 'key'));
    expect(toHex(messages)).toBe(column(batch, 'message'));
    expect(toHex(contentsHash(tags, keys))).toBe(contents);
    const { index, epoch, previousNonce } = batch;
    const committeeHash = bytes(transcript.epochs[epoch - 1]!.committeeHash);
    const place = { index, epoch, committeeHash, previousNonce: bytes(previousNonce) };
    const named = batchNonce(dealingKey, deployment, place, { source: bytes(source), tags, keys, messages });
    expect(toHex(named)).toBe(nonce);
  });

  it.each(engines.map((engine) => [engine.name, engine] as const))('dealt by the engine "%s"', (_, engine) => {
    const messages = bytes(column(batch, 'message') as `0x${string}`);
    const dealt = deal(engine, committee, messages, keysOfEpoch(batch), positionOf(batch));
    expect(toHex(dealt.commitments)).toBe(toHex(joined(records.flatMap(({ commitments }) => commitments))));
    expect(toHex(dealt.corrections)).toBe(column(batch, 'correction'));
    expect(toHex(dealt.openings)).toBe(column(batch, 'blinding'));
    const [tags, keys] = (['tag', 'key'] as const).map((name) => joined(records.map((record) => record[name])));
    const { commitments, corrections } = dealt;
    const columns = { count: records.length, tags: tags!, keys: keys!, commitments, corrections };
    expect(toHex(encodeRecords(threshold, columns))).toBe(wire);
    expect(decodeRecords(threshold, bytes(wire))).toEqual(columns);
  });

  it.each(engines.map((engine) => [engine.name, engine] as const))('shares by the engine "%s"', (_, engine) => {
    const { corrections, commitments } = decodeRecords(threshold, bytes(wire));
    for (let seat = 1; seat <= seats; seat++) {
      const keys = keysOf(committee, seat, keysOfEpoch(batch));
      const own = shares(engine, committee, seat, keys, positionOf(batch), corrections);
      expect(toHex(own)).toBe(toHex(joined(records.map((record) => record.shares[seat - 1]!))));
      const last = records.length - 1;
      const one = shares(engine, committee, seat, keys, positionOf(batch), corrections.subarray(32 * last), last);
      expect(toHex(one)).toBe(records[last]!.shares[seat - 1]);
      const random = (length: number) => new Uint8Array(length).fill(7);
      expect(verify(engine, committee, seat, own, commitments, random)).toEqual([]);
    }
    const opened = shares(engine, committee, 0, keysOfEpoch(batch), positionOf(batch), corrections);
    expect(toHex(opened)).toBe(toHex(joined(records.flatMap(({ message, blinding }) => [message, blinding]))));
  });

  it.each(engines.map((engine) => [engine.name, engine] as const))('leaves, root, paths by "%s"', (_, engine) => {
    const event = { ...batch, nonce: bytes(nonce), source: bytes(source), records: bytes(wire) };
    const leaves = batchLeaves(engine, threshold, event);
    expect(toHex(leaves)).toBe(toHex(joined(batch.leaves)));
    const tree = new BatchTree(engine, leaves);
    expect(toHex(tree.root)).toBe(batch.root);
    for (const [k, { recordId, tag, key, commitments, leaf, path }] of records.entries()) {
      expect(recordId).toBe(firstRecordId + k);
      expect(toHex(leafOf(recordId, bytes(tag), bytes(key), joined(commitments)))).toBe(leaf);
      expect(tree.path(k).map(toHex)).toEqual(path);
      expect(isUnder(bytes(batch.root), bytes(leaf), path.map(bytes))).toBe(true);
      expect(toHex(engine.commit(bytes(records[k]!.message), bytes(records[k]!.blinding)))).toBe(commitments[0]);
    }
  });

  it('stands on the batch before it', () => {
    const before = transcript.batches[batch.index - 1];
    expect(batch.previous).toBe(before?.root ?? transcript.ledger.id);
    expect(batch.previousNonce).toBe(before?.nonce ?? toHex(new Uint8Array(16)));
  });
});
