// Queries that no consent allows: each is refused with its reason, by the patient's or insurer's software before anything is
// sent or by the contract.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressText } from '../../src/address.ts';
import { fromHex, type Hex, toHex } from '../../src/bytes.ts';
import { consentDigest } from '../../src/contract/signing.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import { deploymentOf, type Site } from '../../src/ledger/site.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { consentEdges, Patient } from '../../src/parties/patient.ts';
import type { ConsentEdge, SignedConsent } from '../../src/records/consent-file.ts';
import type { Receipts } from '../../src/records/receipts/receipt.ts';
import { deviating } from '../support/adversary.ts';
import { seedOf, type TestChain } from '../support/chain.ts';
import { type Cast, fault } from '../support/parties.ts';
import { type ConsentScene, openConsentScene, otherId, own } from './consent-scene.ts';

let scene: ConsentScene;
let chain: TestChain;
let cast: Cast;
let insurer: Insurer;
let insurerSite: Site;
let patient: Patient;
let receipts: Receipts;
let ids: number[];
let signed: ConsentScene['signed'];
let resigned: ConsentScene['resigned'];
let sentBare: ConsentScene['sentBare'];
beforeAll(async () => {
  scene = await openConsentScene('consents');
  ({ chain, cast, insurer, insurerSite, patient, receipts, ids, signed, resigned, sentBare } = scene);
});
afterAll(() => chain?.stop());
const strangerSeed = seedOf('consents: stranger');

const blocks = async () => BigInt(await chain.rpc.call<string>('eth_blockNumber'));
/** The error of a query, which must not have sent anything. */
async function refusedUnsent(given: SignedConsent, by = insurer) {
  const before = await blocks();
  const refusal = await fault(by.query(given));
  expect(await blocks()).toBe(before);
  return refusal;
}

describe('a query is refused', () => {
  it('over a record of another patient, though this one signs it', async () => {
    const theirs = await cast.hospital.receipts(cast.ledgerId, otherId);
    const consent = (records: readonly number[], from = receipts) =>
      patient.consent(insurer.address, from, records, 2n ** 40n);
    expect(() => consent([...ids.slice(0, 4), theirs.records[0]!.recordId])).toThrow(/has no receipt in this file/);
    expect(() => consent(ids.slice(0, 5), theirs)).toThrow(/the receipts are of 0x\w+, not of your account/);
    const edges = consentEdges(
      theirs,
      theirs.records.slice(0, 4).map(({ recordId }) => recordId),
    );
    expect(await refusedUnsent(resigned(await signed(), {}, edges))).toMatchObject({ code: 'INVALID_PROOF' });
  });

  it('but not because addresses are written with a checksum', async () => {
    const given = await signed();
    const written = (hex: Hex) => addressText(fromHex(hex)) as Hex;
    const { insurer: by, patient: of } = given.consent;
    expect([written(by), written(of)]).not.toEqual([by, of]);
    const consent = { ...given.consent, insurer: written(by), patient: written(of) };
    expect((await insurer.query({ ...given, consent })).records).toBe(5);
  });

  it('over fewer records than the ledger allows, also where the terms are told otherwise', async () => {
    expect((await fault(signed(ids.slice(0, 2)))).code).toBe('TOO_FEW_RECORDS');
    const lenient = { ...receipts, terms: { ...receipts.terms, minRecords: 1 } };
    const two = patient.consent(insurer.address, lenient, ids.slice(0, 2), await chain.deadline());
    expect(await refusedUnsent(two)).toMatchObject({ code: 'TOO_FEW_RECORDS' });
    // One edge, but three records: it is the records that count.
    const sent = await insurer.query(await signed(ids.slice(0, 3)));
    expect([sent.records, sent.edges]).toEqual([3, 1]);
  });

  it('over other runs than those of the consent', async () => {
    const given = await signed();
    for (const records of [ids.slice(0, 4), ids.slice(0, 6), ids.slice(1, 6)]) {
      const { edges } = await signed(records);
      expect(await refusedUnsent({ ...given, edges })).toMatchObject({ code: 'INVALID_CONSENT' });
    }
  });

  it('over edges that are no runs in canonical order, though the patient has signed them', async () => {
    const given = await signed([...ids.slice(2, 4), ...ids.slice(6, 8)]);
    const { edges } = given;
    const [first, last, begin, end] = edges as [ConsentEdge, ConsentEdge, ConsentEdge, ConsentEdge];
    const wrong: [string, ConsentEdge[], string][] = [
      ['none', [], 'NO_EDGES'],
      ['the second run first', [begin, end, first, last], 'POSITION_NOT_ASCENDING'],
      ['an end before its beginning', [last, first], 'POSITION_NOT_ASCENDING'],
      ['two beginnings', [first, begin, end], 'RUN_NOT_CLOSED'],
      ['two ends', [first, last, end], 'RUN_NOT_OPEN'],
      ['one edge twice', [first, last, last], 'POSITION_NOT_ASCENDING'],
      ['a run without an end', [first, last, begin], 'RUN_NOT_CLOSED'],
    ];
    for (const [what, list, code] of wrong) {
      const consent = resigned(given, {}, list);
      expect(await refusedUnsent(consent), what).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(await fault(sentBare(consent)), `${what}, to the contract`).toMatchObject({ code });
    }
  });

  it('in a ledger that does not exist, or of another contract', async () => {
    const given = await signed();
    const ledgerId = `0x${'77'.repeat(32)}` as Hex;
    expect(await refusedUnsent(resigned(given, { ledgerId }))).toMatchObject({ code: 'UNKNOWN_LEDGER' });
    const elsewhere = deviating(await chain.reader(), { chainId: () => 1n });
    const other = new Patient(elsewhere, custodialSeed(cast.hospitalSeed, own[0]!.patient));
    const forOther = other.consent(insurer.address, receipts, ids.slice(0, 5), await chain.deadline());
    expect(await refusedUnsent(forOther)).toMatchObject({ code: 'WRONG_DEPLOYMENT' });
    const { chainId } = deploymentOf(insurerSite);
    expect(await refusedUnsent({ ...forOther, chainId })).toMatchObject({ code: 'INVALID_SIGNATURE' });
  });

  it('after the deadline, and not in its last second', async () => {
    const { code, message } = await refusedUnsent(await signed(ids.slice(0, 5), -1));
    expect(code).toBe('CONSENT_EXPIRED');
    expect(message).toMatch(/^the consent expired at \d{4}-\d\d-\d\dT/);
    const last = await signed(ids.slice(0, 5), 1);
    await chain.rpc.call('evm_setNextBlockTimestamp', [Number(last.consent.deadline)]);
    const { transactions } = await insurer.query(last);
    expect(transactions.length).toBe(1);
  });

  it('with any part of the consent or its signature changed', async () => {
    const given = await signed();
    const flip = (hex: Hex, at = hex.length - 1) =>
      `${hex.slice(0, at)}${(Number.parseInt(hex[at]!, 16) ^ 1).toString(16)}${hex.slice(at + 1)}` as Hex;
    const { consent, signature } = given;
    const tampered: SignedConsent[] = [
      { ...given, consent: { ...consent, salt: flip(consent.salt) } },
      { ...given, consent: { ...consent, deadline: consent.deadline + 1n } },
      ...[2, 65, 66, 129, 130, 131].map((at) => ({ ...given, signature: flip(signature, at) })),
      { ...given, signature: '0x' },
      { ...given, signature: signature.slice(0, -2) as Hex },
      { ...given, signature: `${signature}00` },
      { ...given, signature: `0x${'00'.repeat(65)}` },
    ];
    for (const [number, one] of tampered.entries()) {
      expect(await refusedUnsent(one), `tampering ${number}`).toMatchObject({ code: 'INVALID_SIGNATURE' });
    }
  });

  it("with another patient's signature", async () => {
    const theirs = await cast.hospital.receipts(cast.ledgerId, otherId);
    const other = new Patient(await chain.reader(), custodialSeed(cast.hospitalSeed, otherId));
    const records = theirs.records.slice(0, 5).map(({ recordId }) => recordId);
    const { signature } = other.consent(insurer.address, theirs, records, await chain.deadline());
    expect(await refusedUnsent({ ...(await signed()), signature })).toMatchObject({ code: 'INVALID_SIGNATURE' });
  });

  it('by another insurer than the one named, also of a query that exists', async () => {
    const stranger = new Insurer(await chain.site(strangerSeed), strangerSeed);
    const given = await signed();
    expect(await refusedUnsent(given, stranger)).toMatchObject({ code: 'NOT_THE_INSURER' });
    await insurer.query(given);
    expect(await refusedUnsent(given, stranger)).toMatchObject({ code: 'NOT_THE_INSURER' });
  });

  it('after the patient has revoked the consent, which only they can do, and only before it is used', async () => {
    const given = await signed();
    const other = new Patient(await chain.site(strangerSeed), seedOf('consents: another patient'));
    expect(await fault(other.revoke(given.consent))).toMatchObject({ code: 'INVALID_SIGNATURE' });
    await patient.revoke(given.consent);
    const id = toHex(consentDigest(deploymentOf(insurerSite), given.consent));
    expect(await refusedUnsent(given)).toMatchObject({
      code: 'CONSENT_IS_REVOKED',
      message: `the patient has revoked this consent (query ${id}); nothing was sent`,
    });
    expect(await fault(sentBare(given))).toMatchObject({ code: 'CONSENT_IS_REVOKED' });
    expect(await fault(patient.revoke(given.consent))).toMatchObject({ code: 'CONSENT_IS_REVOKED' });
    expect(await fault(insurer.sum(id))).toMatchObject({
      code: 'QUERY_NOT_SEALED',
      message: `query ${id} can never be opened: the patient has revoked the consent`,
    });
    const used = await signed();
    await insurer.query(used);
    expect(await fault(patient.revoke(used.consent))).toMatchObject({ code: 'CONSENT_USED' });
  });

  it('the second time by the contract; the insurer gets the first query again', async () => {
    const given = await signed();
    const first = await insurer.query(given);
    const before = await blocks();
    expect(await insurer.query(given)).toEqual({ ...first, paid: 0n, transactions: [] });
    expect(await blocks()).toBe(before);
    expect(await fault(sentBare(given))).toMatchObject({ code: 'CONSENT_USED' });
  });
});
