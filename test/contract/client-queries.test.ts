// Queries by the typed client against the real contract: from the consent to the answers, over one transaction and several,
// and every refusal.
import { Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressText } from '../../src/address.ts';
import { concat, fromBigInt, toBigInt, toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import type { MIStoreContract } from '../../src/contract/client.ts';
import { eventOf } from '../../src/contract/outcome.ts';
import { consentDigest, consentOf, domainOf, signConsent, signRevocation } from '../../src/contract/signing.ts';
import type { QueryProgress } from '../../src/contract/types.ts';
import { openSum } from '../../src/query/answer.ts';
import { CONSENT_TYPES, type Consent } from '../../src/query/consent.ts';
import { makeMasks } from '../../src/query/masks.ts';
import { edgesHash } from '../../src/records/consent-file.ts';
import { encodeEdges, encodeProofs } from '../../src/records/query-bytes.ts';
import { keyOf, type TestChain } from '../support/chain.ts';
import { deploymentOf, drawBytes, drawScalar, engine, type TestLedger } from '../support/ledger.ts';
import { edgeAt, makeQuery, type TestQuery } from '../support/query.ts';
import { find, openClientScene, refusal } from './client-scene.ts';

let chain: TestChain;
let ledger: TestLedger;
let insurer: MIStoreContract;

beforeAll(async () => {
  ({ chain, ledger, insurer } = await openClientScene());
});
afterAll(() => chain?.stop());

/** Ann's records 1 to 3 and 5: two runs, three edges, in two batches. */
const ann = (salt: string, change: Partial<Consent> = {}) =>
  makeQuery(ledger, insurer, 'Ann', [1, 2, 3, 5], { salt: toHex(drawBytes(salt, 32)), ...change });
const openQuery = (query: TestQuery, change: object = {}, edges = query.part()) =>
  insurer.openQuery({ ...query, ...edges, ...change });
const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

/** Edges of Ann's that no honest consent has, with a consent to them. */
function odd(edges: ReturnType<typeof edgeAt>[], salt: string) {
  const query = ann(salt, { runsHash: toHex(edgesHash(accountOf(keyOf('Ann')), edges)) });
  return openQuery(query, { edges: encodeEdges(edges), proofs: encodeProofs(engine, edges) });
}

describe('a query', () => {
  it('is consented, sealed in one transaction, answered, and its sum is right', async () => {
    const query = ann('answered');
    const { consent, signature, masks, sum, part, answerOf } = query;
    const outcome = await openQuery(query);
    const opened = eventOf(outcome, 'QueryOpened');
    const queryId = consentDigest(deploymentOf(insurer), consent);
    expect(opened).toMatchObject({ queryId, isSealed: true, epoch: 1, signature, masks, edges: part().edges });
    expect(consentOf(opened)).toEqual(consent);
    expect(await insurer.queryState(queryId)).toEqual({ status: 'sealed', answeredSeats: [] });

    const { ledgerId, servers } = ledger;
    const [first, second, third] = [1, 2, 3].map(answerOf);
    const accepted = eventOf(await servers[2]!.answer(ledgerId, [third!]), 'AnswerAccepted');
    expect(accepted).toMatchObject({ queryId, ledgerId, seat: 3, y: third!.y, w: third!.w });
    const other = eventOf(await servers[0]!.answer(ledgerId, [first!]), 'AnswerAccepted');
    expect(await insurer.queryState(queryId)).toEqual({ status: 'sealed', answeredSeats: [1, 3] });
    const pads = [1, 2].map((seat) => ({
      value: drawScalar(`z ${consent.salt} ${seat}`),
      blinding: drawScalar(`z' ${consent.salt} ${seat}`),
    }));
    const { atZero } = makeMasks(engine, 2, pads);
    expect(toBigInt(openSum(engine, 2, [accepted, other], atZero).sum)).toBe(sum);

    const again = await refusal(servers[2]!.answer(ledgerId, [third!]), 'AlreadyAnswered');
    expect(again.message).toBe(`seat 3 has already answered query ${toHex(queryId)}`);
    expect(again.code).toBe('ALREADY_ANSWERED');
    expect(again.args).toEqual({ queryId: toHex(queryId), seat: 3n });

    const wrong = { ...second!, y: fromBigInt(toBigInt(second!.y) ^ 1n, 32) };
    const answered = (change: object) => servers[1]!.answer(ledgerId, [{ ...second!, ...change }]);
    expect((await refusal(answered(wrong), 'WrongAnswers')).message).toMatch(/seat 2 .* is wrong/);
    await refusal(answered({ w: fromBigInt(2n ** 256n - 1n, 32) }), 'NonCanonicalScalar');
    await refusal(answered({ sums: masks.slice(0, 128) }), 'WrongPreimage');
    await refusal(answered({ epoch: 2 }), 'WrongPreimage');
    await refusal(answered({ sums: new Uint8Array(64) }), 'LengthMismatch');
    await refusal(insurer.answer(ledgerId, [second!]), 'NotAMember');
    expect((await refusal(openQuery(query), 'ConsentUsed')).code).toBe('CONSENT_USED');
  });

  it('is answered with others in one transaction, all of them or none', async () => {
    const queries = ['many 1', 'many 2', 'many 3'].map((salt) => ann(salt));
    for (const query of queries) await openQuery(query);
    const answers = queries.map(({ answerOf }) => answerOf(2));
    const { ledgerId, servers } = ledger;
    const wrong = [answers[0]!, { ...answers[1]!, w: answers[0]!.w }, answers[2]!];
    const refused = await refusal(servers[1]!.answer(ledgerId, wrong), 'WrongAnswers');
    expect(refused.message).toBe(`one of 3 answers of seat 2 in ledger ${toHex(ledgerId)} is wrong, or several`);
    await refusal(servers[1]!.answer(ledgerId, [...answers, answers[0]!]), 'AlreadyAnswered');
    for (const { queryId } of answers) expect((await insurer.queryState(queryId)).answeredSeats).toEqual([]);
    const { events } = await servers[1]!.answer(ledgerId, answers);
    expect(events.map((event) => (event as unknown as { queryId: Uint8Array }).queryId)).toEqual(
      answers.map(({ queryId }) => queryId),
    );
    for (const { queryId } of answers) expect((await insurer.queryState(queryId)).answeredSeats).toEqual([2]);
  });

  it('in two transactions ends as in one, and its progress is what storage keeps the hash of', async () => {
    const one = ann('one');
    await openQuery(one);
    const query = ann('two');
    const { consent, part, progress, answerOf } = query;
    const queryId = consentDigest(deploymentOf(insurer), consent);
    expect(eventOf(await openQuery(query, part(0, 1)), 'QueryOpened').isSealed).toBe(false);
    expect(await insurer.queryState(queryId)).toEqual({ status: 'open', answeredSeats: [] });
    const before = await insurer.queryWord(queryId);
    expect(before).not.toEqual(new Uint8Array(24));
    await refusal(ledger.servers[1]!.answer(ledger.ledgerId, [answerOf(2)]), 'QueryNotSealed');

    const at = progress(1);
    expect(at).toMatchObject({ epoch: 1, count: 3, position: 3, open: false });
    const wrong: Partial<QueryProgress>[] = [
      { epoch: 2 },
      { chain: flipped(at.chain, 0) },
      { count: 2 },
      { series: flipped(at.series, 7) },
      { position: 2 },
      { open: true },
      { sums: flipped(at.sums, 5) },
      progress(2),
    ];
    for (const change of wrong) {
      await refusal(insurer.continueQuery({ consent, progress: { ...at, ...change }, ...part(1) }), 'WrongProgress');
    }
    const more = eventOf(await insurer.continueQuery({ consent, progress: at, ...part(1, 2) }), 'QueryContinued');
    expect(more).toMatchObject({ queryId, isSealed: false, edges: part(1, 2).edges, insurer: insurer.account });
    expect(await insurer.queryWord(queryId)).not.toEqual(before);
    const last = { consent, progress: progress(2), ...part(2) };
    expect(progress(2)).toMatchObject({ count: 3, position: 4, open: true });
    expect(eventOf(await insurer.continueQuery(last), 'QueryContinued').isSealed).toBe(true);
    expect(await insurer.queryState(queryId)).toEqual({ status: 'sealed', answeredSeats: [] });
    await ledger.servers[1]!.answer(ledger.ledgerId, [answerOf(2), one.answerOf(2)]);
    expect((await insurer.queryState(queryId)).answeredSeats).toEqual([2]);
    await refusal(insurer.continueQuery(last), 'QueryNotOpen');
  });
});

describe('a query is refused', () => {
  it('for every fault of its consent', async () => {
    const query = ann('refused');
    const { signature } = query;
    expect(
      (await refusal(openQuery(query, { signature: flipped(signature, 7) }), 'InvalidSignature')).message,
    ).toContain(addressText(accountOf(keyOf('Ann'))));
    const other = { ...query.consent, salt: toHex(drawBytes('another', 32)) };
    await refusal(openQuery(query, { consent: other }), 'InvalidSignature');
    const bobs = signConsent(keyOf('Bob'), deploymentOf(insurer), query.consent);
    await refusal(openQuery(query, { signature: bobs }), 'InvalidSignature');
    const expired = await refusal(openQuery(ann('late', { deadline: 1_000_000_000n })), 'ConsentExpired');
    expect(expired.message).toContain('expired at 2001-09-09T01:46:40Z');
    const { consent, part } = query;
    await refusal(ledger.hospital.openQuery({ ...query, ...part() }), 'NotTheInsurer');
    await refusal(openQuery(ann('foreign', { ledgerId: toHex(drawBytes('nobody', 32)) })), 'UnknownLedger');
    expect(await insurer.queryState(consentDigest(deploymentOf(insurer), consent))).toMatchObject({ status: 'none' });
  });

  it('for every fault of its masks, edges and proofs', async () => {
    const query = ann('faults');
    const { masks, edges, part } = query;
    const { proofs } = part();
    await refusal(openQuery(query, { masks: masks.slice(64) }), 'LengthMismatch');
    await refusal(openQuery(query, { masks: flipped(masks, 63) }), 'PointNotOnCurve');
    await refusal(openQuery(query, { edges: new Uint8Array(0), proofs: new Uint8Array(0) }), 'NoEdges');
    await refusal(openQuery(query, { edges: part().edges.slice(1) }), 'LengthMismatch');
    await refusal(openQuery(query, { proofs: concat(proofs, new Uint8Array(1)) }), 'LengthMismatch');
    await refusal(openQuery(query, { proofs: flipped(proofs, proofs.length - 1) }), 'InvalidProof');
    await refusal(openQuery(query, { proofs: flipped(proofs, 0) }), 'InvalidProof');
    const told = (change: object) => encodeEdges([{ ...edges[0]!, ...change }, ...edges.slice(1)]);
    await refusal(openQuery(query, { edges: told({ batch: 9 }) }), 'UnknownBatch');
    await refusal(openQuery(query, { edges: told({ batch: 1 }) }), 'InvalidProof');
    await refusal(openQuery(query, { edges: told({ recordId: edges[0]!.recordId ^ 1 }) }), 'InvalidProof');
    await refusal(openQuery(query, { edges: told({ salt: flipped(edges[0]!.salt, 15) }) }), 'InvalidProof');
    await refusal(openQuery(query, { edges: told({ position: 2 }) }), 'InvalidProof');
    const sign = part().edges;
    sign[0] = 2;
    await refusal(openQuery(query, { edges: sign }), 'InvalidSign');
    const single = makeQuery(ledger, insurer, 'Ann', [1]);
    expect((await refusal(openQuery(single), 'TooFewRecords')).args).toEqual({ count: 1n, minimum: 2n });
  });

  it("with another patient's record", async () => {
    const [edge] = [edgeAt(ledger, 'Bob', 3)];
    const refused = await refusal(odd([edge!], "Bob's"), 'InvalidProof');
    expect(refused.message).toMatch(new RegExp(`record ${edge!.recordId} is not this patient's .* in ledger 0x`));
  });

  it('for edges that are no runs in order, though the patient has signed them', async () => {
    const at = (position: number, sign: 1 | -1 = 1) => edgeAt(ledger, 'Ann', position, sign);
    await refusal(odd([at(3), at(2)], 'descending'), 'PositionNotAscending');
    await refusal(odd([at(3), at(3)], 'twice'), 'PositionNotAscending');
    await refusal(odd([at(3), at(5)], 'touching'), 'RunNotOpen');
    await refusal(odd([at(1, -1), at(3, -1)], 'two beginnings'), 'RunNotClosed');
    await refusal(odd([at(3), at(4, -1)], 'no end'), 'RunNotClosed');
    const swapped = [...ann('swapped').edges].reverse();
    await refusal(odd(swapped, 'swapped'), 'PositionNotAscending');
  });
});

describe('a consent', () => {
  it('cannot be used after it is revoked, which anyone may submit', async () => {
    const query = ann('revoked');
    const deployment = deploymentOf(insurer);
    const queryId = consentDigest(deployment, query.consent);
    const revoke = (name: string) =>
      ledger.servers[0]!.revokeConsent(query.consent, signRevocation(keyOf(name), deployment, queryId));
    await refusal(revoke('Bob'), 'InvalidSignature');
    await refusal(ledger.servers[0]!.revokeConsent(query.consent, query.signature), 'InvalidSignature');
    const { events } = await revoke('Ann');
    expect(events).toMatchObject([{ event: 'ConsentRevoked', queryId, patient: accountOf(keyOf('Ann')) }]);
    expect(await insurer.queryState(queryId)).toEqual({ status: 'revoked', answeredSeats: [] });
    expect((await refusal(openQuery(query), 'ConsentIsRevoked')).message).toContain(toHex(queryId));
    await refusal(revoke('Ann'), 'ConsentIsRevoked');
  });

  it('can be revoked while its query is open, and no longer when it is sealed', async () => {
    const deployment = deploymentOf(insurer);
    const open = ann('half');
    const revoke = ({ consent }: TestQuery) =>
      insurer.revokeConsent(consent, signRevocation(keyOf('Ann'), deployment, consentDigest(deployment, consent)));
    await openQuery(open, open.part(0, 2));
    expect(find((await revoke(open)).events, 'ConsentRevoked').queryId).toEqual(
      consentDigest(deployment, open.consent),
    );
    const { consent, progress, part } = open;
    await refusal(insurer.continueQuery({ consent, progress: progress(2), ...part(2) }), 'QueryNotOpen');
    const whole = ann('whole');
    await openQuery(whole);
    await refusal(revoke(whole), 'ConsentUsed');
  });

  it('takes a signature that a wallet makes of the same typed data', async () => {
    const { consent, signature } = ann('wallet');
    const wallet = new Wallet(toHex(keyOf('Ann')));
    const domain = { name: 'MIStore', version: '2', chainId: 31337, verifyingContract: toHex(chain.address) };
    expect(domainOf(deploymentOf(insurer))).toEqual({ ...domain, chainId: 31337n });
    expect(await wallet.signTypedData(domain, CONSENT_TYPES, consent)).toBe(toHex(signature));
  });
});
