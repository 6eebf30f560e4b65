// The life of a query as its insurer sees it: cancelled, revoked, expired, refunded, and what the reports say of each.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes.ts';
import { consentDigest } from '../../../src/contract/signing.ts';
import type { AnswerCall } from '../../../src/contract/types.ts';
import { custodialSeed } from '../../../src/identity/keys.ts';
import { deploymentOf } from '../../../src/ledger/site.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import { Patient } from '../../../src/parties/patient.ts';
import { type QueryReport, queryReports } from '../../../src/parties/query-report.ts';
import type { SignedConsent } from '../../../src/records/consent-file.ts';
import { sendAnswers } from '../../support/answers.ts';
import { seedOf } from '../../support/chain.ts';
import { fault } from '../../support/parties.ts';
import { rows } from '../../support/scene.ts';
import { type FeeScene, openFeeScene } from './fee-scene.ts';

let scene: FeeScene;
beforeAll(async () => {
  scene = await openFeeScene('query life');
});
afterAll(() => scene?.chain.stop());

const idOf = ({ consent }: SignedConsent) => consentDigest(deploymentOf(scene.insurerSite), consent);
async function report(signed: SignedConsent, now?: number): Promise<QueryReport> {
  const reports = await queryReports(scene.insurerSite, { queryId: idOf(signed) }, now);
  expect(reports.length).toBe(1);
  return reports[0]!;
}
async function revoke({ consent }: SignedConsent): Promise<void> {
  const site = await scene.chain.site(seedOf('query life: postman'));
  await new Patient(site, custodialSeed(scene.cast.hospitalSeed, rows[0]!.patient)).revoke(consent);
}
async function answer(seat: number, signed: SignedConsent): Promise<void> {
  const server = scene.server(seat);
  const call = (await server.prepare(scene.cast.ledgerId, idOf(signed))) as AnswerCall;
  await sendAnswers(server, scene.cast.ledgerId, [call]);
}

describe('a query', () => {
  it('that is open can be cancelled, which returns its fee at once and spends the consent', async () => {
    const signed = await scene.twoRuns();
    await scene.begin(signed, { fee: 11n });
    const open = { phase: 'open', status: 'open', edges: 1, answeredSeats: [], threshold: 2 };
    const fee = { share: 11n, offered: 22n, earned: 0n, left: 22n, refundable: 0n };
    expect(await report(signed)).toMatchObject({ ...open, fee });
    expect(await fault(scene.insurer.refund(signed))).toMatchObject({ code: 'REFUND_TOO_EARLY' });
    expect(await scene.insurer.cancel(signed)).toBe(22n);
    expect(await scene.insurer.owed()).toBe(22n);
    expect(await report(signed)).toMatchObject({
      ...open,
      phase: 'cancelled',
      status: 'cancelled',
      fee: { ...fee, left: 0n },
    });
    expect(await fault(scene.insurer.query(signed, { fee: 11n }))).toMatchObject({
      code: 'QUERY_NOT_SEALED',
      details: { status: 'cancelled' },
    });
    expect(await fault(scene.insurer.cancel(signed))).toMatchObject({ code: 'QUERY_NOT_OPEN' });
    expect(await fault(scene.insurer.refund(signed))).toMatchObject({ code: 'NOTHING_TO_REFUND' });
    const held = await scene.held();
    expect(await scene.insurer.withdraw()).toBe(22n);
    expect(held - (await scene.held())).toBe(22n);
  });

  it('that is sealed cannot, nor one of another insurer, nor one that there is not', async () => {
    const signed = await scene.twoRuns();
    expect(await fault(scene.insurer.cancel(signed))).toMatchObject({ code: 'QUERY_NOT_OPEN' });
    await scene.insurer.query(signed);
    expect(await fault(scene.insurer.cancel(signed))).toMatchObject({ code: 'QUERY_NOT_OPEN' });
    const seed = seedOf('query life: another');
    const another = new Insurer(await scene.chain.site(seed), seed);
    for (const work of [another.cancel(signed), another.refund(signed)]) {
      expect(await fault(work)).toMatchObject({ code: 'NOT_THE_INSURER' });
    }
    const elsewhere = { ...signed, chainId: 5n };
    expect(await fault(scene.insurer.cancel(elsewhere))).toMatchObject({ code: 'WRONG_DEPLOYMENT' });
  });

  it('that is not complete by the deadline has expired, and can still be cancelled', async () => {
    const signed = await scene.twoRuns();
    await scene.begin(signed);
    const deadline = Number(signed.consent.deadline);
    expect((await report(signed, deadline)).phase).toBe('open');
    expect(await report(signed, deadline + 1)).toMatchObject({ phase: 'expired', status: 'open', fee: null });
    await scene.moveTo(deadline + 1);
    expect(await fault(scene.insurer.query(signed))).toMatchObject({ code: 'CONSENT_EXPIRED' });
    expect(await scene.insurer.cancel(signed)).toBe(0n);
    expect(await report(signed, deadline + 1)).toMatchObject({ phase: 'cancelled' });
  });

  it('whose consent is revoked can have its fee back before payUntil', async () => {
    const signed = await scene.twoRuns();
    await scene.begin(signed, { fee: 3n, payUntil: (await scene.now()) + 1000 });
    await revoke(signed);
    expect(await report(signed)).toMatchObject({ phase: 'revoked', fee: { left: 6n, refundable: 6n } });
    expect(await scene.insurer.refund(signed)).toBe(6n);
    expect(await report(signed)).toMatchObject({ phase: 'revoked', fee: { earned: 0n, left: 0n, refundable: 0n } });
    expect(await scene.insurer.withdraw()).toBe(6n);
  });

  it('that is sealed goes from answer to answer, and what is not earned in time goes back', async () => {
    const signed = await scene.twoRuns();
    const payUntil = (await scene.now()) + 1000;
    await scene.insurer.query(signed, { fee: 8n, payUntil });
    const sealed = { phase: 'sealed', status: 'sealed', edges: signed.edges.length };
    expect(await report(signed, payUntil)).toMatchObject({ ...sealed, answeredSeats: [] });
    await answer(2, signed);
    const fee = { offered: 16n, earned: 8n, left: 8n, payUntil };
    expect(await report(signed, payUntil)).toMatchObject({
      ...sealed,
      answeredSeats: [2],
      fee: { ...fee, refundable: 0n },
    });
    expect(await report(signed, payUntil + 1)).toMatchObject({ ...sealed, fee: { ...fee, refundable: 8n } });
    await scene.moveTo(payUntil + 1);
    expect(await scene.insurer.refund(signed)).toBe(8n);
    await answer(3, signed); // Earns nothing, and is as good.
    expect(await report(signed, payUntil + 1)).toMatchObject({
      phase: 'complete',
      answeredSeats: [2, 3],
      fee: { offered: 16n, earned: 8n, left: 0n, refundable: 0n },
    });
    expect((await scene.insurer.sum(toHex(idOf(signed)))).seats).toEqual([2, 3]);
    expect(await scene.server(3).earnings()).toMatchObject({ earned: 0n });
  });
});

describe('many queries at once', () => {
  it('of an insurer who has opened no channel yet, each with its fee, are all asked and reported', async () => {
    const seed = seedOf('query life: busy');
    const busy = new Insurer(await scene.chain.site(seed), seed);
    const consents: SignedConsent[] = [];
    for (const count of [1, 2, 3, 4]) {
      consents.push(await scene.consentTo(scene.recordsOf('wellness').slice(0, count), busy.address));
    }
    const payUntil = (await scene.now()) + 1000;
    const sent = await Promise.all(consents.map((signed, k) => busy.query(signed, { fee: BigInt(k + 1), payUntil })));
    expect(sent.map(({ paid }) => paid)).toEqual([2n, 4n, 6n, 8n]);
    const reports = await queryReports(scene.insurerSite, { insurer: busy.address });
    expect(reports.map(({ queryId, fee }) => [queryId, fee!.share]).sort()).toEqual(
      sent.map(({ queryId, fee }) => [queryId, fee]).sort(),
    );
    const all = await queryReports(scene.insurerSite, { ledgerId: scene.cast.ledgerId });
    expect(all.length).toBeGreaterThan(reports.length);
    expect(await queryReports(scene.insurerSite, { insurer: fromHex(`0x${'12'.repeat(20)}`) })).toEqual([]);
  });
});
