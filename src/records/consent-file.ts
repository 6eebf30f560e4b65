// The file that a patient hands to an insurer: the consent, its edges with all that the contract asks of them, and the
// signature. JSON, format mistore-consent/2. Edges only: no viewing key, no amounts, nothing of the records between.
import { fromHex, type Hex, toHex } from '../bytes.ts';
import { EncodingError, MIStoreError } from '../errors.ts';
import { parseJson } from '../files/json.ts';
import type { Consent } from '../query/consent.ts';
import { countCovered, type Edge, MAX_POSITION, runsHash } from '../query/runs.ts';
import { leafOf } from './record.ts';
import { tagOf } from './series.ts';

export const CONSENT_FORMAT = 'mistore-consent/2';

/** An edge of a consent, with its record as the chain stores it. */
export interface ConsentEdge extends Edge {
  recordId: number;
  /** Batch number in the ledger. */
  batch: number;
  /** 16 bytes. */
  salt: Uint8Array;
  /** 8 bytes. */
  key: Uint8Array;
  /** t compressed points. */
  commitments: Uint8Array;
  /** Merkle path, 32 bytes each. */
  path: Uint8Array[];
}

/** A patient's consent with its signature and the edges that the chain will show. */
export interface SignedConsent {
  chainId: bigint;
  /** 20 bytes. */
  contract: Hex;
  consent: Consent;
  /** In canonical order: see query/runs.ts. */
  edges: ConsentEdge[];
  /** EIP-712 signature, or what the patient's contract wallet takes (EIP-1271). */
  signature: Hex;
}

/** A consent and the deployment that it is for: what a query is known by. */
export type NamedConsent = Pick<SignedConsent, 'chainId' | 'contract' | 'consent'>;

/** The leaf of an edge's record, under the patient's account (20 bytes). */
export function edgeLeaf(account: Uint8Array, edge: ConsentEdge): Uint8Array {
  const tag = tagOf(account, edge.seriesId, edge.position, edge.salt);
  return leafOf(edge.recordId, tag, edge.key, edge.commitments);
}

/** runsHash of edges under the patient's account (20 bytes): what the consent names them by. */
export const edgesHash = (account: Uint8Array, edges: readonly ConsentEdge[]): Uint8Array =>
  runsHash(
    edges,
    edges.map((edge) => edgeLeaf(account, edge)),
  );

/** The consent as the JSON text of a file. */
export function formatSignedConsent({ chainId, contract, consent, edges, signature }: SignedConsent): string {
  const file = {
    format: CONSENT_FORMAT,
    chainId: chainId.toString(),
    contract,
    consent: { ...consent, deadline: consent.deadline.toString() },
    edges: edges.map(({ sign, recordId, batch, position, seriesId, salt, key, commitments, path }) => ({
      sign,
      recordId,
      batch,
      seriesId: toHex(seriesId),
      position,
      salt: toHex(salt),
      key: toHex(key),
      commitments: toHex(commitments),
      path: path.map(toHex),
    })),
    signature,
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** Reads such a file; its edges must be those of the consent. Throws an EncodingError that quotes nothing of the file. */
export function parseSignedConsent(json: string): SignedConsent {
  const file = object(parseJson(json, 'consent'), 'the file');
  if (file.format === 'mistore-consent/1') {
    throw new EncodingError('consent', 'is of protocol 1, which this version does not read: sign a new one');
  }
  if (file.format !== CONSENT_FORMAT) wrong('format', `"${CONSENT_FORMAT}"`);
  const fields = object(file.consent, 'consent');
  const consent: Consent = {
    insurer: hex(fields.insurer, 'insurer', 20),
    ledgerId: hex(fields.ledgerId, 'ledgerId', 32),
    patient: hex(fields.patient, 'patient', 20),
    runsHash: hex(fields.runsHash, 'runsHash', 32),
    deadline: decimal(fields.deadline, 'deadline'),
    salt: hex(fields.salt, 'salt', 32),
  };
  const edges = Array.isArray(file.edges) ? file.edges.map(readEdge) : wrong('edges', 'an array');
  if (new Set(edges.map(({ commitments }) => commitments.length)).size > 1) {
    wrong('commitments', 'of one length in all edges');
  }
  try {
    countCovered(edges);
  } catch (cause) {
    if (!(cause instanceof MIStoreError)) throw cause;
    throw new EncodingError('consent', cause.message);
  }
  if (toHex(edgesHash(fromHex(consent.patient), edges)) !== consent.runsHash) {
    wrong('runsHash', 'the hash of the edges');
  }
  return {
    chainId: decimal(file.chainId, 'chainId'),
    contract: hex(file.contract, 'contract', 20),
    consent,
    edges,
    signature: hex(file.signature, 'signature'),
  };
}

function readEdge(value: unknown, k: number): ConsentEdge {
  const at = (name: string) => `edges[${k}].${name}`;
  const edge = object(value, `edges[${k}]`);
  const bytes = (name: string, length?: number) => fromHex(hex(edge[name], at(name), length));
  const commitments = bytes('commitments');
  if (commitments.length === 0 || commitments.length % 32 !== 0 || commitments.length > 32 * 255) {
    wrong(at('commitments'), 'one to 255 compressed points');
  }
  if (edge.sign !== 1 && edge.sign !== -1) wrong(at('sign'), '1 or -1');
  const path = Array.isArray(edge.path) && edge.path.length <= 64 ? edge.path : wrong(at('path'), 'at most 64 nodes');
  return {
    sign: edge.sign as 1 | -1,
    recordId: integer(edge.recordId, at('recordId'), Number.MAX_SAFE_INTEGER),
    batch: integer(edge.batch, at('batch'), Number.MAX_SAFE_INTEGER),
    seriesId: bytes('seriesId', 8),
    position: integer(edge.position, at('position'), MAX_POSITION),
    salt: bytes('salt', 16),
    key: bytes('key', 8),
    commitments,
    path: path.map((node) => fromHex(hex(node, at('path'), 32))),
  };
}

function object(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return wrong(path, 'an object');
}

function hex(value: unknown, path: string, bytes?: number): Hex {
  const whole = typeof value === 'string' && /^0x([0-9a-fA-F]{2})*$/.test(value);
  if (whole && (bytes === undefined || value.length === 2 + 2 * bytes)) return value.toLowerCase() as Hex;
  return wrong(path, bytes === undefined ? '0x-hex' : `0x-hex of ${bytes} bytes`);
}

function decimal(value: unknown, path: string): bigint {
  if (typeof value === 'string' && /^\d{1,78}$/.test(value) && BigInt(value) < 2n ** 256n) return BigInt(value);
  return wrong(path, 'a decimal integer below 2^256, in quotes');
}

function integer(value: unknown, path: string, max: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max) return value as number;
  return wrong(path, `an integer from 0 to ${max}`);
}

function wrong(path: string, expected: string): never {
  throw new EncodingError('consent', `${path} must be ${expected}`);
}
