// One byte changed in any message that the contract takes, or in the head of a receipts file, is refused or noticed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, fromHex, toHex, uint64 } from '../../src/bytes.ts';
import type { AnswerCall, QueryPart } from '../../src/contract/types.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import { checkReceipts } from '../../src/parties/patient.ts';
import type { Receipts } from '../../src/records/receipt.ts';
import { encode } from '../engine/oracle.ts';
import { sendAnswers } from '../support/answers.ts';
import { fault } from '../support/parties.ts';
import { openScene, type Scene } from '../support/scene.ts';

const flip = (bytes: Uint8Array, at: number, bit = 1) => bytes.map((byte, i) => (i === at ? byte ^ bit : byte));

let scene: Scene;
let receipts: Receipts;
beforeAll(async () => {
  scene = await openScene('tampering');
  receipts = await scene.cast.hospital.receipts(scene.cast.ledgerId, scene.patient.address);
});
afterAll(() => scene?.chain.stop());

describe('one changed byte', () => {
  it('in any part of a query is refused by the contract', async () => {
    const { contract } = scene.insurerSite;
    const { consent, signature } = await scene.consentTo([3, 8, 21]);
    const [batch] = await batches(scene);
    const points = scene.chain.engine.decompress(concat(...[3, 8, 21].map((k) => batch!.commitments(k))));
    const records = concat(
      ...[3, 8, 21].map((k, i) => concat(uint64(k), batch!.key(k), points.subarray(128 * i, 128 * i + 128))),
    );
    const part: QueryPart = { batch: 0, records, ...batch!.tree.multiProof([3, 8, 21]) };
    const masks = scene.chain.engine.decompress(scene.chain.engine.commit(encode([1n, 2n, 3n]), encode([4n, 5n, 6n])));
    const refused: Record<string, number> = {};
    const attempt = async (changed: Partial<QueryPart>, what: string) => {
      const { code } = await fault(contract.query(consent, fromHex(signature), masks, [{ ...part, ...changed }]));
      expect(code, what).toMatch(
        /^(INVALID_PROOF|POINT_NOT_ON_CURVE|RECORDS_NOT_ASCENDING|UNKNOWN_BATCH|LENGTH_MISMATCH|MERKLE_PROOF_INVALID_MULTIPROOF|PANIC)$/,
      );
      refused[code] = (refused[code] ?? 0) + 1;
    };
    for (let at = 0; at < records.length; at += 3)
      await attempt({ records: flip(records, at, 1 << (at & 7)) }, `records, byte ${at}`);
    for (const [i, node] of part.proof.entries()) {
      const proof = part.proof.map((other, k) => (k === i ? flip(node, (7 * i) % 32) : other));
      await attempt({ proof }, `proof, node ${i}`);
    }
    for (let bit = 0; bit < 8 * part.flags.length; bit++) {
      const changed = { flags: flip(part.flags, bit >> 3, 1 << (bit & 7)) };
      if (bit < part.proof.length + 2) await attempt(changed, `flags, bit ${bit}`);
    }
    await attempt({ batch: 1 }, 'batch');
    await attempt({ records: records.subarray(144) }, 'a record left out');
    await attempt(
      { records: concat(records.subarray(144, 288), records.subarray(0, 144), records.subarray(288)) },
      'records swapped',
    );
    expect(Object.keys(refused)).toEqual(expect.arrayContaining(['INVALID_PROOF']));
    // Unchanged, it is accepted.
    expect(
      (await contract.query(consent, fromHex(signature), masks, [part])).events.map(({ event }) => event),
    ).toContain('QuerySealed');
  });

  it('in any part of an answer is refused by the contract, and the honest one is accepted then', async () => {
    const { queryId } = await scene.insurer.query(await scene.consentTo([1, 2, 30]));
    const server = scene.cast.servers[1]!;
    const honest = (await server.prepare(await scene.sealed(queryId))) as AnswerCall;
    const attempt = async (changed: Partial<AnswerCall>) =>
      (await fault(sendAnswers(server, [{ ...honest, ...changed }]))).code;
    for (let at = 0; at < 32; at++) {
      expect(await attempt({ y: flip(honest.y, at) }), `y, byte ${at}`).toMatch(
        /^(WRONG_ANSWER|NON_CANONICAL_SCALAR)$/,
      );
      expect(await attempt({ w: flip(honest.w, at) }), `w, byte ${at}`).toMatch(
        /^(WRONG_ANSWER|NON_CANONICAL_SCALAR)$/,
      );
      expect(await attempt({ queryId: flip(honest.queryId, at) }), `query id, byte ${at}`).toBe('QUERY_NOT_SEALED');
      expect(await attempt({ sums: flip(honest.sums, 4 * at) }), `sums, byte ${4 * at}`).toBe('WRONG_PREIMAGE');
      expect(await attempt({ masks: flip(honest.masks, 6 * at) }), `masks, byte ${6 * at}`).toBe('WRONG_PREIMAGE');
    }
    expect(await attempt({ ledgerId: 99n })).toBe('NOT_A_MEMBER');
    // Two servers cannot exchange their answers.
    const other = (await scene.cast.servers[0]!.prepare(await scene.sealed(queryId))) as AnswerCall;
    expect((await fault(sendAnswers(server, [other]))).code).toBe('WRONG_ANSWER');
    // A wrong answer among right ones takes the whole transaction with it.
    const { contract } = scene.cast.serverSites[1]!;
    expect((await fault(contract.answer([honest, { ...honest, y: flip(honest.y, 31) }]))).code).toMatch(
      /ALREADY_ANSWERED|WRONG_ANSWER/,
    );
    expect((await sendAnswers(server, [honest])).map(({ logs }) => logs.length)).toEqual([1]);
    expect(await attempt({})).toBe('ALREADY_ANSWERED');
  });

  it('in the head of a receipts file is noticed', async () => {
    const site = await scene.chain.reader();
    expect((await checkReceipts(site, receipts)).every(({ fault }) => fault === null)).toBe(true);
    const head = async (changed: Partial<Receipts>) =>
      (await fault(checkReceipts(site, { ...receipts, ...changed }))).code;
    expect(await head({ chainId: '1' })).toBe('WRONG_DEPLOYMENT');
    expect(await head({ contract: toHex(flip(fromHex(receipts.contract), 19)) })).toBe('WRONG_DEPLOYMENT');
    expect(await head({ ledgerId: '9999' })).toBe('UNKNOWN_LEDGER');
    expect(await head({ lanes: receipts.lanes.toReversed() })).toBe('WRONG_TERMS');
    expect(await head({ scale: 3 })).toBe('WRONG_TERMS');
    expect(await head({ currency: 'EUR' })).toBe('WRONG_TERMS');
    const patientOther = await checkReceipts(site, { ...receipts, patient: toHex(flip(scene.patient.address, 0)) });
    expect(patientOther.every(({ fault }) => fault === 'not under the root')).toBe(true);
    const elsewhere = await checkReceipts(site, {
      ...receipts,
      records: receipts.records.map((one) => ({ ...one, batch: 7 })),
    });
    expect(elsewhere.every(({ fault }) => fault === 'unknown batch')).toBe(true);
  });
});

async function batches({ insurerSite, cast }: Scene) {
  const view = await LedgerView.load(insurerSite, cast.ledgerId);
  const all = [];
  for await (const batch of view.batches()) all.push(batch);
  return all;
}
