// Revoking by keystore and by wallet, with what it costs; and the proof of a sum, right and wrong. On the chain, as the
// insurer and the contract see it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes.ts';
import { fund } from '../../../src/chain/embedded-node.ts';
import { readBalance } from '../../../src/chain/state.ts';
import { formatSumProof } from '../../../src/parties/sum-proof.ts';
import { model } from '../../../web/model/index.ts';
import type { Chain, CheckedReceipts, OpenedConsent } from '../../../web/model/types.ts';
import { ETHER, seedOf } from '../../support/chain.ts';
import { fault } from '../../support/parties.ts';
import { openStage, type Stage, textOf, walletOf } from './stage.ts';

let stage: Stage;
let chain: Chain;
let alone: Chain;
let checked: CheckedReceipts;
let ids: number[];
let signed: () => Promise<OpenedConsent>;

beforeAll(async () => {
  stage = await openStage('model: revoking');
  ({ endpoint: chain, alone } = await stage.chains());
  checked = await model.checkBills(model.openReceipts(textOf(stage.dated)), chain);
  ids = stage.receipts.terms.categories
    .map((category) => stage.recordsOf(category))
    .sort((a, b) => b.length - a.length)[0]!;
  signed = async () => {
    const insurer = toHex(stage.insurer.address);
    const request = { insurer, recordIds: ids.slice(0, 3), deadline: await stage.chain.deadline() };
    return model.signWithKeystore(checked, request, stage.keystore);
  };
});
afterAll(() => stage?.stop());

const balance = () => readBalance(stage.chain.rpc, fromHex(checked.patient));

describe('revoking', () => {
  it('by a keystore takes ether of its account, says how much before and after, and stops the insurer', async () => {
    const consent = await signed();
    expect(await model.revocationCost(consent, chain)).toMatchObject({ balance: 0n });
    expect(await fault(model.revokeWithKeystore(consent, chain, stage.keystore))).toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
    });
    await fund(stage.chain.node.url, fromHex(checked.patient), ETHER);
    const cost = await model.revocationCost(consent, chain);
    expect(cost.balance).toBe(ETHER);
    const { fee, queryId, block } = await model.revokeWithKeystore(consent, chain, stage.keystore);
    expect(queryId).toBe(consent.queryId);
    expect(block).toBeGreaterThan(0);
    expect(await balance()).toBe(ETHER - fee);
    expect(cost.most).toBeGreaterThanOrEqual(fee);
    expect(cost.about).toBeLessThanOrEqual(cost.most);
    // The base fee falls from block to block here.
    expect(Number(fee) / Number(cost.about)).toBeGreaterThan(0.5);
    expect(Number(fee) / Number(cost.about)).toBeLessThan(1.2);
    expect(await model.consentState(consent, chain)).toMatchObject({ status: 'revoked', canBeRevoked: false });
    expect(await fault(stage.insurer.query(consent.signed))).toMatchObject({ code: 'CONSENT_IS_REVOKED' });
  });

  it('by a wallet is signed and sent by it', async () => {
    const consent = await signed();
    const wallet = await walletOf(stage, stage.patientSeed);
    const { transaction } = await model.revokeWithWallet(consent, chain, wallet);
    expect(wallet.asked.slice(-2)).toEqual(['eth_signTypedData_v4', 'eth_sendTransaction']);
    expect(transaction).toMatch(/^0x[0-9a-f]{64}$/);
    expect(await model.consentState(consent, chain)).toMatchObject({ status: 'revoked' });
    expect(await fault(stage.insurer.query(consent.signed))).toMatchObject({ code: 'CONSENT_IS_REVOKED' });
  });

  it('is refused by a wallet that refuses, for another contract, by another’s key, and without a network', async () => {
    const consent = await signed();
    const refusing = await walletOf(stage, stage.patientSeed, {
      eth_sendTransaction: () => {
        throw Object.assign(new Error('no'), { code: 4001 });
      },
    });
    expect(await fault(model.revokeWithWallet(consent, chain, refusing))).toMatchObject({ code: 'WALLET_REFUSED' });
    const stranger = await walletOf(stage, seedOf('model: stranger'));
    expect(await fault(model.revokeWithWallet(consent, chain, stranger))).toMatchObject({ code: 'WRONG_ACCOUNT' });
    expect(await fault(model.revokeWithKeystore(consent, alone, stage.keystore))).toMatchObject({ code: 'NO_NETWORK' });
    expect(await fault(model.revocationCost(consent, alone))).toMatchObject({ code: 'NO_NETWORK' });
    const elsewhere = { ...consent, place: { ...consent.place, chainId: 1n } };
    expect(await fault(model.revocationCost(elsewhere, chain))).toMatchObject({ code: 'WRONG_DEPLOYMENT' });
    expect(await model.consentState(consent, chain)).toMatchObject({ status: 'signed', canBeRevoked: true });
  });

  it('comes too late for a consent that was used', async () => {
    const consent = await signed();
    await stage.insurer.query(consent.signed);
    expect(await fault(model.revokeWithKeystore(consent, chain, stage.keystore))).toMatchObject({
      code: 'CONSENT_USED',
    });
  });
});

describe('the proof of a sum', () => {
  it('is right by endpoint and archive, and wrong where anything of it is changed', async () => {
    const consent = await signed();
    await stage.insurer.query(consent.signed);
    const { ledgerId, servers } = stage.cast;
    for (const server of servers.slice(0, 2)) {
      const answer = await server.prepare(ledgerId, fromHex(consent.queryId));
      if (typeof answer === 'string') throw new Error(answer);
      for await (const sent of server.send(ledgerId, [answer])) if ('error' in sent) throw sent.error;
    }
    const { proof } = await stage.insurer.sum(consent.queryId);
    const text = formatSumProof(proof);
    const chains = await stage.chains();
    const { sum } = model.previewConsent(checked, ids.slice(0, 3));
    for (const place of Object.values(chains)) {
      expect(await model.checkSumProof(text, place)).toMatchObject({
        isRight: true,
        queryId: consent.queryId,
        sums: sum,
        records: 3,
        lanes: stage.receipts.terms.lanes,
        insurer: toHex(stage.insurer.address),
        patient: checked.patient,
        word: place.word,
      });
      const other = {
        ...proof,
        blinding: toHex(fromHex(proof.blinding).map((byte, i) => (i === 31 ? byte ^ 1 : byte))),
      };
      const check = await model.checkSumProof(formatSumProof(other), place);
      expect(check).toMatchObject({ isRight: false, why: expect.stringMatching(/does not open/) });
    }
    // An archive from before the query does not know it.
    const early = await model.checkSumProof(text, alone);
    expect(early).toMatchObject({ isRight: false, why: expect.stringMatching(/has sealed no such query/) });
    expect(await fault(model.checkSumProof('{}', chain))).toMatchObject({ code: 'INVALID_ENCODING' });
  });
});
