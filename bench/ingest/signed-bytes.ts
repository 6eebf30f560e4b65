// From CSV to signed transactions on one thread, stage by stage, with nothing sent. Runs what the ingest runs, but one
// stage after the other on the clock.
import { randomBytes } from 'node:crypto';
import { fromHex } from '../../src/bytes.ts';
import { signTransaction } from '../../src/chain/sending/transaction.ts';
import { encodeAppendBatch } from '../../src/contract/batch-abi.ts';
import { createEngine } from '../../src/engine/load.ts';
import { accountKey, dealingKey } from '../../src/identity/keys.ts';
import { Tags } from '../../src/identity/tags.ts';
import { BatchBuilder } from '../../src/ingest/batch-builder.ts';
import { Recorder } from '../../src/ingest/recorder.ts';
import { batchCapacity, batchNonce } from '../../src/records/batch.ts';
import { readRows } from '../../src/records/csv/rows.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { encodeRecords } from '../../src/records/record.ts';
import { SeenRecords } from '../../src/records/seen.ts';
import { encodeSource } from '../../src/records/source.ts';
import { deal } from '../../src/vss/dealing.ts';
import { pads } from '../../src/vss/pads.ts';

const committee = { threshold: 3, seats: 5 };
const STAGES = ['csv', 'contents', 'pads', 'deal', 'sign'] as const;
type Stage = (typeof STAGES)[number];

export async function signedBytes(file: string) {
  const engine = await createEngine();
  const seed = randomBytes(32);
  const [key, account] = [dealingKey(seed), accountKey(seed)];
  const deployment = { chainId: 31337n, contract: fromHex(`0x${'11'.repeat(20)}`) };
  const channels = Array.from({ length: committee.seats }, () => randomBytes(32));
  const servers = channels.map(() => randomBytes(20));
  const name = randomBytes(24);
  const recorder = new Recorder(key, name, new Tags(seed), new SeenRecords());
  const spent: Record<Stage, number> = { csv: 0, contents: 0, pads: 0, deal: 0, sign: 0 };
  let mark = performance.now();
  const charge = (stage: Stage): void => {
    const now = performance.now();
    spent[stage] += now - mark;
    mark = now;
  };

  let batch = new BatchBuilder(batchCapacity(committee));
  let index = 0;
  let records = 0;
  let bytes = 0;
  const close = (): void => {
    const { tags, keys, messages } = batch.contents;
    const source = encodeSource(name, batch.rows.at(-1)!);
    const contents = { ledgerId: 1n, threshold: committee.threshold, servers, index, source, tags, keys, messages };
    const nonce = batchNonce(key, deployment, contents);
    charge('contents');
    const place = { ledgerId: 1n, index, nonce };
    const keystreams = channels.map((channel, s) => pads(channel, place, s + 1, batch.count));
    charge('pads');
    const dealt = deal(engine, committee, messages, keystreams);
    charge('deal');
    const wire = encodeRecords(committee, { count: batch.count, tags, keys, ...dealt });
    const data = encodeAppendBatch({ ...place, source, records: wire });
    const fees = { maxFeePerGas: 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n, gas: 16_000_000n, value: 0n };
    bytes += signTransaction({ chainId: 31337n, nonce: index, to: deployment.contract, data, ...fees }, account).raw
      .length;
    charge('sign');
    records += batch.count;
    index++;
    batch = new BatchBuilder(batchCapacity(committee));
  };

  const started = performance.now();
  mark = started;
  for await (const row of readRows(file, presetProfile('synthea-encounters'))) {
    if (row.kind !== 'row') continue;
    charge('csv');
    const record = recorder.record(row);
    if (record.sighting.kind === 'new') batch.add(record.tag, record.key, record.message, row.row);
    charge('contents');
    if (batch.count === batchCapacity(committee)) close();
  }
  if (batch.count > 0) close();
  const seconds = (performance.now() - started) / 1000;
  const shares = Object.fromEntries(STAGES.map((stage) => [stage, spent[stage] / (1000 * seconds)]));
  return { engine: engine.name, records, seconds, recordsPerSecond: records / seconds, bytes, shares };
}
