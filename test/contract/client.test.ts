// The typed client against the real contract on an embedded chain: a ledger from registration to the last answer, and
// every fault that a caller can meet, by type and in words.
import { Contract, type Interface, JsonRpcProvider, Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBigInt, toBigInt, toHex } from '../../src/bytes.ts';
import { accountOf, addressText } from '../../src/chain/account.ts';
import { startNode } from '../../src/chain/embedded-node.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { createSender } from '../../src/chain/sending/sender.ts';
import { CONTRACT } from '../../src/contract/abi.ts';
import { MIStoreContract } from '../../src/contract/client.ts';
import { ContractError } from '../../src/contract/errors.ts';
import { consentDigest, signRevocation } from '../../src/contract/signing.ts';
import type { ContractEvent, EventName } from '../../src/contract/types.ts';
import { keccak256 } from '../../src/keccak.ts';
import { keyOf, startChain, type TestChain } from '../support/chain.ts';
import {
  drawBytes,
  makeBatch,
  makeQuery,
  openLedger,
  partOf,
  type TestBatch,
  type TestLedger,
} from '../support/ledger.ts';

let chain: TestChain;
let ledger: TestLedger;
let batches: TestBatch[];
let insurer: MIStoreContract;

const find = <N extends EventName>(events: readonly ContractEvent[], name: N) =>
  events.find(({ event }) => event === name) as unknown as ContractEvent<N>;

beforeAll(async () => {
  chain = await startChain();
  ledger = await openLedger(chain, 'story', { threshold: 2, seats: 3 }, { minRecords: 2 });
  batches = [
    makeBatch(ledger, 0, 0, ['Ann', 'Bob', 'Ann', 'Ann', 'Bob']),
    makeBatch(ledger, 1, 5, ['Bob', 'Ann', 'Ann']),
  ];
  for (const { call } of batches) await ledger.hospital.appendBatch(call);
  insurer = await chain.contract('insurer');
  await insurer.register(drawBytes('insurer', 1216));
  for (const { account } of ledger.servers) await insurer.openChannel(account, drawBytes('channel', 1120));
});
afterAll(() => chain?.stop());

const deployment = () => ({ chainId: insurer.chainId, contract: insurer.address });
const ann = (change = {}) =>
  makeQuery(
    ledger,
    insurer,
    'Ann',
    [
      { batch: batches[0]!, numbers: [0, 2, 3] },
      { batch: batches[1]!, numbers: [1] },
    ],
    change,
  );
const annParts = () => [partOf(ledger, batches[0]!, [0, 2, 3]), partOf(ledger, batches[1]!, [1])];

/** The ContractError that a call must end with. */
async function refusal(call: Promise<unknown>, errorName: string): Promise<ContractError> {
  const error = await call.then(
    () => new Error('the contract did not refuse'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ContractError);
  expect((error as ContractError).errorName).toBe(errorName);
  return error as ContractError;
}

describe('views', () => {
  it('tell what was written', async () => {
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
});

describe('a query', () => {
  it('is consented, sealed in one transaction, answered, and its sum is right', async () => {
    const { consent, signature, masks, answerOf } = ann();
    const { queryId, events } = await insurer.query(consent, signature, masks, annParts());
    expect(queryId).toEqual(consentDigest(deployment(), consent));
    expect(queryId).toEqual(await insurer.queryIdOf(consent));
    expect(find(events, 'QueryOpened').consent).toEqual(consent);
    expect(find(events, 'QueryExtended').recordIds).toEqual([0, 2, 3, 6]);
    const sealed = find(events, 'QuerySealed');
    expect(sealed.count).toBe(4);
    expect(sealed.masks).toEqual(masks);

    expect(await insurer.queryState(queryId)).toEqual({ status: 'sealed', answeredSeats: [] });
    const third = answerOf(3, sealed);
    const written = await ledger.servers[2]!.answer([third]);
    expect(find(written.events, 'AnswerAccepted')).toMatchObject({ queryId, seat: 3, y: third.y, w: third.w });
    await ledger.servers[0]!.answer([answerOf(1, sealed)]);
    expect(await insurer.queryState(queryId)).toEqual({ status: 'sealed', answeredSeats: [1, 3] });

    const again = await refusal(ledger.servers[2]!.answer([third]), 'AlreadyAnswered');
    expect(again.message).toBe(`seat 3 has already answered query ${toHex(queryId)}`);
    expect(again.code).toBe('ALREADY_ANSWERED');
    expect(again.args).toEqual({ queryId: toHex(queryId), seat: 3n });

    const wrong = { ...answerOf(2, sealed), y: fromBigInt(toBigInt(answerOf(2, sealed).y) ^ 1n, 32) };
    expect((await refusal(ledger.servers[1]!.answer([wrong]), 'WrongAnswer')).message).toMatch(/seat 2 .* is wrong/);
    await refusal(
      ledger.servers[1]!.answer([{ ...answerOf(2, sealed), w: fromBigInt(2n ** 256n - 1n, 32) }]),
      'NonCanonicalScalar',
    );
    await refusal(ledger.servers[1]!.answer([{ ...answerOf(2, sealed), sums: masks.slice(0, 128) }]), 'WrongPreimage');
    await refusal(insurer.answer([answerOf(2, sealed)]), 'NotAMember');
    expect((await refusal(insurer.query(consent, signature, masks, annParts()), 'ConsentUsed')).code).toBe(
      'CONSENT_USED',
    );
  });

  it('in two transactions ends with the same sums as in one', async () => {
    const first = ann({ salt: toHex(drawBytes('one', 32)) });
    const one = find(
      (await insurer.query(first.consent, first.signature, first.masks, annParts())).events,
      'QuerySealed',
    );
    const { consent, signature, masks, answerOf } = ann({ salt: toHex(drawBytes('two', 32)) });
    const [part, rest] = annParts();
    const { events, queryId } = await insurer.query(consent, signature, masks, [part!]);
    expect(await insurer.queryState(queryId)).toEqual({ status: 'open', answeredSeats: [] });
    const { progress } = find(events, 'QueryExtended');
    expect(progress).toMatchObject({ count: 3, lastRecordId: 3 });
    await refusal(insurer.continueQuery(consent, masks, { ...progress, count: 2 }, [rest!]), 'WrongProgress');
    const two = find((await insurer.continueQuery(consent, masks, progress, [rest!])).events, 'QuerySealed');
    expect(two.sums).toEqual(one.sums);
    await ledger.servers[1]!.answer([answerOf(2, two), first.answerOf(2, one)]);
    expect((await insurer.queryState(queryId)).answeredSeats).toEqual([2]);
    await refusal(insurer.continueQuery(consent, masks, progress, [rest!]), 'QueryNotOpen');
  });

  it('is refused, in words, for every fault of its consent and proofs', async () => {
    const { consent, signature, masks } = ann({ salt: toHex(drawBytes('refused', 32)) });
    const [part, rest] = annParts();
    const ask = (changed: Partial<typeof consent>, sign = signature) =>
      insurer.query({ ...consent, ...changed }, sign, masks, annParts());
    expect(
      (
        await refusal(
          ask(
            {},
            signature.map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
          ),
          'InvalidSignature',
        )
      ).message,
    ).toContain(addressText(accountOf(keyOf('Ann'))));
    const expired = makeQuery(ledger, insurer, 'Ann', [{ batch: batches[0]!, numbers: [0, 2] }], {
      deadline: 1_000_000_000n,
    });
    expect(
      (await refusal(insurer.query(expired.consent, expired.signature, masks, [part!]), 'ConsentExpired')).message,
    ).toContain('expired at 2001-09-09T01:46:40Z');
    await refusal(ledger.hospital.query(consent, signature, masks, annParts()), 'NotTheInsurer');
    await refusal(insurer.query(consent, signature, masks, [rest!, part!]), 'RecordsNotAscending');
    await refusal(insurer.query(consent, signature, masks.slice(64), annParts()), 'LengthMismatch');
    await refusal(
      insurer.query(
        consent,
        signature,
        masks.map((byte, i) => (i === 63 ? byte ^ 1 : byte)),
        annParts(),
      ),
      'PointNotOnCurve',
    );
    await refusal(insurer.query(consent, signature, masks, [{ ...part!, batch: 9 }]), 'UnknownBatch');
    const bobs = makeQuery(ledger, insurer, 'Ann', [{ batch: batches[0]!, numbers: [0, 1] }]);
    expect(
      (
        await refusal(
          insurer.query(bobs.consent, bobs.signature, bobs.masks, [partOf(ledger, batches[0]!, [0, 1])]),
          'InvalidProof',
        )
      ).message,
    ).toMatch(/not those of this patient in batch 0/);
    const single = makeQuery(ledger, insurer, 'Ann', [{ batch: batches[0]!, numbers: [0] }]);
    await refusal(
      insurer.query(single.consent, single.signature, single.masks, [partOf(ledger, batches[0]!, [0])]),
      'TooFewRecords',
    );
    const foreign = makeQuery({ ...ledger, ledgerId: 77n }, insurer, 'Ann', [{ batch: batches[0]!, numbers: [0] }]);
    await refusal(insurer.query(foreign.consent, foreign.signature, masks, [part!]), 'UnknownLedger');
  });

  it('cannot be opened after its consent is revoked, which anyone may submit', async () => {
    const { consent, signature, masks } = ann({ salt: toHex(drawBytes('revoked', 32)) });
    const queryId = consentDigest(deployment(), consent);
    const patient = accountOf(keyOf('Ann'));
    await refusal(
      insurer.revokeConsent(consent, signRevocation(keyOf('Bob'), deployment(), queryId)),
      'InvalidSignature',
    );
    const { events } = await insurer.revokeConsent(consent, signRevocation(keyOf('Ann'), deployment(), queryId));
    expect(events).toMatchObject([{ event: 'ConsentRevoked', queryId, patient }]);
    expect(await insurer.queryState(queryId)).toEqual({ status: 'revoked', answeredSeats: [] });
    expect((await refusal(insurer.query(consent, signature, masks, annParts()), 'ConsentIsRevoked')).message).toContain(
      toHex(queryId),
    );
  });

  it('takes a signature that a wallet makes of the same typed data', async () => {
    const { consent, signature } = ann();
    const { CONSENT_TYPES, DOMAIN } = await import('../../src/query/consent.ts');
    const wallet = new Wallet(toHex(keyOf('Ann')));
    const domain = { ...DOMAIN, chainId: 31337, verifyingContract: toHex(chain.address) };
    expect(await wallet.signTypedData(domain, CONSENT_TYPES, consent)).toBe(toHex(signature));
  });
});

describe('a ledger', () => {
  it('refuses what its rules forbid, with words', async () => {
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

  it('stores several batches that are in flight together', async () => {
    const { hospital, ledgerId } = await openLedger(chain, 'stream', { threshold: 1, seats: 1 });
    const stream = { ledgerId, committee: { threshold: 1, seats: 1 }, hospital, servers: [] };
    const settled = [];
    for (let index = 0; index < 12; index++) {
      settled.push((await hospital.submitBatch(makeBatch(stream, index, 2 * index, ['Ann', 'Bob']).call)).settled);
    }
    const written = await Promise.all(settled);
    expect(written.map(({ events }) => find(events, 'BatchAppended').index)).toEqual([...Array(12).keys()]);
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

  it('without a sender allows to read only', async () => {
    const reader = await connect({});
    expect(await reader.ledgerCount()).toBeGreaterThan(0n);
    await expect(reader.join(1n)).rejects.toThrow(/sender is undefined; it must be given to connect/);
    expect(() => reader.account).toThrow(/sender/);
    const writer = reader.as(await chain.sender('later'));
    await refusal(writer.join(1n), 'NotAMember');
  });

  it('to an account that is no MIStore contract ends in a typed error', async () => {
    const stranger = drawBytes('stranger', 20);
    await chain.rpc.call('anvil_setCode', [toHex(stranger), '0x00']);
    await expect((await connect({ address: stranger })).getLedger(1n)).rejects.toMatchObject({
      code: 'INVALID_ENCODING',
    });
  });

  it('tells a transaction that ran out of gas from a refusal', async () => {
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
