// A small dealer for the tests of the contract: records, masks and answers whose polynomials are hashes. No privacy, and
// corrections are noise; how shares come from subset keys is not the contract's business. Records that no query will
// name are noise altogether, which the contract cannot tell.
import { concat, dataSlice, keccak256, toBeHex } from 'ethers';
import {
  commit,
  compressed,
  evaluate,
  type G1,
  hash,
  noise,
  ORDER,
  scalar,
  uncompressed,
  word,
  ZERO,
} from './curve.ts';

/** A record's place in a series of the patient. */
export interface Place {
  series: bigint;
  position: number;
}

export interface DealtRecord {
  id: number;
  batch: number;
  /** Number within its batch. */
  number: number;
  place: Place;
  salt: string;
  tag: string;
  key: string;
  /** Coefficients, constant first. */
  values: bigint[];
  blindings: bigint[];
  commitments: G1[];
  leaf: string;
}

/** Added (sign 1) or subtracted (sign 0). */
export interface Edge {
  sign: 0 | 1;
  record: DealtRecord;
}

export interface DealtBatch {
  records: DealtRecord[];
  /** Of all records, and the batch's own, last. */
  leaves: string[];
  /** As in appendBatch. */
  wire: string;
}

const uint64 = (value: number | bigint) => toBeHex(value, 8);
const placeBytes = ({ series, position }: Place, salt: string) => concat([uint64(series), toBeHex(position, 4), salt]);
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

export interface BatchSetting {
  threshold: number;
  patient: string;
  index: number;
  epoch: number;
  firstId: number;
  count: number;
  nonce: string;
  source: string;
}

/** A batch of `count` records, of which those at the places are the patient's; tags ascend. */
export function dealBatch(setting: BatchSetting, places: readonly Place[]): DealtBatch {
  const { threshold, patient, index, epoch, firstId, count, nonce, source } = setting;
  const rows = [
    ...places.map((place) => {
      const salt = noise(16, 'salt', place.series, place.position);
      return { place, salt, tag: dataSlice(keccak256(concat([patient, placeBytes(place, salt)])), 0, 20) };
    }),
    ...range(count - places.length).map((k) => ({ place: undefined, salt: '', tag: noise(20, 'tag', index, k) })),
  ].sort((a, b) => (a.tag < b.tag ? -1 : 1));

  const batch: DealtBatch = { records: [], leaves: [], wire: '0x' };
  const wires: string[] = [];
  const deltas: string[] = [];
  for (const [number, { place, salt, tag }] of rows.entries()) {
    const id = firstId + number;
    const key = noise(8, 'key', id);
    const [values, blindings] = ['value', 'blinding'].map((name) => range(threshold).map((j) => scalar(name, id, j)));
    const commitments = place ? values!.map((value, j) => commit(value, blindings![j]!)) : [];
    const compact = place ? commitments.map(compressed) : range(threshold).map((j) => word(scalar('noise', id, j)));
    const head = concat([tag, key, ...compact]);
    const leaf = keccak256(concat([uint64(id), head]));
    deltas.push(word(scalar('delta', id)));
    wires.push(head, deltas.at(-1)!);
    batch.leaves.push(leaf);
    if (place) {
      const own = { values: values!, blindings: blindings!, commitments };
      batch.records.push({ id, batch: index, number, place, salt, tag, key, ...own, leaf });
    }
  }
  batch.leaves.push(keccak256(concat([uint64(index), uint64(epoch), nonce, source, ...deltas])));
  batch.wire = concat(wires);
  return batch;
}

/** 41 bytes, as in openQuery. */
export const edgeBytes = ({ sign, record }: Edge): string =>
  concat([toBeHex(sign, 1), toBeHex(record.batch, 4), uint64(record.id), placeBytes(record.place, record.salt)]);

/** As in openQuery. `path`: siblings from the leaf upwards. */
export const proofBytes = ({ key, commitments }: DealtRecord, path: readonly string[]): string =>
  concat([key, toBeHex(path.length, 1), ...commitments.map(uncompressed), ...path]);

/** As in justify. */
export const uncompressedRecord = ({ tag, key, commitments }: DealtRecord): string =>
  concat([tag, key, ...commitments.map(uncompressed)]);

/** h of the edges, as the consent has it. */
export const runsHash = (edges: readonly Edge[]): string =>
  edges.reduce((chain, { sign, record }) => keccak256(concat([chain, toBeHex(sign, 1), record.leaf])), word(0n));

export interface DealtMasks {
  values: bigint[];
  blindings: bigint[];
  points: G1[];
  /** As in openQuery: Z_j, then corrections (noise) of the seats above t. */
  bytes: string;
}

export function dealMasks(threshold: number, seats: number, name: string): DealtMasks {
  const [values, blindings] = ['mask', 'mask blinding'].map((kind) =>
    range(threshold).map((j) => scalar(kind, name, j)),
  );
  const points = values!.map((value, j) => commit(value, blindings![j]!));
  const corrections = noise(64 * (seats - threshold), 'correction', hash(name));
  return { values: values!, blindings: blindings!, points, bytes: concat([...points.map(uncompressed), corrections]) };
}

/** S_j = Z_j + Σ ± C_j, t uncompressed points. */
export function sums(edges: readonly Edge[], masks: DealtMasks): string {
  const signed = ({ sign, record }: Edge, j: number) =>
    sign === 1 ? record.commitments[j]! : record.commitments[j]!.negate();
  return concat(
    masks.points.map((mask, j) => uncompressed(edges.reduce((sum, edge) => sum.add(signed(edge, j)), ZERO).add(mask))),
  );
}

/** y and w of a seat. */
export function answer(edges: readonly Edge[], masks: DealtMasks, seat: number): { y: bigint; w: bigint } {
  const total = (of: 'values' | 'blindings') =>
    edges.reduce(
      (sum, { sign, record }) => {
        const share = evaluate(record[of], seat);
        return (sum + (sign === 1 ? share : ORDER - share)) % ORDER;
      },
      evaluate(masks[of], seat),
    );
  return { y: total('values'), w: total('blindings') };
}
