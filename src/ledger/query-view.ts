// A query as the chain shows it, recomputed from what was signed (docs/protocol.md, "Who is believed"): the consent is the query's id
// and the patient's, the edges are those of the consent, tags and commitments those of the leaves that the patient signed. What
// an endpoint makes up does not pass. Reads only the batches that hold edges.
import { concat, equalBytes, fromHex, toHex } from '../bytes.ts';
import { consentDigest, consentOf, isSignedBy } from '../contract/signing.ts';
import type { ContractEvent } from '../contract/types.ts';
import { isSignedByContract } from '../contract/wallet-signature.ts';
import { MIStoreError } from '../errors.ts';
import type { Consent } from '../query/consent.ts';
import { countCovered } from '../query/runs.ts';
import { addEdges, noPoints } from '../query/sums.ts';
import { type ConsentEdge, edgesHash } from '../records/consent-file.ts';
import { recordOfEdge } from '../records/edge-record.ts';
import { decodeEdges, type ToldEdge } from '../records/query-bytes.ts';
import { findEvent } from './find-event.ts';
import { type ConnectedSite, deploymentOf, type ReadingSite } from './site.ts';
import { type Epoch, type LedgerBatch, LedgerView } from './view.ts';

/** An edge, its record as the signed leaf has it, and where its batch stands. */
export interface QueryEdge extends ConsentEdge {
  inBatch: LedgerBatch;
  /** Number of the record in its batch. */
  place: number;
}

/** Whether an account that is not a plain one has signed; asked only for accounts whose owner is known to have code. */
export type ContractSignature = (account: Uint8Array, digest: Uint8Array, signature: Uint8Array) => Promise<boolean>;

/** Asks these accounts (20 bytes each) by EIP-1271, and says no for every other, whatever an endpoint says about it. */
export function signaturesOf({ contract }: ConnectedSite, contractAccounts: readonly Uint8Array[]): ContractSignature {
  const listed = new Set(contractAccounts.map(toHex));
  return async (account, digest, signature) =>
    listed.has(toHex(account)) && (await isSignedByContract(contract.rpc, account, digest, signature));
}

/** A query as events tell it, recomputed before it is believed: consent, ledger, epoch and edges. */
export class QueryView {
  readonly queryId: Uint8Array;
  readonly consent: Consent;
  readonly ledger: LedgerView;
  /** The ledger's when the query was opened. */
  readonly epoch: Epoch;
  /** Z_0 … Z_{t−1}, then 64 bytes of correction for each seat above t. */
  readonly masks: Uint8Array;
  readonly signature: Uint8Array;
  /** Edges of all transactions so far, as the events tell them. */
  readonly told: readonly ToldEdge[];
  readonly isSealed: boolean;

  private constructor(ledger: LedgerView, opened: ContractEvent<'QueryOpened'>, consent: Consent, rest: QueryRest) {
    this.queryId = opened.queryId;
    this.consent = consent;
    this.ledger = ledger;
    this.epoch = ledger.epoch(opened.epoch);
    this.masks = opened.masks;
    this.signature = opened.signature;
    this.told = rest.edges;
    this.isSealed = rest.isSealed;
  }

  /**
   * Reads a query; `ledger`: the one that it must be of, if that has been read already. Throws UNKNOWN_QUERY, INVALID_QUERY for
   * events that are not those of a query of this id.
   */
  static async load(site: ReadingSite, queryId: Uint8Array, ledger?: LedgerView): Promise<QueryView> {
    const opened = await findEvent(site.events, 'QueryOpened', { queryId }, () => exists(site, queryId));
    if (opened === null) {
      throw new MIStoreError('UNKNOWN_QUERY', `nobody has opened query ${toHex(queryId)}`, { queryId: toHex(queryId) });
    }
    const consent = consentOf(opened);
    if (!equalBytes(consentDigest(deploymentOf(site), consent), queryId)) {
      throw invalid(queryId, 'its id is not the digest of the consent that the event tells');
    }
    if (ledger && !equalBytes(ledger.ledgerId, opened.ledgerId)) throw invalid(queryId, 'it is of another ledger');
    const rest = await readRest(site, opened);
    return new QueryView(ledger ?? (await LedgerView.load(site, opened.ledgerId)), opened, consent, rest);
  }

  /** Commitments to the mask polynomials' coefficients, t points. */
  get maskCommitments(): Uint8Array {
    return this.masks.subarray(0, 64 * this.ledger.terms.threshold);
  }

  get maskCorrections(): Uint8Array {
    return this.masks.subarray(64 * this.ledger.terms.threshold);
  }

  /** Number of records that the edges cover, by their positions. Throws INVALID_QUERY for edges the contract refuses. */
  get count(): number {
    try {
      return countCovered(this.told);
    } catch (error) {
      if (!(error instanceof MIStoreError)) throw error;
      throw invalid(this.queryId, error.message);
    }
  }

  /**
   * Throws INVALID_QUERY unless the patient has signed the consent: by a plain account's signature, or by what
   * `contractSignature` says, for accounts whose owner is known to have code.
   */
  async checkSignature(contractSignature?: ContractSignature): Promise<void> {
    const patient = fromHex(this.consent.patient);
    if (isSignedBy(patient, this.queryId, this.signature)) return;
    if (await contractSignature?.(patient, this.queryId, this.signature)) return;
    throw invalid(this.queryId, 'its consent is not signed by the patient');
  }

  /** The edges with their records, checked to be exactly those that the patient signed. Throws INVALID_QUERY. */
  async edges(): Promise<QueryEdge[]> {
    const patient = fromHex(this.consent.patient);
    const { minRecords, threshold } = this.ledger.terms;
    const { count } = this; // throws for edges that are out of order
    const batches = new Map<number, LedgerBatch>();
    const edges: QueryEdge[] = [];
    for (const edge of this.told) {
      const inBatch = batches.get(edge.batch) ?? (await this.ledger.batch(edge.batch));
      batches.set(edge.batch, inBatch);
      const record = recordOfEdge(threshold, patient, edge, inBatch.event);
      if (typeof record === 'string') throw invalid(this.queryId, record);
      edges.push({
        ...edge,
        ...record,
        inBatch,
        /** Takes hashing the whole batch, which an answer does not need. */
        get path() {
          return inBatch.tree.path(record.place);
        },
      });
    }
    if (!equalBytes(edgesHash(patient, edges), fromHex(this.consent.runsHash))) {
      throw invalid(this.queryId, 'the records that the endpoint shows are not those that the patient signed');
    }
    if (count < minRecords) {
      throw invalid(this.queryId, `it covers ${count} records; the ledger's minimum is ${minRecords}`);
    }
    return edges;
  }
}

/** Σ ± C_j over the edges, t points: what the sum is committed to. */
export const committedSum = (site: ReadingSite, threshold: number, edges: readonly ConsentEdge[]): Uint8Array =>
  addEdges(site.engine, noPoints(threshold), edges);

interface QueryRest {
  edges: ToldEdge[];
  isSealed: boolean;
}

/** The edges of the opening transaction and of those that continued it, in the chain's order. */
async function readRest(site: ReadingSite, opened: ContractEvent<'QueryOpened'>): Promise<QueryRest> {
  const { queryId } = opened;
  const parts = [opened.edges];
  let { isSealed } = opened;
  if (!isSealed) {
    for await (const next of site.events.read('QueryContinued', { queryId })) {
      parts.push(next.edges);
      isSealed ||= next.isSealed;
    }
  }
  try {
    return { edges: decodeEdges(concat(...parts)), isSealed };
  } catch (error) {
    if (!(error instanceof MIStoreError)) throw error;
    throw invalid(queryId, error.message);
  }
}

async function exists(site: ReadingSite, queryId: Uint8Array): Promise<boolean> {
  const { status } = await site.contract.queryState(queryId);
  return status === 'open' || status === 'sealed';
}

function invalid(queryId: Uint8Array, why: string): MIStoreError {
  const id = toHex(queryId);
  return new MIStoreError('INVALID_QUERY', `query ${id} is not what it should be: ${why}`, { queryId: id });
}
