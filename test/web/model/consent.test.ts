// Consents: what they would show, why some could never be used, signed by a keystore or a wallet so that an insurer can ask
// with them, and what has become of them. A wallet that lies or refuses is found out.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes.ts';
import { parseSignedConsent } from '../../../src/records/consent-file.ts';
import { model } from '../../../web/model/index.ts';
import type { Chain, CheckedReceipts, ConsentRequest } from '../../../web/model/types.ts';
import { seedOf } from '../../support/chain.ts';
import { fault } from '../../support/parties.ts';
import { openStage, type Stage, textOf, walletOf } from './stage.ts';

let stage: Stage;
let chain: Chain;
let alone: Chain;
let checked: CheckedReceipts;
/** Of the two longest series, by position. */
let ids: number[];
let more: number[];
let request: (recordIds: readonly number[]) => Promise<ConsentRequest>;

beforeAll(async () => {
  stage = await openStage('model: consents');
  const series = stage.receipts.terms.categories
    .map((category) => stage.recordsOf(category))
    .sort((a, b) => b.length - a.length);
  [ids, more] = [series[0]!, series[1]!];
  // Void: the third record of the longest series.
  for (const seat of [1, 2]) await stage.cast.servers[seat - 1]!.complain(stage.cast.ledgerId, 0, [ids[2]!]);
  ({ endpoint: chain, alone } = await stage.chains());
  checked = await model.checkBills(model.openReceipts(textOf(stage.dated)), chain);
  request = async (recordIds) => ({
    insurer: toHex(stage.insurer.address),
    recordIds,
    deadline: await stage.chain.deadline(),
  });
});
afterAll(() => stage?.stop());

const amounts = (records: readonly number[]) => stage.sumOf(records).map((cents) => decimal(cents));
const decimal = (cents: bigint) => {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

describe('a preview', () => {
  it('says sum, records and edges, and which records become visible', () => {
    const chosen = [ids[0]!, ids[1]!, ids[4]!, ids[5]!];
    const preview = model.previewConsent(checked, chosen);
    expect(preview).toMatchObject({ records: 4, sum: amounts(chosen), obstacles: [] });
    expect(preview.edges.map(({ sign, position, recordId }) => [sign, position, recordId])).toEqual([
      [1, 2, ids[1]],
      [-1, 4, ids[3]],
      [1, 6, ids[5]],
    ]);
    expect(preview.visibleRecords).toEqual([ids[1]!, ids[3]!, ids[5]!].sort((a, b) => a - b));
    expect(preview.gas).toBeGreaterThan(model.previewConsent(checked, chosen.slice(0, 2)).gas);
    expect(model.previewConsent(checked, [...ids, ...more])).toMatchObject({ sum: amounts([...ids, ...more]) });
  });

  it('of bills chosen by category and period is of those', () => {
    const [category] = checked.categories.filter((name) => stage.recordsOf(name).length === more.length);
    expect(model.chooseBills(checked, { categories: [category!] })).toEqual(more.toSorted((a, b) => a - b));
    // The last record has none.
    expect(() => model.chooseBills(checked, { from: '2025-03-01' })).toThrow(/states no date/);
    expect(() => model.chooseBills(checked, { records: [4711] })).toThrow(/has no receipt in this file/);
  });

  it('of a corrected bill has its correction, which goes with it both ways, and says what is left out', () => {
    const records = stage.dated.records.map((one) => (one.recordId === ids[4] ? { ...one, corrects: ids[1]! } : one));
    const file = model.openReceipts(textOf({ ...stage.dated, records }));
    expect(file.bills.map(({ corrects }) => corrects).filter((one) => one !== null)).toEqual([ids[1]]);
    const chosen = model.chooseBills(file, { records: [ids[1]!] });
    expect(chosen).toEqual([ids[1]!, ids[4]!].sort((a, b) => a - b));
    const of = (recordIds: readonly number[]) => model.previewConsent(file, recordIds).corrections;
    expect(model.previewConsent(file, chosen).sum).toEqual(amounts([ids[1]!, ids[4]!]));
    expect(of(chosen)).toEqual({ included: [ids[4]], alone: [], leftOut: [] });
    expect(of([ids[1]!])).toEqual({ included: [], alone: [], leftOut: [ids[4]] });
    expect(of([ids[4]!])).toEqual({ included: [], alone: [ids[4]], leftOut: [] });
    expect(model.leaveOutBills(file, [...chosen, ids[0]!], [ids[1]!])).toEqual([ids[0]]);
    expect(model.leaveOutBills(file, chosen, [ids[4]!])).toEqual([ids[1]]);
  });

  it('names every obstacle', () => {
    const obstacles = (recordIds: readonly number[], of = checked) =>
      model.previewConsent(of, recordIds).obstacles.map((one) => Object.values(one).join(' '));
    expect(obstacles([])).toEqual(['no-records']);
    expect(obstacles([4711])).toEqual(['no-records']);
    expect(obstacles(ids.slice(0, 2), { ...checked, minRecords: 3 })).toEqual(['too-few-records 2 3']);
    expect(obstacles(ids.slice(0, 3))).toEqual([`void-edge ${ids[2]} ${ids[3]}`]);
    expect(obstacles(ids.slice(3, 5))).toEqual([`void-edge ${ids[2]} ${ids[3]}`]);
    expect(obstacles(ids.slice(0, 4)), 'in the middle of a run it is no obstacle').toEqual([]);
    const bills = checked.bills.map((bill) =>
      bill.recordId === ids[0] ? { ...bill, state: { kind: 'fault', fault: 'not-under-root' } as const } : bill,
    );
    expect(obstacles(ids.slice(0, 2), { ...checked, bills })).toEqual([`invalid-receipt ${ids[0]}`]);
    const lacking = stage.dated.records.filter(({ recordId }) => recordId !== ids[4]);
    const gap = model.openReceipts(textOf({ ...stage.dated, records: lacking }));
    expect(model.previewConsent(gap, [ids[5]!]).obstacles).toEqual([{ kind: 'no-receipt-before', recordId: ids[5] }]);
  });
});

describe('a consent by a keystore', () => {
  it('is one that the insurer can ask with, and read again', async () => {
    const chosen = [...ids.slice(3), ...ids.slice(0, 2)].filter((id) => id !== ids[3]);
    const consent = await model.signWithKeystore(checked, await request(chosen), stage.keystore);
    expect(model.openConsent(consent.text)).toEqual(consent);
    expect(consent).toMatchObject({
      place: stage.place,
      records: chosen.length,
      insurer: toHex(stage.insurer.address),
    });
    expect(await model.consentState(consent, chain)).toMatchObject({
      status: 'signed',
      isSigned: true,
      canBeRevoked: true,
    });
    const { queryId, records } = await stage.insurer.query(parseSignedConsent(consent.text));
    expect([queryId, records]).toEqual([consent.queryId, chosen.length]);
    const used = { status: 'used', isSigned: true, canBeRevoked: false, answeredSeats: [] };
    expect(await model.consentState(consent, chain)).toMatchObject(used);
  });

  it('can be signed by receipts that were checked against an archive alone', async () => {
    const offline = await model.checkBills(model.openReceipts(textOf(stage.dated)), alone);
    const consent = await model.signWithKeystore(offline, await request(ids.slice(0, 2)), stage.keystore);
    expect(await model.consentState(consent, alone)).toMatchObject({ status: 'signed', canBeRevoked: false });
    expect((await stage.insurer.query(consent.signed)).queryId).toBe(consent.queryId);
  });

  it('is refused where it could never be used, or is not this person’s', async () => {
    const good = await request(ids.slice(0, 2));
    const sign = (change: Partial<ConsentRequest>, of = checked, secret = stage.keystore) =>
      fault(model.signWithKeystore(of, { ...good, ...change }, secret));
    expect(await sign({ recordIds: [] })).toMatchObject({ code: 'NO_RECORDS' });
    expect(await sign({}, { ...checked, minRecords: 3 })).toMatchObject({ code: 'TOO_FEW_RECORDS' });
    expect(await sign({ recordIds: [ids[2]!] })).toMatchObject({ code: 'VOID_EDGE', details: { next: ids[3] } });
    expect(await sign({ deadline: 1_700_000_000n })).toMatchObject({ code: 'DEADLINE_PASSED' });
    for (const insurer of [toHex(new Uint8Array(20)), checked.patient, checked.hospital, checked.place.contract]) {
      expect(await sign({ insurer })).toMatchObject({ code: 'INVALID_INSURER' });
    }
    const unchecked = { ...checked, bills: model.openReceipts(textOf(stage.dated)).bills };
    expect(await sign({}, unchecked)).toMatchObject({ code: 'INVALID_ARGUMENT' });
    const wrong = await sign({}, checked, { ...stage.keystore, password: 'wrong horse' });
    expect(wrong).toMatchObject({ code: 'KEYSTORE', message: 'patient.json: the password is wrong' });
    expect(await sign({}, { ...checked, patient: `0x${'12'.repeat(20)}` })).toMatchObject({
      code: 'NOT_YOUR_RECEIPTS',
    });
  });
});

describe('a consent by a wallet', () => {
  it('is one that the insurer can ask with', async () => {
    const wallet = await walletOf(stage, stage.patientSeed);
    const consent = await model.signWithWallet(checked, await request(ids.slice(0, 2)), wallet, chain);
    expect(wallet.asked).toEqual(['eth_requestAccounts', 'eth_chainId', 'eth_signTypedData_v4']);
    expect((await stage.insurer.query(consent.signed)).queryId).toBe(consent.queryId);
  });

  it('also by one that gives v as 0 or 1, and after it has changed the chain', async () => {
    const plain = await walletOf(stage, stage.patientSeed);
    let chainId = '0x1';
    const wallet = await walletOf(stage, stage.patientSeed, {
      eth_chainId: () => chainId,
      wallet_switchEthereumChain: ([to]) => {
        ({ chainId } = to as { chainId: string });
        return null;
      },
      eth_signTypedData_v4: async (params) => {
        const signature = String(await plain.request({ method: 'eth_signTypedData_v4', params }));
        return `${signature.slice(0, 130)}${signature.endsWith('1b') ? '00' : '01'}`;
      },
    });
    const consent = await model.signWithWallet(checked, await request(ids.slice(0, 2)), wallet, chain);
    expect(wallet.asked).toContain('wallet_switchEthereumChain');
    expect(await model.consentState(consent, chain)).toMatchObject({ status: 'signed', isSigned: true });
  });

  it('that refuses, has another account, knows no such chain, or signs something else is told apart', async () => {
    const good = await request(ids.slice(0, 2));
    const coded = (code: number) => () => {
      throw Object.assign(new Error('no'), { code });
    };
    const other = await walletOf(stage, seedOf('model: another'));
    const own = (answers: Parameters<typeof walletOf>[2]) => walletOf(stage, stage.patientSeed, answers);
    const wrong = [
      [other, 'WRONG_ACCOUNT'],
      [await own({ eth_requestAccounts: coded(4001) }), 'WALLET_REFUSED'],
      [await own({ eth_signTypedData_v4: coded(4001) }), 'WALLET_REFUSED'],
      [await own({ eth_signTypedData_v4: coded(-32603) }), 'WALLET_FAILED'],
      [await own({ eth_chainId: () => '0x1' }), 'WALLET_FAILED'], // it cannot switch
      [await own({ eth_chainId: () => '0x1', wallet_switchEthereumChain: coded(4902) }), 'WALLET_CHAIN'],
      [await own({ eth_chainId: () => '0x1', wallet_switchEthereumChain: () => null }), 'WALLET_CHAIN'],
      [await own({ eth_signTypedData_v4: () => 'signed' }), 'WALLET_FAILED'],
      [await own({ eth_signTypedData_v4: () => `0x${'11'.repeat(65)}` }), 'INVALID_SIGNATURE'],
    ] as const;
    for (const [wallet, code] of wrong) {
      expect(await fault(model.signWithWallet(checked, good, wallet, chain)), code).toMatchObject({ code });
    }
    const mute = await own({ eth_signTypedData_v4: () => `0x${'11'.repeat(99)}` });
    const refusal = await fault(model.signWithWallet(checked, good, mute, alone));
    expect(refusal).toMatchObject({ code: 'INVALID_SIGNATURE', message: expect.stringMatching(/contract wallet/) });
  });
});

describe('the state of a consent', () => {
  it('that is late is expired, and of another signature is not signed', async () => {
    const consent = await model.signWithKeystore(checked, await request(ids.slice(0, 2)), stage.keystore);
    const forged = model.openConsent(consent.text.replace(/"signature": "0x../, '"signature": "0x77'));
    expect(await model.consentState(forged, chain)).toMatchObject({ status: 'signed', isSigned: false });
    expect(await model.consentState(forged, alone)).toMatchObject({ isSigned: null });
    const late = { ...consent, deadline: 1_700_000_000n };
    for (const place of [chain, alone])
      expect(await model.consentState(late, place)).toMatchObject({ status: 'expired' });
  });

  it('is not asked of another contract, nor of the archive of another ledger', async () => {
    const consent = await model.signWithKeystore(checked, await request(ids.slice(0, 2)), stage.keystore);
    const elsewhere = { ...consent, place: { ...consent.place, chainId: 1n } };
    const otherLedger = { ...consent, ledgerId: `0x${'12'.repeat(32)}` as const };
    for (const place of [chain, alone]) {
      expect(await fault(model.consentState(elsewhere, place))).toMatchObject({ code: 'WRONG_DEPLOYMENT' });
    }
    expect(await fault(model.consentState(otherLedger, chain))).toMatchObject({ code: 'UNKNOWN_LEDGER' });
    expect(await fault(model.consentState(otherLedger, alone))).toMatchObject({ code: 'ARCHIVE' });
  });

  it('follows the answers', async () => {
    const consent = await model.signWithKeystore(checked, await request(more.slice(0, 1)), stage.keystore);
    await stage.insurer.query(consent.signed);
    const { ledgerId, servers } = stage.cast;
    const answer = await servers[2]!.prepare(ledgerId, fromHex(consent.queryId));
    if (typeof answer === 'string') throw new Error(answer);
    for await (const sent of servers[2]!.send(ledgerId, [answer])) if ('error' in sent) throw sent.error;
    expect(await model.consentState(consent, chain)).toMatchObject({ status: 'used', answeredSeats: [3] });
    const { alone: later } = await stage.chains();
    expect(await model.consentState(consent, later)).toMatchObject({ status: 'used', answeredSeats: [3] });
  });
});
