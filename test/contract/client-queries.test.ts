// Queries by the typed client against the real contract: from the consent to the answers, over one transaction and several,
// and every refusal.
import { Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBigInt, toBigInt, toHex } from '../../src/bytes.ts';
import { accountOf, addressText } from '../../src/chain/account.ts';
import { decodeResult, encodeCall } from '../../src/contract/abi.ts';
import type { MIStoreContract } from '../../src/contract/client.ts';
import { consentDigest, signRevocation } from '../../src/contract/signing.ts';
import { keyOf, type TestChain } from '../support/chain.ts';
import { drawBytes, makeQuery, partOf, type TestBatch, type TestLedger } from '../support/ledger.ts';
import { find, openClientScene, refusal } from './client-scene.ts';

let chain: TestChain;
let ledger: TestLedger;
let batches: TestBatch[];
let insurer: MIStoreContract;

beforeAll(async () => {
  ({ chain, ledger, batches, insurer } = await openClientScene());
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

/** What a view of the contract returns, undecoded. */
const callOf = (view: string, ...args: unknown[]) => {
  const data = toHex(encodeCall(view, args));
  return chain.rpc.call<string>('eth_call', [{ to: toHex(chain.address), data }, 'latest']);
};

describe('a query', () => {
  it('is consented, sealed in one transaction, answered, and its sum is right', async () => {
    const { consent, signature, masks, answerOf } = ann();
    const { queryId, events } = await insurer.query(consent, signature, masks, annParts());
    expect(queryId).toEqual(consentDigest(deployment(), consent));
    expect([queryId]).toEqual(decodeResult('queryIdOf', await callOf('queryIdOf', consent)));
    expect(find(events, 'QueryOpened').consent).toEqual(consent);
    expect(find(events, 'QueryExtended').recordIds).toEqual([0, 2, 3, 6]);
    const sealed = find(events, 'QuerySealed');
    expect(sealed.count).toBe(4);
    expect(sealed.masks).toEqual(masks);

    expect(await insurer.queryState(queryId)).toEqual({ status: 'sealed', answeredSeats: [] });
    const third = answerOf(3, sealed);
    const accepted = await ledger.servers[2]!.answer([third]);
    expect(find(accepted.events, 'AnswerAccepted')).toMatchObject({ queryId, seat: 3, y: third.y, w: third.w });
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
