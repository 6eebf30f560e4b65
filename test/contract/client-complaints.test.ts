// Complaints by the typed client against the real contract: filed, withdrawn, justified, and what makes a record void.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, fromBigInt, toHex } from '../../src/bytes.ts';
import { CONTRACT } from '../../src/contract/abi.ts';
import { MIStoreContract } from '../../src/contract/client.ts';
import type { ComplaintCall, JustifyCall, RefuteCall } from '../../src/contract/types.ts';
import { curveRight, FIELD_PRIME } from '../../src/engine/bn254.ts';
import { squareRoot } from '../../src/engine/modular.ts';
import { batchLeaves } from '../../src/records/batch.ts';
import { BatchTree } from '../../src/records/merkle.ts';
import { recordBytes } from '../../src/records/record.ts';
import type { TestChain } from '../support/chain.ts';
import { drawBytes, engine, makeBatch, type TestBatch, type TestLedger } from '../support/ledger.ts';
import { makeQuery } from '../support/query.ts';
import { openClientScene, refusal } from './client-scene.ts';

let chain: TestChain;
let ledger: TestLedger;
let batches: TestBatch[];
let insurer: MIStoreContract;

beforeAll(async () => {
  ({ chain, ledger, batches, insurer } = await openClientScene());
});
afterAll(() => chain?.stop());

/** About record number k of the first batch. */
const about = (k: number): ComplaintCall => ({
  ledgerId: ledger.ledgerId,
  batch: 0,
  root: batches[0]!.tree.root,
  recordId: k,
});

/** The right justification of a seat's complaint about record number k of the first batch. */
function justification(k: number, seat: number): JustifyCall {
  const { records, keys, commitments, shares, tree } = batches[0]!;
  const share = shares[seat - 1]!.subarray(64 * k, 64 * (k + 1));
  return {
    ledgerId: ledger.ledgerId,
    batch: 0,
    recordId: k,
    seat,
    share: share.subarray(0, 32),
    blinding: share.subarray(32),
    record: concat(
      records[k]!.tag,
      keys.subarray(8 * k, 8 * (k + 1)),
      engine.decompress(commitments.subarray(64 * k, 64 * (k + 1))),
    ),
    path: concat(...tree.path(k)),
  };
}

const standing = (k: number) => insurer.complaintsOf(ledger.ledgerId, k);
const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe('a complaint', () => {
  it('is filed by a seat about a record of the ledger, stands, and is withdrawn', async () => {
    const { ledgerId, servers, hospital } = ledger;
    const filed = await servers[2]!.complain(about(0));
    expect(filed.events).toMatchObject([{ event: 'ComplaintFiled', ledgerId, recordId: 0, seat: 3, batch: 0 }]);
    expect(await standing(0)).toEqual({ standing: [3], justified: [], isVoid: false });
    const twice = await refusal(servers[2]!.complain(about(0)), 'AlreadyComplained');
    expect(twice.message).toBe(`the complaint of seat 3 about record 0 of ledger ${toHex(ledgerId)} stands already`);

    const wrongRoot = { ...about(1), root: batches[1]!.tree.root };
    expect((await refusal(servers[0]!.complain(wrongRoot), 'WrongRoot')).args).toMatchObject({
      root: toHex(batches[1]!.tree.root),
      expected: toHex(batches[0]!.tree.root),
    });
    await refusal(servers[0]!.complain(about(5)), 'RecordNotInBatch');
    await refusal(servers[0]!.complain({ ...about(4), batch: 1, root: batches[1]!.tree.root }), 'RecordNotInBatch');
    await refusal(servers[0]!.complain({ ...about(0), batch: 2 }), 'UnknownBatch');
    await refusal(hospital.complain(about(0)), 'NotAMember');
    await refusal(insurer.complain(about(0)), 'NotAMember');
    await refusal(servers[0]!.complain({ ...about(0), ledgerId: drawBytes('nobody', 32) }), 'UnknownLedger');

    await refusal(servers[0]!.withdrawComplaint(ledgerId, 0), 'NoComplaint');
    const { events } = await servers[2]!.withdrawComplaint(ledgerId, 0);
    expect(events).toMatchObject([{ event: 'ComplaintWithdrawn', ledgerId, recordId: 0, seat: 3 }]);
    expect(await standing(0)).toEqual({ standing: [], justified: [], isVoid: false });
    await refusal(servers[2]!.withdrawComplaint(ledgerId, 0), 'NoComplaint');
  });

  it('is ended for good by the hospital with the right share, of t − 1 seats at most', async () => {
    const { ledgerId, servers, hospital } = ledger;
    const right = justification(1, 1);
    await refusal(hospital.justify(right), 'NoComplaint');
    await servers[0]!.complain(about(1));
    for (const change of [
      { share: flipped(right.share, 31) },
      { blinding: flipped(right.blinding, 31) },
      { share: right.blinding, blinding: right.share },
    ]) {
      await refusal(hospital.justify({ ...right, ...change }), 'WrongShare');
    }
    const { share, blinding } = justification(1, 2);
    await refusal(hospital.justify({ ...right, share, blinding }), 'WrongShare');
    await refusal(hospital.justify({ ...right, share: new Uint8Array(32).fill(0xff) }), 'NonCanonicalScalar');
    await refusal(hospital.justify({ ...right, record: flipped(right.record, 19) }), 'InvalidProof');
    await refusal(hospital.justify({ ...right, record: flipped(right.record, 91) }), 'InvalidProof');
    await refusal(hospital.justify({ ...right, record: right.record.slice(1) }), 'LengthMismatch');
    await refusal(hospital.justify({ ...right, path: flipped(right.path, 0) }), 'InvalidProof');
    await refusal(hospital.justify({ ...right, batch: 1 }), 'InvalidProof');
    await refusal(servers[0]!.justify(right), 'NotTheHospital');

    const { events } = await hospital.justify(right);
    const told = { ledgerId, recordId: 1, seat: 1, share: right.share, blinding: right.blinding };
    expect(events).toMatchObject([{ event: 'ComplaintJustified', ...told }]);
    expect(await standing(1)).toEqual({ standing: [], justified: [1], isVoid: false });
    await refusal(servers[0]!.complain(about(1)), 'AlreadyJustified');
    await servers[1]!.complain(about(1));
    const second = await refusal(hospital.justify(justification(1, 2)), 'TooManyJustified');
    expect(second.args).toEqual({ ledgerId: toHex(ledgerId), recordId: 1n, maximum: 1n });
    expect(await standing(1)).toEqual({ standing: [2], justified: [1], isVoid: false });
  });

  it('of more than n − t seats makes a record void while they stand: no run begins or ends there', async () => {
    const { ledgerId, servers } = ledger;
    const [edge] = makeQuery(ledger, insurer, 'Ann', [1, 2]).edges;
    const recordId = edge!.recordId;
    expect((await insurer.getLedger(ledgerId)).hasVoids).toBe(false);
    await servers[0]!.complain(about(recordId));
    expect(await standing(recordId)).toEqual({ standing: [1], justified: [], isVoid: false });
    await servers[2]!.complain(about(recordId));
    expect(await standing(recordId)).toEqual({ standing: [1, 3], justified: [], isVoid: true });
    expect((await insurer.getLedger(ledgerId)).hasVoids).toBe(true);

    const query = makeQuery(ledger, insurer, 'Ann', [1, 2]);
    const call = { ...query, ...query.part() };
    const refused = await refusal(insurer.openQuery(call), 'RecordIsVoid');
    expect(refused.args).toEqual({ ledgerId: toHex(ledgerId), recordId: BigInt(recordId) });
    // The records around it can be asked for, and itself inside a run.
    const around = makeQuery(ledger, insurer, 'Ann', [1, 2, 3]);
    await insurer.openQuery({ ...around, ...around.part() });
    await servers[2]!.withdrawComplaint(ledgerId, recordId);
    expect(await standing(recordId)).toEqual({ standing: [1], justified: [], isVoid: false });
    await insurer.openQuery(call);
  });
});

describe('a commitment that is no point', () => {
  it('makes its record void for good, by anyone with a witness', async () => {
    const { ledgerId, hospital } = ledger;
    const { call, firstRecordId } = makeBatch(ledger, 2, 8, ['Ann', 'Bob']);
    const records = call.records.slice();
    const size = recordBytes(2);
    // Of the second record, C_1 has an x of no point: −(x³ + 3) is a square.
    const witnessOf = (at: bigint) => squareRoot(FIELD_PRIME - curveRight(at), FIELD_PRIME);
    const x = smallest((at) => witnessOf(at) !== undefined);
    records.set(fromBigInt(x, 32), size + 28 + 32);
    await hospital.appendBatch({ ...call, records });
    const tree = new BatchTree(engine, batchLeaves(engine, 2, { ...call, index: 2, firstRecordId, records }));
    const refutation = (k: number): RefuteCall => ({
      ledgerId,
      batch: 2,
      recordId: 8 + k,
      position: 1,
      witness: fromBigInt(witnessOf(x)!, 32),
      record: records.slice(size * k, size * k + 28 + 64),
      path: concat(...tree.path(k)),
    });
    const right = refutation(1);
    for (const change of [{ position: 0 }, { position: 2 }, { witness: flipped(right.witness, 31) }]) {
      await refusal(insurer.refutePoint({ ...right, ...change }), 'PointNotRefuted');
    }
    await refusal(insurer.refutePoint(refutation(0)), 'PointNotRefuted');
    await refusal(insurer.refutePoint({ ...right, recordId: 8 }), 'InvalidProof');
    await refusal(insurer.refutePoint({ ...right, record: flipped(right.record, 91) }), 'InvalidProof');
    await refusal(insurer.refutePoint({ ...right, record: right.record.slice(32) }), 'LengthMismatch');
    const { events } = await insurer.refutePoint(right);
    expect(events).toMatchObject([{ event: 'RecordVoided', ledgerId, recordId: 9, position: 1 }]);
    expect(await standing(9)).toEqual({ standing: [], justified: [], isVoid: true });
    await refusal(insurer.refutePoint(right), 'RecordIsVoid');
    await refusal(ledger.servers[0]!.withdrawComplaint(ledgerId, 9), 'NoComplaint');
  });
});

/** The first x ≥ 1 with this property. */
function smallest(property: (x: bigint) => boolean): bigint {
  let x = 1n;
  while (!property(x)) x++;
  return x;
}

describe('every function that sends', () => {
  it('has a method', () => {
    const sending = CONTRACT.fragments
      .filter((fragment) => fragment.type === 'function')
      .map((fragment) => CONTRACT.getFunction((fragment as unknown as { name: string }).name)!)
      .filter(({ stateMutability }) => stateMutability === 'nonpayable')
      .map(({ name }) => name);
    const methods = Object.getOwnPropertyNames(MIStoreContract.prototype);
    expect(sending.length).toBeGreaterThan(0);
    expect(sending.filter((name) => !methods.includes(name))).toEqual([]);
  });
});
