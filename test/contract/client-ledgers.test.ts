// Ledgers, epochs and batches by the typed client against the real contract: what is taken, and every refusal in words.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes.ts';
import type { MIStoreContract } from '../../src/contract/client.ts';
import { committeeAfter, ledgerIdOf } from '../../src/contract/ledger-id.ts';
import { decodeOutcome } from '../../src/contract/outcome.ts';
import { recordBytes } from '../../src/records/record.ts';
import { MAX_NAME_BYTES } from '../../src/records/terms.ts';
import type { TestChain } from '../support/chain.ts';
import { deploymentOf, drawBytes, makeBatch, openLedger, type TestBatch, type TestLedger } from '../support/ledger.ts';
import { find, openClientScene, refusal } from './client-scene.ts';

let chain: TestChain;
let ledger: TestLedger;
let batches: TestBatch[];
let insurer: MIStoreContract;

beforeAll(async () => {
  ({ chain, ledger, batches, insurer } = await openClientScene());
});
afterAll(() => chain?.stop());

describe('a ledger', () => {
  it('refuses what its rules forbid, in words', async () => {
    const { hospital, servers, terms } = ledger;
    const open = (change: object, salt = drawBytes('other', 32)) =>
      hospital.openLedger({ ...terms, ...change }, salt, drawBytes('digest', 32));
    await refusal(open({ threshold: 4 }), 'InvalidThreshold');
    await refusal(open({ threshold: 0 }), 'InvalidThreshold');
    await refusal(open({ lanes: [] }), 'InvalidLanes');
    await refusal(open({ lanes: ['a', 'b', 'c', 'd', 'e'] }), 'InvalidLanes');
    await refusal(open({ categories: [] }), 'InvalidCategories');
    await refusal(open({ categories: Array.from({ length: 256 }, (_, i) => `${i}`) }), 'InvalidCategories');
    await refusal(open({ minRecords: 0 }), 'InvalidMinRecords');
    await refusal(open({ minRecords: 2 ** 20 + 1 }), 'InvalidMinRecords');
    const tooLong = 'b'.repeat(MAX_NAME_BYTES + 1);
    expect((await refusal(open({ lanes: ['a', tooLong] }), 'NameTooLong')).message).toBe(
      'the name of a lane has 65 bytes; at most 64 are allowed',
    );
    await refusal(open({ currency: tooLong }), 'NameTooLong');
    await refusal(open({ categories: ['a', tooLong] }), 'NameTooLong');
    const [first] = terms.servers;
    await refusal(open({ servers: [first, first] }), 'DuplicateServer');
    await refusal(open({ servers: [new Uint8Array(20), first] }), 'NotRegistered');
    const again = hospital.openLedger(terms, drawBytes('salt story', 32), ledger.digest);
    expect((await refusal(again, 'LedgerExists')).args).toEqual({ ledgerId: toHex(ledger.ledgerId) });
    const signature = new Uint8Array(65);
    await refusal(hospital.register(new Uint8Array(1216), signature), 'AlreadyRegistered');
    await refusal(hospital.register(new Uint8Array(1215), signature), 'LengthMismatch');
    await refusal(hospital.register(new Uint8Array(1216), new Uint8Array(64)), 'LengthMismatch');
    await refusal(hospital.openChannel(servers[0]!.account, new Uint8Array(1120), signature), 'ChannelExists');
  });

  it('has the id that everyone computes from its terms', async () => {
    const { hospital, terms, digest } = ledger;
    const salt = drawBytes('computed', 32);
    const ledgerId = ledgerIdOf(deploymentOf(hospital), { hospital: hospital.account, terms, salt });
    const { events } = await hospital.openLedger(terms, salt, digest);
    expect(events).toMatchObject([
      { event: 'LedgerOpened', ledgerId, hospital: hospital.account, terms, salt },
      { event: 'EpochBegun', ledgerId, epoch: 1, committee: ledgerId, digest },
    ]);
    expect(await hospital.isOpen(ledgerId)).toBe(true);
  });

  it('is open whatever its digest is, and one that nobody opened is not', async () => {
    const { hospital, terms } = ledger;
    const salt = drawBytes('no digest', 32);
    const ledgerId = ledgerIdOf(deploymentOf(hospital), { hospital: hospital.account, terms, salt });
    expect(await hospital.isOpen(ledgerId)).toBe(false);
    await hospital.openLedger(terms, salt, new Uint8Array(32));
    expect(await hospital.isOpen(ledgerId)).toBe(true);
  });

  it('has names and a currency of up to 64 bytes, in any script', async () => {
    const lanes = ['x'.repeat(MAX_NAME_BYTES), '€'.repeat(21), '\u{1f600}'.repeat(16), ''];
    const terms = { ...ledger.terms, lanes, currency: 'y'.repeat(MAX_NAME_BYTES), categories: lanes };
    const { events } = await ledger.hospital.openLedger(terms, drawBytes('names', 32), ledger.digest);
    expect(find(events, 'LedgerOpened').terms).toEqual(terms);
  });

  it('is joined by its servers, each once an epoch, with the digest of its keys', async () => {
    const { ledgerId, hospital, servers, digest } = await openLedger(
      chain,
      'joining',
      { threshold: 1, seats: 2 },
      { joining: 1 },
    );
    const join = { ledgerId, epoch: 1, digest };
    const [first, second] = servers;
    await refusal(first!.join(join), 'AlreadyJoined');
    await refusal(first!.join({ ...join, ledgerId: drawBytes('nobody', 32) }), 'UnknownLedger');
    await refusal(insurer.join(join), 'NotAMember');
    await refusal(hospital.join(join), 'NotAMember');
    expect((await refusal(second!.join({ ...join, epoch: 2 }), 'WrongEpoch')).message).toMatch(
      /epoch 2 of ledger 0x[0-9a-f]{64}; it must be 1/,
    );
    const other = digest.map((byte, i) => (i === 31 ? byte ^ 1 : byte));
    expect((await refusal(second!.join({ ...join, digest: other }), 'WrongDigest')).args).toEqual({
      ledgerId: toHex(ledgerId),
      digest: toHex(other),
      expected: toHex(digest),
    });
    const { events } = await second!.join(join);
    expect(events).toMatchObject([
      { event: 'ServerJoined', ledgerId, seat: 2, server: second!.account, epoch: 1 },
      { event: 'EpochActivated', ledgerId, epoch: 1 },
    ]);
  });

  it('has epochs, begun by its hospital only, which take no batch before all have joined', async () => {
    const aged = await openLedger(chain, 'aged', { threshold: 1, seats: 2 });
    const { ledgerId, hospital, servers } = aged;
    const digest = drawBytes('second digest', 32);
    const next = { ledgerId, epoch: 2, digest };
    await refusal(insurer.beginEpoch(next), 'NotTheHospital');
    await refusal(hospital.beginEpoch({ ...next, epoch: 1 }), 'WrongEpoch');
    await refusal(hospital.beginEpoch({ ...next, epoch: 3 }), 'WrongEpoch');
    const { events } = await hospital.beginEpoch(next);
    const committee = committeeAfter(ledgerId);
    expect(events).toMatchObject([{ event: 'EpochBegun', ledgerId, epoch: 2, committee, digest }]);
    expect(await hospital.getLedger(ledgerId)).toMatchObject({ epoch: 2, joined: 0, committee, digest });
    expect(await hospital.digestOf(ledgerId, 1)).toEqual(aged.digest);
    expect(await hospital.seatOf(ledgerId, servers[1]!.account)).toMatchObject({ seat: 2, joinedEpoch: 1 });

    const { call } = makeBatch(aged, 0, 0, ['Ann']);
    await refusal(hospital.appendBatch(call), 'WrongEpoch');
    await servers[0]!.join(next);
    const early = await refusal(hospital.appendBatch({ ...call, epoch: 2 }), 'EpochNotJoined');
    expect(early.message).toMatch(/1 of 2 servers have joined/);
    expect(find((await servers[1]!.join(next)).events, 'EpochActivated').epoch).toBe(2);
    expect(find((await hospital.appendBatch({ ...call, epoch: 2 })).events, 'BatchAppended').epoch).toBe(2);
  });

  it('has keys dealt by its hospital, for seats that it has and epochs that have begun', async () => {
    const { ledgerId, hospital, servers } = ledger;
    const keys = { ledgerId, epoch: 1, seat: 3, part: 65535, ciphertext: drawBytes('keys', 208) };
    expect((await hospital.dealKeys(keys)).events).toMatchObject([{ event: 'KeysDealt', ...keys }]);
    expect((await hospital.dealKeys({ ...keys, seat: 0 })).events).toMatchObject([{ event: 'KeysDealt', seat: 0 }]);
    await refusal(servers[2]!.dealKeys(keys), 'NotTheHospital');
    expect((await refusal(hospital.dealKeys({ ...keys, seat: 4 }), 'InvalidSeat')).message).toMatch(/has no seat 4$/);
    await refusal(hospital.dealKeys({ ...keys, epoch: 2 }), 'WrongEpoch');
    await refusal(hospital.dealKeys({ ...keys, epoch: 0 }), 'WrongEpoch');
  });
});

describe('batches', () => {
  it('takes batches from its hospital only, in order, and only when all have joined', async () => {
    const { hospital } = ledger;
    const next = makeBatch(ledger, 2, 8, ['Ann', 'Bob']).call;
    const [first, second] = batches.map(({ tree }) => tree.root);
    const elsewhere = await refusal(hospital.appendBatch({ ...next, previous: first! }), 'WrongHistory');
    expect(elsewhere.args).toEqual({
      ledgerId: toHex(ledger.ledgerId),
      previous: toHex(first!),
      expected: toHex(second!),
    });
    await refusal(hospital.appendBatch({ ...next, previous: ledger.ledgerId }), 'WrongHistory');
    await refusal(hospital.appendBatch({ ...next, epoch: 2 }), 'WrongEpoch');
    await refusal(insurer.appendBatch(next), 'NotTheHospital');
    await refusal(hospital.appendBatch({ ...next, records: new Uint8Array(0) }), 'EmptyBatch');
    await refusal(hospital.appendBatch({ ...next, records: next.records.slice(1) }), 'LengthMismatch');
    const size = recordBytes(2);
    const changed = (change: (records: Uint8Array) => void) => {
      const records = next.records.slice();
      change(records);
      return hospital.appendBatch({ ...next, records });
    };
    const noPoint = changed((records) => records.fill(0xff, 28, 60));
    expect((await refusal(noPoint, 'NonCanonicalPoint')).message).toBe(
      'commitment 0 of record 8 is not a canonical compressed point',
    );
    const noScalar = changed((records) => records.fill(0xff, 2 * size - 32));
    expect((await refusal(noScalar, 'NonCanonicalCorrection')).message).toBe(
      'the correction of record 9 is not a canonical scalar',
    );
    const twice = changed((records) => records.copyWithin(size, 0, 20));
    expect((await refusal(twice, 'TagsNotAscending')).args).toMatchObject({ recordId: 9n });
    const swapped = concat(next.records.subarray(size), next.records.subarray(0, size));
    await refusal(hospital.appendBatch({ ...next, records: swapped }), 'TagsNotAscending');
    const half = await openLedger(chain, 'half', { threshold: 1, seats: 2 }, { joining: 1 });
    const early = await refusal(half.hospital.appendBatch(makeBatch(half, 0, 0, ['Ann']).call), 'EpochNotJoined');
    expect(early.message).toMatch(/1 of 2 servers have joined/);
  });

  it('stores several batches that are pending at the same time', async () => {
    const stream = await openLedger(chain, 'stream', { threshold: 1, seats: 1 });
    const { hospital, ledgerId } = stream;
    const settled = [];
    for (let index = 0; index < 12; index++) {
      settled.push((await hospital.submitBatch(makeBatch(stream, index, 2 * index, ['Ann', 'Bob']).call)).settled);
    }
    const outcomes = (await Promise.all(settled)).map((receipt) => decodeOutcome(hospital.address, receipt));
    expect(outcomes.map(({ events }) => find(events, 'BatchAppended').index)).toEqual([...Array(12).keys()]);
    expect(await hospital.getLedger(ledgerId)).toMatchObject({ nextBatch: 12, nextRecordId: 24 });
  });
});
