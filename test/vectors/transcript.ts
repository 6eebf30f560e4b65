// The transcript that run.mjs prints, as the tests take it: its types, its bytes, and the patient's consent as a signed file
// would hold it.
import { readFileSync } from 'node:fs';
import { concat, fromHex, type Hex } from '../../src/bytes.ts';
import type { LedgerTerms } from '../../src/contract/types.ts';
import type { IngestRow } from '../../src/ingest/ingest.ts';
import type { ConsentEdge, SignedConsent } from '../../src/records/consent-file.ts';

export interface Person {
  seed: Hex;
  accountKey: Hex;
  account: Hex;
}

interface Channel {
  ciphertext: Hex;
  /** K(from→to). */
  secret: Hex;
  signature: Hex;
}

export interface VectorRecord {
  recordId: number;
  row: number;
  position: number;
  salt: Hex;
  tag: Hex;
  key: Hex;
  message: Hex;
  /** b(0). */
  blinding: Hex;
  commitments: Hex[];
  correction: Hex;
  leaf: Hex;
  path: Hex[];
  /** s ‖ b by seat − 1. */
  shares: Hex[];
}

export interface VectorBatch {
  index: number;
  epoch: number;
  firstRecordId: number;
  input: string;
  /** In the input's order. */
  rows: (Omit<IngestRow, 'amounts' | 'id'> & { amounts: string[]; id?: string })[];
  previous: Hex;
  previousNonce: Hex;
  source: Hex;
  nonce: Hex;
  contents: Hex;
  wire: Hex;
  leaves: Hex[];
  root: Hex;
  /** In the batch's order. */
  records: VectorRecord[];
}

interface Sent {
  edges: Hex;
  proofs: Hex;
}

export interface Transcript {
  chainId: number;
  contract: Hex;
  deployer: Person;
  generators: { G: Hex; H: Hex };
  hospital: Person & { dealingKey: Hex };
  insurer: Person;
  servers: (Person & { kemKey: Hex; signature: Hex })[];
  channels: { hospital: Channel[]; insurer: Channel[] };
  ledger: { id: Hex; terms: Omit<LedgerTerms, 'servers'> & { servers: Hex[] }; salt: Hex };
  epochs: { epoch: number; committeeHash: Hex; list: Hex; digest: Hex; keys: Hex[]; packets: Hex[] }[];
  patients: (Person & {
    id: string;
    kind: 'own' | 'custodial';
    viewingKey: Hex;
    series: { category: string; id: Hex }[];
  })[];
  profileHash: Hex;
  batches: VectorBatch[];
  consent: Record<
    | 'insurer'
    | 'ledgerId'
    | 'patient'
    | 'runsHash'
    | 'salt'
    | 'digest'
    | 'signature'
    | 'revocationDigest'
    | 'revocation',
    Hex
  > & { deadline: string };
  edges: { sign: 1 | -1; batch: number; recordId: number; category: string; position: number }[];
  query: Sent & {
    epoch: number;
    records: number;
    masks: Hex;
    pads: Hex[];
    maskAtZero: Hex;
    sums: Hex;
    first: Sent & {
      progress: { epoch: number; chain: Hex; count: number; series: Hex; position: number; open: boolean; sums: Hex };
    };
    rest: Sent;
  };
  answers: { seat: number; share: Hex; mask: Hex; answer: Hex; call: Hex }[];
  sum: { value: Hex; blinding: Hex; commitment: Hex; amounts: string[] };
}

export const TRANSCRIPT_FILE = new URL('run.json', import.meta.url).pathname;
export const transcript = JSON.parse(readFileSync(TRANSCRIPT_FILE, 'utf8')) as Transcript;

export const bytes = (hex: Hex): Uint8Array => fromHex(hex, 'vector');
export const joined = (list: readonly Hex[]): Uint8Array => concat(...list.map(bytes));
/** Two scalars of 32 bytes, as a mask or a share has them. */
export const pairOf = (hex: Hex) => ({ value: bytes(hex).slice(0, 32), blinding: bytes(hex).slice(32) });

export const deployment = { chainId: BigInt(transcript.chainId), contract: bytes(transcript.contract) };
export const ledgerId = bytes(transcript.ledger.id);
export const committee = { threshold: transcript.ledger.terms.threshold, seats: transcript.servers.length };
export const terms: LedgerTerms = {
  ...transcript.ledger.terms,
  servers: transcript.ledger.terms.servers.map(bytes),
};
/** The patient who consents. */
export const asked = transcript.patients.find(({ account }) => account === transcript.consent.patient)!;

export const rowsOf = ({ rows }: VectorBatch): IngestRow[] =>
  rows.map((row) => ({ ...row, id: row.id, amounts: row.amounts.map(BigInt) }));

export function signedConsent(): SignedConsent {
  const { insurer, patient, runsHash, deadline, salt, signature } = transcript.consent;
  return {
    chainId: deployment.chainId,
    contract: transcript.contract,
    consent: { insurer, ledgerId: transcript.ledger.id, patient, runsHash, deadline: BigInt(deadline), salt },
    edges: consentEdges(),
    signature,
  };
}

export const consentEdges = (): ConsentEdge[] =>
  transcript.edges.map(({ sign, batch, recordId, category, position }) => {
    const { records, firstRecordId } = transcript.batches[batch]!;
    const { salt, key, commitments, path } = records[recordId - firstRecordId]!;
    return {
      sign,
      batch,
      recordId,
      position,
      seriesId: bytes(asked.series.find((series) => series.category === category)!.id),
      salt: bytes(salt),
      key: bytes(key),
      commitments: joined(commitments),
      path: path.map(bytes),
    };
  });
