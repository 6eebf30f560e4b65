// One byte changed in any message that the contract takes is refused; in a receipts file or the proof of a sum it is noticed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, fromHex, type Hex, toHex } from '../../src/bytes.ts';
import type { AnswerCall, QueryCall } from '../../src/contract/types.ts';
import { checkReceipts } from '../../src/parties/patient.ts';
import { type SumProof, verifySumProof } from '../../src/parties/sum-proof.ts';
import { encodeEdges, encodeProofs } from '../../src/records/query-bytes.ts';
import type { Receipt, Receipts } from '../../src/records/receipts/receipt.ts';
import { encode, r } from '../engine/oracle.ts';
import { sendAnswers } from '../support/answers.ts';
import { fault } from '../support/parties.ts';
import { openScene, type Scene } from '../support/scene.ts';

const flip = (bytes: Uint8Array, at: number, bit = 1) => bytes.map((byte, i) => (i === at ? byte ^ bit : byte));
/** The last digit changed. */
const other = (hex: Hex) => toHex(flip(fromHex(hex), (hex.length - 4) / 2));

let scene: Scene;
/** Three edges: two of a run, and the end of another. */
const chosen = () => [...scene.recordsOf('ambulatory').slice(1, 4), ...scene.recordsOf('wellness').slice(0, 1)];
beforeAll(async () => {
  scene = await openScene('tampering');
});
afterAll(() => scene?.chain.stop());

describe('one changed byte', () => {
  it('in any part of a query is refused by the contract', async () => {
    const { contract } = scene.insurerSite;
    const { consent, signature, edges } = await scene.consentTo(chosen());
    const { engine } = scene.chain;
    const call: QueryCall = {
      consent,
      signature: fromHex(signature),
      masks: concat(engine.decompress(engine.commit(encode([1n, 2n]), encode([4n, 5n]))), new Uint8Array(64)),
      edges: encodeEdges(edges),
      proofs: encodeProofs(engine, edges),
      epoch: 1,
    };
    const attempt = async (changed: Partial<QueryCall>, what: string) => {
      const { code } = await fault(contract.openQuery({ ...call, ...changed }));
      expect(code, what).toMatch(
        /^(INVALID_PROOF|TOO_MANY_RECORDS|POINT_NOT_ON_CURVE|NON_CANONICAL_COORDINATE|POSITION_NOT_ASCENDING|SERIES_NOT_ASCENDING|RUN_NOT_(OPEN|CLOSED)|UNKNOWN_BATCH|LENGTH_MISMATCH|INVALID_SIGN|INVALID_SIGNATURE|PANIC|EDGES_\w+|\w*TRUNCATED\w*|\w*BYTES\w*)$/,
      );
    };
    for (let at = 0; at < call.edges.length; at++) {
      if (at % 41 === 0) continue; // signs: below
      await attempt({ edges: flip(call.edges, at, 1 << (at & 7)) }, `edges, byte ${at}`);
    }
    for (let at = 0; at < call.proofs.length; at += 7) {
      await attempt({ proofs: flip(call.proofs, at, 1 << (at & 7)) }, `proofs, byte ${at}`);
    }
    for (let at = 0; at < 65; at += 4) {
      await attempt({ signature: flip(call.signature, at) }, `signature, byte ${at}`);
    }
    const count = edges.length;
    const proofs = edges.map((edge) => encodeProofs(engine, [edge]));
    await attempt({ proofs: concat(...proofs.slice(0, count - 1)) }, 'a proof left out');
    await attempt({ proofs: concat(call.proofs, new Uint8Array(1)) }, 'a byte too many');
    await attempt({ proofs: concat(...proofs.toReversed()) }, 'proofs in another order');
    for (let k = 0; k < count; k++) await attempt({ edges: flip(call.edges, 41 * k, 2) }, `sign byte ${k} of 2 or 3`);
    // Unchanged, it is accepted.
    expect((await contract.openQuery(call)).events).toMatchObject([{ event: 'QueryOpened', isSealed: true }]);
    // With an edge left out it is only begun, and can be neither sealed nor answered without that edge.
    const part = await scene.consentTo(chosen());
    const begun = { ...call, consent: part.consent, signature: fromHex(part.signature) };
    const left = { edges: call.edges.subarray(41), proofs: concat(...proofs.slice(1)) };
    expect((await contract.openQuery({ ...begun, ...left })).events).toMatchObject([{ isSealed: false }]);
  });

  it('in any part of an answer is refused by the contract, and the honest one is accepted then', async () => {
    const { ledgerId, servers, serverSites } = scene.cast;
    const queryId = fromHex((await scene.insurer.query(await scene.consentTo(chosen()))).queryId);
    const server = servers[1]!;
    const honest = (await server.prepare(ledgerId, queryId)) as AnswerCall;
    const attempt = async (changed: Partial<AnswerCall>, ledger = ledgerId) =>
      (await fault(sendAnswers(server, ledger, [{ ...honest, ...changed }]))).code;
    for (let at = 0; at < 32; at++) {
      expect(await attempt({ y: flip(honest.y, at) }), `y, byte ${at}`).toMatch(
        /^(WRONG_ANSWERS|NON_CANONICAL_SCALAR)$/,
      );
      expect(await attempt({ w: flip(honest.w, at) }), `w, byte ${at}`).toMatch(
        /^(WRONG_ANSWERS|NON_CANONICAL_SCALAR)$/,
      );
      expect(await attempt({ queryId: flip(honest.queryId, at) }), `query id, byte ${at}`).toBe('QUERY_NOT_SEALED');
      expect(await attempt({ sums: flip(honest.sums, 4 * at) }), `sums, byte ${4 * at}`).toBe('WRONG_PREIMAGE');
    }
    expect(await attempt({ epoch: 2 })).toBe('WRONG_PREIMAGE');
    expect(await attempt({}, new Uint8Array(32).fill(9))).toMatch(/^(NOT_A_MEMBER|UNKNOWN_LEDGER)$/);
    // Two servers cannot exchange their answers.
    const another = (await servers[0]!.prepare(ledgerId, queryId)) as AnswerCall;
    expect((await fault(sendAnswers(server, ledgerId, [another]))).code).toBe('WRONG_ANSWERS');
    // A wrong answer among right ones takes the whole transaction with it, though the errors of two would cancel out.
    const second = fromHex((await scene.insurer.query(await scene.consentTo(chosen()))).queryId);
    const also = (await server.prepare(ledgerId, second)) as AnswerCall;
    const plus = (y: Uint8Array, change: bigint) => encode([(BigInt(toHex(y)) + change + r) % r]);
    const pair = [
      { ...honest, y: plus(honest.y, 1n) },
      { ...also, y: plus(also.y, -1n) },
    ];
    expect((await fault(serverSites[1]!.contract.answer(ledgerId, pair))).code).toBe('WRONG_ANSWERS');
    expect((await sendAnswers(server, ledgerId, [honest, also])).map(({ logs }) => logs.length)).toEqual([2]);
    expect(await attempt({})).toBe('ALREADY_ANSWERED');
  });

  it('in a receipts file is noticed', async () => {
    const site = await scene.chain.reader();
    const { receipts } = scene;
    const code = async (changed: Partial<Receipts>) =>
      (await fault(checkReceipts(site, { ...receipts, ...changed }))).code;
    expect(await code({ chainId: 1n })).toBe('WRONG_DEPLOYMENT');
    expect(await code({ contract: other(receipts.contract) })).toBe('WRONG_DEPLOYMENT');
    expect(await code({ ledgerId: other(receipts.ledgerId) })).toBe('WRONG_TERMS');
    const { terms } = receipts;
    const changes: Partial<Receipts['terms']>[] = [
      { hospital: other(terms.hospital) },
      { threshold: 3 },
      { servers: terms.servers.toReversed() },
      { lanes: terms.lanes.toReversed() },
      { scale: 3 },
      { currency: 'EUR' },
      { minRecords: 2 },
      { categories: terms.categories.slice(1) },
      { salt: other(terms.salt) },
    ];
    for (const change of changes) expect(await code({ terms: { ...terms, ...change } })).toBe('WRONG_TERMS');
    const faults = async (changed: Partial<Receipts>) =>
      new Set((await checkReceipts(site, { ...receipts, ...changed })).verdicts.map((verdict) => verdict.fault));
    expect(await faults({})).toEqual(new Set([null]));
    const salt = 'the salt is not that of the viewing key';
    expect(await faults({ patient: other(receipts.patient) })).toEqual(new Set([salt]));
    expect(await faults({ viewingKey: other(receipts.viewingKey) })).toEqual(new Set([salt]));
    const last = receipts.records.filter(({ category }) => category === 'ambulatory').at(-1)!;
    const first = (hexes: Hex[]) => [other(hexes[0]!), ...hexes.slice(1)];
    const fields: [Partial<Receipt>, string | null][] = [
      [{ recordId: last.recordId === 0 ? 1 : last.recordId - 1 }, 'not under the root'],
      [{ recordId: 4000 }, 'record not in the batch'],
      [{ batch: 7 }, 'unknown batch'],
      [{ category: 'wellness' }, '*'],
      [{ position: last.position + 1 }, 'the records before it in its series are not in this file'],
      [{ position: last.position - 1 }, 'another record of this file has the same place in its series'],
      [{ amounts: ['1.23', last.amounts[1]!] }, 'amounts do not open the commitment'],
      [{ blinding: other(last.blinding) }, 'amounts do not open the commitment'],
      [{ salt: other(last.salt) }, salt],
      [{ key: other(last.key) }, 'not under the root'],
      [{ commitments: [last.commitments[0]!, other(last.commitments[1]!)] }, 'not under the root'],
      [{ commitments: first(last.commitments) }, 'amounts do not open the commitment'],
      [{ path: first(last.path) }, 'not under the root'],
      [{ path: last.path.slice(1) }, 'not under the root'],
    ];
    for (const [change, expected] of fields) {
      const records = receipts.records.map((one) => (one === last ? { ...one, ...change } : one));
      const { verdicts } = await checkReceipts(site, { ...receipts, records });
      const wrong = verdicts.filter((verdict) => verdict.fault !== null);
      expect(wrong.length, JSON.stringify(change)).toBeGreaterThan(0);
      if (expected !== '*') expect(wrong.map((verdict) => verdict.fault)).toEqual([expected]);
    }
  });

  it('in the proof of a sum is noticed', async () => {
    const { ledgerId, servers } = scene.cast;
    const { queryId } = await scene.insurer.query(await scene.consentTo(chosen()));
    for (const server of servers.slice(1)) {
      await sendAnswers(server, ledgerId, [(await server.prepare(ledgerId, fromHex(queryId))) as AnswerCall]);
    }
    const { proof, amounts } = await scene.insurer.sum(queryId);
    const site = await scene.chain.reader();
    expect(await verifySumProof(site, proof)).toMatchObject({ queryId, amounts, records: 4 });
    expect(amounts).toEqual(scene.sumOf(chosen()));

    const code = async (changed: SumProof) => (await fault(verifySumProof(site, changed))).code;
    const wrong = 'INVALID_SUM_PROOF';
    expect(await code({ ...proof, sum: other(proof.sum) })).toBe(wrong);
    expect(await code({ ...proof, sum: toHex(encode([BigInt(proof.sum) + r])) })).toBe(wrong);
    expect(await code({ ...proof, blinding: other(proof.blinding) })).toBe(wrong);
    const { signed } = proof;
    const consent = (changed: Partial<typeof signed.consent>) =>
      code({ ...proof, signed: { ...signed, consent: { ...signed.consent, ...changed } } });
    expect(await consent({ insurer: other(signed.consent.insurer) })).toBe(wrong);
    expect(await consent({ ledgerId: other(signed.consent.ledgerId) })).toBe(wrong);
    expect(await consent({ patient: other(signed.consent.patient) })).toBe(wrong);
    expect(await consent({ runsHash: other(signed.consent.runsHash) })).toBe(wrong);
    expect(await consent({ deadline: signed.consent.deadline + 1n })).toBe(wrong);
    expect(await consent({ salt: other(signed.consent.salt) })).toBe(wrong);
    expect(await code({ ...proof, signed: { ...signed, chainId: 1n } })).toBe('WRONG_DEPLOYMENT');
    expect(await code({ ...proof, signed: { ...signed, contract: other(signed.contract) } })).toBe('WRONG_DEPLOYMENT');
    const [edge, ...rest] = signed.edges;
    const edges: Partial<typeof edge & object>[] = [
      { sign: edge!.sign === 1 ? -1 : 1 },
      { seriesId: flip(edge!.seriesId, 7) },
      { position: edge!.position + 1 },
      { recordId: edge!.recordId + 1 },
      { salt: flip(edge!.salt, 0) },
      { key: flip(edge!.key, 0) },
      { commitments: flip(edge!.commitments, 63) },
      { path: edge!.path.slice(1) },
      { path: [flip(edge!.path[0]!, 0), ...edge!.path.slice(1)] },
    ];
    for (const change of edges) {
      const changed = [{ ...edge!, ...change }, ...rest];
      expect(await code({ ...proof, signed: { ...signed, edges: changed } }), JSON.stringify(change)).toBe(wrong);
    }
    expect(await code({ ...proof, signed: { ...signed, edges: rest } })).toBe(wrong);
    expect(await code({ ...proof, signed: { ...signed, edges: [...rest, edge!] } })).toBe(wrong);
    // A right opening of records that no query has asked for proves nothing.
    const unasked = await scene.consentTo(chosen());
    expect(await code({ ...proof, signed: unasked })).toBe(wrong);
  });
});
