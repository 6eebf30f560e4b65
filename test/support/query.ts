// Queries of a ledger that was made by ledger.ts: consents with their edges, masks, and every seat's right answer.
import { concat, toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import type { MIStoreContract } from '../../src/contract/client.ts';
import { consentDigest, signConsent } from '../../src/contract/signing.ts';
import type { AnswerCall, QueryProgress } from '../../src/contract/types.ts';
import { QueryParts } from '../../src/parties/query-parts.ts';
import { answer, shareOfSum } from '../../src/query/answer.ts';
import type { Consent } from '../../src/query/consent.ts';
import { type Mask, makeMasks, maskOf } from '../../src/query/masks.ts';
import { edgesOf, runsOf } from '../../src/query/runs.ts';
import { type ConsentEdge, edgesHash } from '../../src/records/consent-file.ts';
import { encodeEdges, encodeProofs } from '../../src/records/query-bytes.ts';
import { seriesId } from '../../src/records/series.ts';
import { keyOf } from './chain.ts';
import {
  deploymentOf,
  drawBytes,
  drawScalar,
  engine,
  type TestLedger,
  type TestRecord,
  viewingKeyOf,
} from './ledger.ts';

/** The record at a position of a patient's series, as an edge of a consent. */
export function edgeAt(
  { made, committee }: TestLedger,
  patient: string,
  position: number,
  sign: 1 | -1 = 1,
): ConsentEdge {
  for (const { index: batch, firstRecordId, records, keys, commitments, tree } of made) {
    const k = records.findIndex((record) => record.patient === patient && record.position === position);
    if (k < 0) continue;
    const { seriesId, salt } = records[k]!;
    const size = 32 * committee.threshold;
    return {
      sign,
      seriesId,
      position,
      recordId: firstRecordId + k,
      batch,
      salt,
      key: keys.subarray(8 * k, 8 * k + 8),
      commitments: commitments.subarray(size * k, size * (k + 1)),
      path: tree.path(k),
    };
  }
  throw new Error(`${patient} has no record at position ${position}`);
}

export interface TestQuery {
  consent: Consent;
  signature: Uint8Array;
  /** As openQuery takes them: commitments, then corrections. */
  masks: Uint8Array;
  /** The ledger's in which it can be opened. */
  epoch: number;
  edges: ConsentEdge[];
  /** Total of the patient's records that it covers. */
  sum: bigint;
  /** Edges and proofs of the edges from … to − 1; of all, if not given. */
  part(from?: number, to?: number): { edges: Uint8Array; proofs: Uint8Array };
  /** Where the query stands after so many edges. */
  progress(done: number): QueryProgress;
  /** The answer of a seat once it is sealed. */
  answerOf(seat: number): AnswerCall;
}

/**
 * A consent of `patient` to the records at these positions of their series (all, if not given), with masks for every seat.
 * `change`: fields of the consent that are other, and signed so; `epoch`: the ledger's, if it is not the first.
 */
export function makeQuery(
  ledger: TestLedger,
  insurer: MIStoreContract,
  patient: string,
  positions = ledger.made
    .flatMap(({ records }) => records.filter((record) => record.patient === patient))
    .map(({ position }) => position),
  change: Partial<Consent> = {},
  epoch = 1,
): TestQuery {
  const account = accountOf(keyOf(patient));
  const series = seriesId(viewingKeyOf(patient), { ledgerId: ledger.ledgerId, account, category: '' });
  const runs = runsOf(positions.map((position) => ({ seriesId: series, position })));
  const edges = edgesOf(runs).map(({ position, sign }) => edgeAt(ledger, patient, position, sign));
  const consent: Consent = {
    insurer: toHex(insurer.account),
    ledgerId: toHex(ledger.ledgerId),
    patient: toHex(account),
    runsHash: toHex(edgesHash(account, edges)),
    deadline: BigInt(Math.floor(Date.now() / 1000) + 1_000_000),
    salt: toHex(drawBytes(`salt ${patient} ${positions}`, 32)),
    ...change,
  };
  const deployment = deploymentOf(insurer);
  const { threshold } = ledger.committee;
  const pads = ledger.servers.map((_, i): Mask => {
    const name = `${consent.salt} ${i + 1}`;
    return { value: drawScalar(`z ${name}`), blinding: drawScalar(`z' ${name}`) };
  });
  const { commitments, corrections } = makeMasks(engine, threshold, pads);
  const parts = new QueryParts(engine, consent, epoch, commitments, edges);
  return {
    consent,
    signature: signConsent(keyOf(patient), deployment, consent),
    masks: concat(commitments, corrections),
    epoch,
    edges,
    sum: edges.reduce((sum, edge) => sum + BigInt(edge.sign) * recordOf(ledger, edge).total, 0n),
    part: (from = 0, to = edges.length) => ({
      edges: encodeEdges(edges.slice(from, to)),
      proofs: encodeProofs(engine, edges.slice(from, to)),
    }),
    progress: (done) => parts.progress(done),
    answerOf(seat) {
      const own = edges.map(({ batch, recordId }) => {
        const { firstRecordId, shares } = ledger.made[batch]!;
        const k = recordId - firstRecordId;
        return shares[seat - 1]!.subarray(64 * k, 64 * (k + 1));
      });
      const mask = maskOf(threshold, seat, pads[seat - 1]!, corrections);
      const { sums } = parts.progress(edges.length);
      return {
        queryId: consentDigest(deployment, consent),
        epoch,
        sums,
        ...answer(shareOfSum(edges, concat(...own)), mask),
      };
    },
  };
}

const recordOf = ({ made }: TestLedger, { batch, recordId }: ConsentEdge): TestRecord =>
  made[batch]!.records[recordId - made[batch]!.firstRecordId]!;
