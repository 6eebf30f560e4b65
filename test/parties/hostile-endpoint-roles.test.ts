// An endpoint that rewrites every reply at will, before a hospital, an insurer and a patient (servers: hostile-endpoint.test.ts):
// no role sends a secret to a key that is not its partner's, deals on a total that is not its own, or finds valid what is not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, toBigInt, toHex, uint256 } from '../../src/bytes.ts';
import { ledgerIdOf } from '../../src/contract/ledger-id.ts';
import { signKey } from '../../src/contract/signing.ts';
import type { ContractEvent, LedgerTerms } from '../../src/contract/types.ts';
import { kemKeys } from '../../src/identity/kem.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { deploymentOf } from '../../src/ledger/site.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { checkReceipts } from '../../src/parties/patient.ts';
import { verifySumProof } from '../../src/parties/sum-proof.ts';
import { commitment, compressed, encode, Point, r } from '../engine/oracle.ts';
import { seedOf } from '../support/chain.ts';
import { type Lies, lyingSite } from '../support/endpoint/liar.ts';
import { fault, hospitalOf, storedRecords, storeRows } from '../support/parties.ts';
import { openScene, rows, type Scene } from '../support/scene.ts';

let scene: Scene;
let ledgerId: Uint8Array;
let terms: LedgerTerms;
const stranger = seedOf('hostile roles: stranger');
beforeAll(async () => {
  scene = await openScene('hostile roles');
  ({ ledgerId } = scene.cast);
  ({ terms } = (await scene.cast.hospital.dealer(ledgerId)).ledger);
});
afterAll(() => scene?.chain.stop());

const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const deployment = () => deploymentOf(scene.insurerSite);
const blocks = () => scene.chain.rpc.call<string>('eth_blockNumber');
/** That this work is refused so, and sends nothing. */
async function unsent(work: Promise<unknown>, code: string) {
  const before = await blocks();
  expect(await fault(work)).toMatchObject({ code });
  expect(await blocks()).toBe(before);
}
const hospital = (lies: Lies) => new Hospital(lyingSite(scene.cast.hospitalSite, lies), scene.cast.hospitalSeed);
const insurer = (lies: Lies) => new Insurer(lyingSite(scene.insurerSite, lies), scene.insurerSeed);

/** Every account's key exchanged for one that the liar can open, in ways that it could have got signed. */
const KEYS: [string, (event: ContractEvent<'Registered'>) => object][] = [
  ['as it stands', () => ({ kemKey: kemKeys(stranger).publicKey })],
  [
    'signed by another',
    () => {
      const { publicKey } = kemKeys(stranger);
      return { kemKey: publicKey, signature: signKey(accountKey(stranger), deployment(), publicKey) };
    },
  ],
  ['without a signature', () => ({ kemKey: kemKeys(stranger).publicKey, signature: new Uint8Array(0) })],
];

describe('a hospital behind a liar', () => {
  it.each(KEYS)('opens no ledger with an exchanged key, %s', async (_, Registered) => {
    await unsent(hospital({ events: { Registered } }).openLedger(terms, uint256(99)), 'NOT_REGISTERED');
  });

  it.each<[string, Lies['events'], string]>([
    ['other terms', { LedgerOpened: () => ({ terms: { ...terms, threshold: 1 } }) }, 'FORGED_TERMS'],
    [
      'servers in another order',
      { LedgerOpened: () => ({ terms: { ...terms, servers: terms.servers.toReversed() } }) },
      'FORGED_TERMS',
    ],
    ['another digest', { EpochBegun: ({ digest }) => ({ digest: flip(digest, 0) }) }, 'NOT_OUR_KEYS'],
    ['another committee', { EpochBegun: ({ committee }) => ({ committee: flip(committee, 0) }) }, 'FORGED_TERMS'],
    ['a second epoch', { EpochBegun: () => [{}, { epoch: 2 }] }, 'FORGED_TERMS'],
    ['another hospital', { LedgerOpened: () => ({ hospital: scene.insurer.address }) }, 'FORGED_TERMS'],
  ])('is no dealer of a ledger of this id with %s', async (_, events, code) => {
    await unsent(hospital({ events }).dealer(ledgerId), code);
  });

  it('is no dealer of an invented ledger whose terms match their hash, and sends nothing for it', async () => {
    // All servers are the liar's; the digest is of keys that the liar knows.
    const invented = { ...terms, servers: [1, 2, 3].map((byte) => new Uint8Array(20).fill(byte)) };
    const opening = { hospital: scene.cast.hospital.address, terms: invented, salt: new Uint8Array(32) };
    const id = ledgerIdOf(deployment(), opening);
    const lies: Lies = {
      where: { ledgerId },
      events: {
        LedgerOpened: () => ({ ...opening, ledgerId: id }),
        EpochBegun: () => ({ ledgerId: id, committee: id, digest: uint256(7) }),
      },
      views: { isOpen: () => async () => true, getLedger: (honest) => () => honest.getLedger(ledgerId) },
    };
    await unsent(hospital(lies).dealer(id), 'NOT_OUR_KEYS');
    await unsent(hospital(lies).receipts(id, rows[0]!.patient), 'NOT_OUR_KEYS');
  });

  it('deals on no batch of which a correction and C_0 are shifted together', async () => {
    const shifted = ({ records }: ContractEvent<'BatchAppended'>) => {
      const out = records.slice();
      const delta = (toBigInt(records.subarray(92, 124)) + 100n) % r;
      out.set(encode([delta]), 92);
      // C_0 + 100·G: the share of every server and the opening fit again.
      const word = toBigInt(records.subarray(28, 60));
      const x = BigInt.asUintN(255, word);
      const root = Point.Fp.sqrt(Point.Fp.create(x ** 3n + 3n));
      const y = (root & 1n) === word >> 255n ? root : Point.Fp.neg(root);
      out.set(compressed([Point.fromAffine({ x, y }).add(commitment(100n, 0n))]), 28);
      return { records: out };
    };
    const lies = { events: { BatchAppended: shifted } } satisfies Lies;
    const { site, hospital: again } = await hospitalOf(scene.cast);
    const cast = { ...scene.cast, hospital: again, hospitalSite: site };
    const before = await blocks();
    const deceived = { ...cast, hospitalSite: lyingSite(site, lies), hospital: hospital(lies) };
    expect(await fault(storeRows(deceived, rows))).toMatchObject({ code: 'NOT_OF_THIS_SEED', details: { batch: 0 } });
    expect(await fault(deceived.hospital.receipts(ledgerId, rows[0]!.patient))).toMatchObject({
      code: 'NOT_OF_THIS_SEED',
    });
    expect(await blocks()).toBe(before);
    expect((await storedRecords(cast)).length).toBe(rows.length);
  });

  it.each<[string, (event: ContractEvent<'BatchAppended'>) => object]>([
    ['nonce', ({ nonce }) => ({ nonce: flip(nonce, 0) })],
    ['source', ({ source }) => ({ source: flip(source, 0) })],
    ['correction', ({ records }) => ({ records: flip(records, 123) })],
    ['key', ({ records }) => ({ records: flip(records, 27) })],
  ])('reads nothing of a batch with another %s', async (_, BatchAppended) => {
    expect(await fault(hospital({ events: { BatchAppended } }).receipts(ledgerId, rows[0]!.patient))).toMatchObject({
      code: 'NOT_OF_THIS_SEED',
    });
  });
});

describe('an insurer behind a liar', () => {
  it.each(KEYS)('opens no channel to an exchanged key, %s', async (_, Registered) => {
    const signed = await scene.consentTo(scene.recordsOf('ambulatory').slice(0, 2));
    await unsent(insurer({ events: { Registered } }).query(signed), 'NOT_REGISTERED');
  });

  it.each<[string, Lies['events']]>([
    ['servers', { LedgerOpened: () => ({ terms: { ...terms, servers: terms.servers.toReversed() } }) }],
    ['a threshold', { LedgerOpened: () => ({ terms: { ...terms, threshold: 1 } }) }],
    ['a committee', { EpochBegun: () => ({ committee: uint256(3) }) }],
  ])('asks no ledger with %s of the liar', async (_, events) => {
    const signed = await scene.consentTo(scene.recordsOf('ambulatory').slice(0, 2));
    await unsent(insurer({ events }).query(signed), 'FORGED_TERMS');
  });

  it('reads no sum from answers, masks or edges that the liar made', async () => {
    const signed = await scene.consentTo(scene.recordsOf('ambulatory').slice(1, 4));
    const { queryId } = await scene.insurer.query(signed);
    for (const server of scene.cast.servers.slice(0, 2)) {
      const answer = await server.prepare(ledgerId, fromHex(queryId));
      if (typeof answer === 'string') throw new Error(answer);
      for await (const sent of server.send(ledgerId, [answer])) if ('error' in sent) throw sent.error;
    }
    const code = async (events: Lies['events'] & object) => (await fault(insurer({ events }).sum(queryId))).code;
    expect(await code({ AnswerAccepted: ({ y }) => ({ y: flip(y, 31) }) })).toBe('SUM_NOT_PROVEN');
    expect(await code({ AnswerAccepted: ({ w }) => ({ w: flip(w, 31) }) })).toBe('SUM_NOT_PROVEN');
    expect(await code({ AnswerAccepted: ({ seat }) => ({ seat: seat + 1 }) })).toBe('SUM_NOT_PROVEN');
    expect(await code({ AnswerAccepted: ({ seat }) => ({ seat: 3 - seat }) })).toBe('SUM_NOT_PROVEN');
    expect(await code({ QueryOpened: ({ edges }) => ({ edges: edges.subarray(41) }) })).toBe('INVALID_QUERY');
    expect(
      await code({
        BatchAppended: ({ records }) => ({ records: flip(records, 124 * signed.edges[0]!.recordId + 59) }),
      }),
    ).toBe('INVALID_QUERY');
    expect((await scene.insurer.sum(queryId)).amounts).toEqual(scene.sumOf(scene.recordsOf('ambulatory').slice(1, 4)));
    // A proof of another sum is valid for nobody, whatever batches the endpoint shows.
    const { proof } = await scene.insurer.sum(queryId);
    const shown = lyingSite(scene.insurerSite, {
      events: { BatchAppended: ({ records }) => ({ records: flip(records, 59) }) },
    });
    expect((await verifySumProof(shown, proof)).amounts).toEqual(
      scene.sumOf(scene.recordsOf('ambulatory').slice(1, 4)),
    );
    const sum = toHex(encode([BigInt(proof.sum) + 1n]));
    expect(await fault(verifySumProof(shown, { ...proof, sum }))).toMatchObject({ code: 'INVALID_SUM_PROOF' });
  });
});

describe('a patient behind a liar', () => {
  it('finds no receipt valid that the stored roots do not hold, whatever the events tell', async () => {
    const swapped = ({ records }: ContractEvent<'BatchAppended'>) => ({ records: flip(records, 30) });
    const site = lyingSite(scene.insurerSite, { events: { BatchAppended: swapped } });
    const wrong = {
      ...scene.receipts,
      records: scene.receipts.records.map((one) => ({ ...one, key: toHex(new Uint8Array(8)) })),
    };
    expect(await fault(checkReceipts(site, wrong))).toMatchObject({ code: 'INCONSISTENT_BATCH' });
    const { verdicts } = await checkReceipts(scene.insurerSite, wrong);
    expect(verdicts.every(({ fault }) => fault === 'not under the root')).toBe(true);
  });

  it('takes no terms of the liar for those of the receipts', async () => {
    const events = { LedgerOpened: () => ({ terms: { ...terms, minRecords: 9 } }) };
    const site = lyingSite(scene.insurerSite, { events });
    expect(await fault(checkReceipts(site, scene.receipts))).toMatchObject({ code: 'FORGED_TERMS' });
  });

  it('misses no record for a batch whose tags the liar has changed', async () => {
    // The last record of the file is left out; the liar hides it by another tag.
    const last = scene.receipts.records.toSorted((a, b) => a.position - b.position).at(-1)!;
    const short = { ...scene.receipts, records: scene.receipts.records.filter((one) => one !== last) };
    expect((await checkReceipts(scene.insurerSite, short)).missing).toEqual([
      { category: last.category, position: last.position, recordId: last.recordId },
    ]);
    const hidden = ({ records }: ContractEvent<'BatchAppended'>) => ({
      records: flip(records, 124 * last.recordId + 19),
    });
    const site = lyingSite(scene.insurerSite, { events: { BatchAppended: hidden } });
    expect(await fault(checkReceipts(site, short))).toMatchObject({ code: 'INCONSISTENT_BATCH' });
  });
});
