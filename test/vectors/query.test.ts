// What src/ makes of the transcript's consent, byte for byte, with each engine: runs and edges, digests and signatures, masks, sums
// of points, answers, the sum and its proof.
import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes.ts';
import { answersArgument } from '../../src/contract/abi.ts';
import { consentDigest, signConsent, signRevocation } from '../../src/contract/signing.ts';
import { QueryParts } from '../../src/parties/query-parts.ts';
import { answer, openSum, shareOfSum } from '../../src/query/answer.ts';
import { makeMasks, maskOf, maskPad, opensAt } from '../../src/query/masks.ts';
import { countCovered, edgesOf, type Run, runsHash } from '../../src/query/runs.ts';
import { addEdges, noPoints } from '../../src/query/sums.ts';
import { edgeLeaf, edgesHash, formatSignedConsent, parseSignedConsent } from '../../src/records/consent-file.ts';
import { decodeLanes } from '../../src/records/lanes.ts';
import { decodeEdges, encodeEdges, encodeProofs } from '../../src/records/query-bytes.ts';
import { engines } from '../engine/engines.ts';
import {
  asked,
  bytes,
  committee,
  consentEdges,
  deployment,
  joined,
  pairOf,
  signedConsent,
  transcript,
} from './transcript.ts';

const { threshold, seats } = committee;
const { consent: signed, query, answers, sum, epochs } = transcript;
const edges = consentEdges();
const { consent } = signedConsent();
const queryId = bytes(signed.digest);
const epoch = epochs[query.epoch - 1]!;
const use = { queryId, committee: bytes(epoch.committeeHash) };
const channels = transcript.channels.insurer.map(({ secret }) => bytes(secret));

describe('the consent', () => {
  it('edges, runsHash, count', () => {
    const runs = edges.flatMap(({ sign, seriesId, position: to }, k): Run[] => {
      if (sign < 0) return [];
      return [{ seriesId, from: edges[k - 1]?.sign === -1 ? edges[k - 1]!.position : 0, to }];
    });
    const places = edges.map(({ sign, seriesId, position }) => ({ sign, seriesId, position }));
    expect(edgesOf(runs)).toEqual(places);
    expect(countCovered(edges)).toBe(query.records);
    const account = bytes(asked.account);
    const leaves = edges.map((edge) => edgeLeaf(account, edge));
    const expected = edges.map(({ batch, recordId }) => {
      const { records, firstRecordId } = transcript.batches[batch]!;
      return records[recordId - firstRecordId]!.leaf;
    });
    expect(leaves.map(toHex)).toEqual(expected);
    expect(toHex(runsHash(edges, leaves))).toBe(signed.runsHash);
    expect(toHex(edgesHash(account, edges))).toBe(signed.runsHash);
  });

  it('digest, signature, revocation', () => {
    const key = bytes(asked.accountKey);
    expect(toHex(consentDigest(deployment, consent))).toBe(signed.digest);
    expect(toHex(signConsent(key, deployment, consent))).toBe(signed.signature);
    expect(toHex(signRevocation(key, deployment, queryId))).toBe(signed.revocation);
    expect(parseSignedConsent(formatSignedConsent(signedConsent()))).toEqual(signedConsent());
  });
});

describe.each(engines.map((engine) => [engine.name, engine] as const))('with the engine "%s"', (_, engine) => {
  const pads = channels.map((channel, s) => maskPad(channel, use, s + 1));
  const masks = makeMasks(engine, threshold, pads);

  it('edges and proofs, whole and in two parts', () => {
    expect(toHex(encodeEdges(edges))).toBe(query.edges);
    expect(toHex(encodeProofs(engine, edges))).toBe(query.proofs);
    expect(encodeEdges(decodeEdges(bytes(query.edges)))).toEqual(bytes(query.edges));
    const parts = new QueryParts(engine, consent, query.epoch, masks.commitments, edges);
    const done = bytes(query.first.edges).length / 41;
    const { progress } = query.first;
    expect(parts.progress(done)).toEqual({
      ...progress,
      chain: bytes(progress.chain),
      series: bytes(progress.series),
      sums: bytes(progress.sums),
    });
    const rest = parts.from(done);
    expect({ edges: toHex(rest.edges), proofs: toHex(rest.proofs) }).toEqual(query.rest);
  });

  it('masks', () => {
    expect(pads.map(({ value, blinding }) => toHex(concat(value, blinding)))).toEqual(query.pads);
    expect(toHex(concat(masks.commitments, masks.corrections))).toBe(query.masks);
    expect(masks.atZero).toEqual(pairOf(query.maskAtZero));
    for (let seat = 1; seat <= seats; seat++) {
      const mask = maskOf(threshold, seat, pads[seat - 1]!, masks.corrections);
      expect(mask).toEqual(pairOf(answers[seat - 1]!.mask));
      expect(opensAt(engine, seat, mask, masks.commitments)).toBe(true);
    }
  });

  it('sums of points and answers', () => {
    const sums = addEdges(engine, masks.commitments, edges);
    expect(toHex(sums)).toBe(query.sums);
    for (const { seat, share, mask, answer: expected, call } of answers) {
      const own = transcript.edges.map(({ batch, recordId }) => {
        const { records, firstRecordId } = transcript.batches[batch]!;
        return records[recordId - firstRecordId]!.shares[seat - 1]!;
      });
      const total = shareOfSum(edges, joined(own));
      expect(total).toEqual(pairOf(share));
      const { y, w } = answer(total, pairOf(mask));
      expect(toHex(concat(y, w))).toBe(expected);
      expect(opensAt(engine, seat, { value: y, blinding: w }, sums)).toBe(true);
      expect(toHex(answersArgument([{ queryId, y, w, epoch: query.epoch, sums }]))).toBe(call);
    }
  });

  it('the sum and its opening, from any t answers', () => {
    const given = answers.map(({ seat, answer: pair }) => {
      const { value: y, blinding: w } = pairOf(pair);
      return { seat, y, w };
    });
    for (let first = 0; first < seats; first++) {
      const some = Array.from({ length: threshold }, (_, k) => given[(first + 2 * k) % seats]!);
      const opened = openSum(engine, threshold, some, pairOf(query.maskAtZero));
      expect({ value: toHex(opened.sum), blinding: toHex(opened.blinding) }).toEqual({
        value: sum.value,
        blinding: sum.blinding,
      });
    }
    expect(decodeLanes(bytes(sum.value), sum.amounts.length).map(String)).toEqual(sum.amounts);
    const committed = addEdges(engine, noPoints(threshold), edges).subarray(0, 64);
    expect(toHex(engine.compress(committed))).toBe(sum.commitment);
    expect(toHex(engine.commit(bytes(sum.value), bytes(sum.blinding)))).toBe(sum.commitment);
  });
});
