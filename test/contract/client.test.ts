// The typed client against the real contract on an embedded chain: connecting and views, and the faults that a
// caller can meet there, by type and in words.
import { Contract, type FunctionFragment, type Interface, JsonRpcProvider } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressText } from '../../src/address.ts';
import { fromHex, toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { startNode } from '../../src/chain/embedded-node.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { createSender } from '../../src/chain/sending/sender.ts';
import { CONTRACT } from '../../src/contract/abi.ts';
import { MIStoreContract } from '../../src/contract/client.ts';
import { ContractViews } from '../../src/contract/views.ts';
import { keccak256 } from '../../src/keccak.ts';
import { keyOf, type TestChain } from '../support/chain.ts';
import { drawBytes, type TestBatch, type TestLedger } from '../support/ledger.ts';
import { openClientScene, refusal } from './client-scene.ts';

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
    expect(await hospital.isOpen(ledgerId)).toBe(true);
    expect(await hospital.isOpen(drawBytes('nobody', 32))).toBe(false);
    expect(await hospital.getLedger(ledgerId)).toEqual({
      hospital: hospital.account,
      threshold: 2,
      seats: 3,
      epoch: 1,
      joined: 3,
      minRecords: 2,
      hasVoids: false,
      nextBatch: 2,
      nextRecordId: 8,
      committee: ledgerId,
      digest: ledger.digest,
    });
    expect(await hospital.getServers(ledgerId)).toEqual(servers.map(({ account }) => account));
    expect(await hospital.seatOf(ledgerId, servers[1]!.account)).toEqual({
      seat: 2,
      joinedEpoch: 1,
      fromEpoch: 1,
      untilEpoch: 0,
    });
    expect(await hospital.seatOf(ledgerId, hospital.account)).toEqual({
      seat: 0,
      joinedEpoch: 0,
      fromEpoch: 0,
      untilEpoch: 0,
    });
    expect(await hospital.getBatch(ledgerId, 1)).toEqual({ root: batches[1]!.tree.root, firstRecordId: 5, count: 3 });
    expect(await hospital.digestOf(ledgerId, 1)).toEqual(ledger.digest);
    expect(await hospital.digestOf(ledgerId, 2)).toEqual(new Uint8Array(32));
    const kemKey = drawBytes(`kem ${toHex(insurer.account)}`, 1216);
    expect(await hospital.kemKeyHash(insurer.account)).toEqual(keccak256(kemKey));
    expect(await hospital.kemKeyHash(new Uint8Array(20))).toEqual(new Uint8Array(32));
    const ciphertext = drawBytes(`ciphertext story hospital ${toHex(servers[0]!.account)}`, 1120);
    expect(await hospital.channelOpened(hospital.account, servers[0]!.account)).toEqual(keccak256(ciphertext));
    expect(await hospital.channelOpened(servers[0]!.account, hospital.account)).toEqual(new Uint8Array(32));
    expect(await hospital.complaintsOf(ledgerId, 0)).toEqual({ standing: [], justified: [], isVoid: false });
    expect(await hospital.queryState(new Uint8Array(32))).toEqual({ status: 'none', answeredSeats: [] });
    expect(await hospital.queryWord(new Uint8Array(32))).toEqual({ hash: new Uint8Array(24), isPaid: false });
    expect(await hospital.feeOf(new Uint8Array(32))).toEqual({ share: 0n, payUntil: 0, left: 0 });
    expect(await hospital.owed(insurer.account)).toBe(0n);
    expect(await hospital.minimumFee(insurer.account)).toBe(0n);
  });

  it('agree with ethers, asked independently', async () => {
    const provider = new JsonRpcProvider(chain.node.url, undefined, { staticNetwork: true });
    const contract = new Contract(toHex(chain.address), CONTRACT as Interface, provider);
    const state = (await contract.getFunction('getLedger')(ledger.ledgerId)).toObject();
    const own = await ledger.hospital.getLedger(ledger.ledgerId);
    expect(Object.keys(own)).toEqual(Object.keys(state));
    for (const [name, value] of Object.entries(own)) {
      const expected = typeof value === 'number' ? BigInt(value) : value instanceof Uint8Array ? toHex(value) : value;
      expect(name === 'hospital' ? state[name].toLowerCase() : state[name], name).toBe(expected);
    }
    provider.destroy();
  });

  it('are all there', () => {
    const views = CONTRACT.fragments
      .filter((fragment) => fragment.type === 'function' && (fragment as FunctionFragment).stateMutability === 'view')
      .map((fragment) => (fragment as FunctionFragment).name)
      .filter((name) => name !== 'eip712Domain');
    const methods = Object.getOwnPropertyNames(ContractViews.prototype).filter((name) => name !== 'constructor');
    const composed = ['isOpen', 'queryWord']; // A reading of digestOf; a word of storage.
    expect(methods.sort()).toEqual([...views, ...composed].sort());
  });

  it('of a ledger that does not exist are refused', async () => {
    const { hospital } = ledger;
    const nobodys = drawBytes('nobody', 32);
    for (const ask of [
      () => hospital.getLedger(nobodys),
      () => hospital.getServers(nobodys),
      () => hospital.getBatch(nobodys, 0),
      () => hospital.complaintsOf(nobodys, 0),
    ]) {
      expect((await refusal(ask(), 'UnknownLedger')).args).toEqual({ ledgerId: toHex(nobodys) });
    }
    await refusal(hospital.getBatch(ledger.ledgerId, 2), 'UnknownBatch');
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

  it('checks the code at the address, if its hash is given', async () => {
    const code = await chain.rpc.call<string>('eth_getCode', [toHex(chain.address), 'latest']);
    const codeHash = keccak256(fromHex(code, 'code'));
    expect((await connect({ codeHash })).address).toEqual(chain.address);
    const other = codeHash.map((byte, i) => (i === 31 ? byte ^ 1 : byte));
    await expect(connect({ codeHash: other })).rejects.toMatchObject({ code: 'WRONG_CODE' });
    await expect(connect({ codeHash: other })).rejects.toThrow(toHex(codeHash));
    await expect(connect({ codeHash: codeHash.slice(1) })).rejects.toMatchObject({ code: 'WRONG_CODE' });
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
    const join = { ledgerId: ledger.ledgerId, epoch: 1, digest: ledger.digest };
    expect(await reader.isOpen(ledger.ledgerId)).toBe(true);
    await expect(reader.join(join)).rejects.toThrow(/sender is undefined; it must be given to connect/);
    expect(() => reader.account).toThrow(/sender/);
    const writer = reader.as(await chain.sender('later'));
    await refusal(writer.join(join), 'NotAMember');
  });

  it('to another contract than MIStore ends in a typed error', async () => {
    const stranger = drawBytes('stranger', 20);
    await chain.rpc.call('anvil_setCode', [toHex(stranger), '0x00']);
    await expect((await connect({ address: stranger })).getLedger(ledger.ledgerId)).rejects.toMatchObject({
      code: 'INVALID_ENCODING',
    });
  });

  it('distinguishes a transaction that ran out of gas from a refusal', async () => {
    await expect(
      insurer.register(drawBytes('again', 1216), new Uint8Array(65), { gas: 70_000n }),
    ).rejects.toMatchObject({
      code: 'ALREADY_REGISTERED',
    });
    const fresh = await chain.contract('fresh');
    const starved = fresh.register(drawBytes('fresh', 1216), new Uint8Array(65), { gas: 22_000n });
    await expect(starved).rejects.toMatchObject({
      code: 'TRANSACTION_FAILED',
      message: expect.stringMatching(/ran out of its \d+ gas$/),
    });
  });
});
