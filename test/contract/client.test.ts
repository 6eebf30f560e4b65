// The typed client against the real contract on an embedded chain: connecting, views, ledgers and batches, and every fault
// that a caller can meet, by type and in words.
import { Contract, type FunctionFragment, type Interface, JsonRpcProvider } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { accountOf, addressText } from '../../src/chain/account.ts';
import { startNode } from '../../src/chain/embedded-node.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { createSender } from '../../src/chain/sending/sender.ts';
import { CONTRACT } from '../../src/contract/abi.ts';
import { MIStoreContract } from '../../src/contract/client.ts';
import { ContractViews } from '../../src/contract/views.ts';
import { keccak256 } from '../../src/keccak.ts';
import { MAX_NAME_BYTES } from '../../src/records/terms.ts';
import { keyOf, type TestChain } from '../support/chain.ts';
import { drawBytes, makeBatch, openLedger, type TestBatch, type TestLedger } from '../support/ledger.ts';
import { find, openClientScene, refusal } from './client-scene.ts';

let chain: TestChain;
let ledger: TestLedger;
let batches: TestBatch[];
let insurer: MIStoreContract;

beforeAll(async () => {
  ({ chain, ledger, batches, insurer } = await openClientScene());
});
afterAll(() => chain?.stop());

describe('views', () => {
  it('show what was sent', async () => {
    const { hospital, servers, ledgerId } = ledger;
    expect(await hospital.ledgerCount()).toBe(1n);
    expect(await hospital.getLedger(ledgerId)).toEqual({
      hospital: hospital.account,
      threshold: 2,
      seats: 3,
      joined: 3,
      dealing: 1,
      lanes: 2,
      minRecords: 2,
      nextBatch: 2,
      nextRecordId: 8,
    });
    expect(await hospital.getServers(ledgerId)).toEqual(servers.map(({ account }) => account));
    expect(await hospital.seatOf(ledgerId, servers[1]!.account)).toEqual({ seat: 2, joined: true });
    expect(await hospital.seatOf(ledgerId, hospital.account)).toEqual({ seat: 0, joined: false });
    expect(await hospital.getBatch(ledgerId, 1)).toEqual({ root: batches[1]!.tree.root, firstRecordId: 5, count: 3 });
    expect(await hospital.kemKeyHash(insurer.account)).toEqual(keccak256(drawBytes('insurer', 1216)));
    expect(await hospital.kemKeyHash(new Uint8Array(20))).toEqual(new Uint8Array(32));
    expect(await hospital.channelOpened(hospital.account, servers[0]!.account)).toBe(true);
    expect(await hospital.channelOpened(servers[0]!.account, hospital.account)).toBe(false);
    expect(await hospital.queryState(new Uint8Array(32))).toEqual({ status: 'none', answeredSeats: [] });
  });

  it('agree with ethers, asked independently', async () => {
    const provider = new JsonRpcProvider(chain.node.url, undefined, { staticNetwork: true });
    const contract = new Contract(toHex(chain.address), CONTRACT as Interface, provider);
    const state = await contract.getFunction('getLedger')(ledger.ledgerId);
    const own = await ledger.hospital.getLedger(ledger.ledgerId);
    expect(
      Object.entries(own).map(([name, value]) =>
        name === 'hospital' ? addressText(value as Uint8Array) : BigInt(value as number),
      ),
    ).toEqual(state.toArray());
    provider.destroy();
  });

  it('are all there, but for the digest of a consent, which everyone computes', () => {
    const views = CONTRACT.fragments
      .filter((fragment) => fragment.type === 'function' && (fragment as FunctionFragment).stateMutability === 'view')
      .map((fragment) => (fragment as FunctionFragment).name)
      .filter((name) => name !== 'eip712Domain');
    const methods = Object.getOwnPropertyNames(ContractViews.prototype).filter((name) => name !== 'constructor');
    expect(methods.sort()).toEqual(views.filter((name) => name !== 'queryIdOf').sort());
    expect(views).toContain('queryIdOf');
  });
});

describe('a ledger', () => {
  it('refuses what its rules forbid, in words', async () => {
    const { hospital, servers, ledgerId } = ledger;
    const terms = {
      threshold: 2,
      servers: servers.map(({ account }) => account),
      dealing: 1,
      lanes: ['a'],
      scale: 2,
      currency: 'X',
      minRecords: 1,
    };
    await refusal(hospital.openLedger({ ...terms, threshold: 4 }), 'InvalidThreshold');
    await refusal(hospital.openLedger({ ...terms, lanes: [] }), 'InvalidLanes');
    await refusal(hospital.openLedger({ ...terms, minRecords: 0 }), 'InvalidMinRecords');
    const tooLong = { ...terms, lanes: ['a', 'b'.repeat(MAX_NAME_BYTES + 1)] };
    expect((await refusal(hospital.openLedger(tooLong), 'NameTooLong')).message).toBe(
      'the name of a lane has 65 bytes; at most 64 are allowed',
    );
    await refusal(hospital.openLedger({ ...terms, currency: 'b'.repeat(MAX_NAME_BYTES + 1) }), 'NameTooLong');
    await refusal(hospital.openLedger({ ...terms, dealing: 2 }), 'UnsupportedDealing');
    await refusal(
      hospital.openLedger({ ...terms, servers: [servers[0]!.account, servers[0]!.account] }),
      'DuplicateServer',
    );
    await refusal(
      hospital.openLedger({ ...terms, servers: [new Uint8Array(20), servers[0]!.account] }),
      'NotRegistered',
    );
    await refusal(hospital.register(new Uint8Array(1216)), 'AlreadyRegistered');
    await refusal(hospital.register(new Uint8Array(1215)), 'LengthMismatch');
    await refusal(hospital.openChannel(servers[0]!.account, new Uint8Array(1120)), 'ChannelExists');
    await refusal(servers[0]!.join(ledgerId), 'AlreadyJoined');
    await refusal(servers[0]!.join(99n), 'UnknownLedger');
    await refusal(insurer.join(ledgerId), 'NotAMember');
  });

  it('has names and a currency of up to 64 bytes, in any script', async () => {
    const { hospital, servers } = ledger;
    const lanes = ['x'.repeat(MAX_NAME_BYTES), '€'.repeat(21), '\u{1f600}'.repeat(16), ''];
    const terms = { threshold: 1, servers: [servers[0]!.account], dealing: 1, lanes, scale: 2, minRecords: 1 };
    const { events } = await hospital.openLedger({ ...terms, currency: 'y'.repeat(MAX_NAME_BYTES) });
    expect(find(events, 'LedgerOpened')).toMatchObject({ lanes, currency: 'y'.repeat(MAX_NAME_BYTES) });
  });

  it('takes batches from its hospital only, in order, and only when all have joined', async () => {
    const { hospital } = ledger;
    const next = makeBatch(ledger, 2, 8, ['Ann']).call;
    expect((await refusal(hospital.appendBatch({ ...next, index: 1 }), 'WrongBatchIndex')).args).toMatchObject({
      index: 1n,
      expected: 2n,
    });
    await refusal(insurer.appendBatch(next), 'NotTheHospital');
    await refusal(hospital.appendBatch({ ...next, records: new Uint8Array(0) }), 'EmptyBatch');
    await refusal(hospital.appendBatch({ ...next, records: next.records.slice(1) }), 'LengthMismatch');
    const nonCanonical = next.records.slice();
    nonCanonical.fill(0xff, 28, 60);
    expect((await refusal(hospital.appendBatch({ ...next, records: nonCanonical }), 'NonCanonicalPoint')).message).toBe(
      'commitment 0 of record 8 is not a canonical compressed point',
    );
    const half = await openLedger(chain, 'half', { threshold: 1, seats: 2 }, { joining: 1 });
    const early = await refusal(half.hospital.appendBatch(makeBatch(half, 0, 0, ['Ann']).call), 'LedgerNotActive');
    expect(early.message).toMatch(/1 of 2 servers have joined/);
  });

  it('stores several batches that are pending at the same time', async () => {
    const { hospital, ledgerId } = await openLedger(chain, 'stream', { threshold: 1, seats: 1 });
    const stream = { ledgerId, committee: { threshold: 1, seats: 1 }, hospital, servers: [] };
    const settled = [];
    for (let index = 0; index < 12; index++) {
      settled.push((await hospital.submitBatch(makeBatch(stream, index, 2 * index, ['Ann', 'Bob']).call)).settled);
    }
    const outcomes = await Promise.all(settled);
    expect(outcomes.map(({ events }) => find(events, 'BatchAppended').index)).toEqual([...Array(12).keys()]);
    expect(await hospital.getLedger(ledgerId)).toMatchObject({ nextBatch: 12, nextRecordId: 24 });
  });
});

describe('connecting', () => {
  const connect = (change: object) =>
    MIStoreContract.connect({ rpc: chain.node.url, address: chain.address, ...change });

  it('checks that a contract is there, and the chain', async () => {
    const empty = accountOf(keyOf('nobody'));
    await expect(connect({ address: empty })).rejects.toThrow(
      `there is no contract at ${addressText(empty)} on chain 31337`,
    );
    await expect(connect({ address: empty })).rejects.toMatchObject({ code: 'NO_CONTRACT' });
    await expect(connect({ chainId: 1n })).rejects.toMatchObject({
      code: 'WRONG_CHAIN',
      details: { actual: 31337n, expected: 1n },
    });
    await expect(connect({ address: new Uint8Array(21) })).rejects.toThrow(/address is 21 bytes; it must be 20 bytes/);
    await expect(connect({ rpc: new Rpc('http://127.0.0.1:1', { retries: 0 }) })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
    });
    expect((await connect({ chainId: 31337n })).chainId).toBe(31337n);
  });

  it('refuses a sender of another chain', async () => {
    const other = await startNode({ chainId: 5 });
    const sender = await createSender({ rpc: other.url, privateKey: keyOf('x') });
    await expect(connect({ sender })).rejects.toMatchObject({ code: 'WRONG_CHAIN' });
    expect(() => insurer.as(sender)).toThrow(/serves chain 5; it must be chain 31337/);
    sender.close();
    await other.stop();
  });

  it('without a sender allows only reading', async () => {
    const reader = await connect({});
    expect(await reader.ledgerCount()).toBeGreaterThan(0n);
    await expect(reader.join(1n)).rejects.toThrow(/sender is undefined; it must be given to connect/);
    expect(() => reader.account).toThrow(/sender/);
    const writer = reader.as(await chain.sender('later'));
    await refusal(writer.join(1n), 'NotAMember');
  });

  it('to another contract than MIStore ends in a typed error', async () => {
    const stranger = drawBytes('stranger', 20);
    await chain.rpc.call('anvil_setCode', [toHex(stranger), '0x00']);
    await expect((await connect({ address: stranger })).getLedger(1n)).rejects.toMatchObject({
      code: 'INVALID_ENCODING',
    });
  });

  it('distinguishes a transaction that ran out of gas from a refusal', async () => {
    await expect(insurer.register(drawBytes('again', 1216), { gas: 70_000n })).rejects.toMatchObject({
      code: 'ALREADY_REGISTERED',
    });
    const fresh = await chain.contract('fresh');
    const starved = fresh.register(drawBytes('fresh', 1216), { gas: 22_000n });
    await expect(starved).rejects.toMatchObject({
      code: 'TRANSACTION_FAILED',
      message: expect.stringMatching(/ran out of its \d+ gas$/),
    });
  });
});
