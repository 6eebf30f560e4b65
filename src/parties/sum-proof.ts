// A proof of a sum (docs/protocol.md, "Answer and sum"): the consent with its edges, and the opening of what they commit to. Anyone can check
// it against the chain: auditors, courts. JSON, format mistore-sum/1; as private as the sum.
import { equalBytes, fromHex, type Hex, toHex } from '../bytes.ts';
import { consentDigest } from '../contract/signing.ts';
import { EncodingError, MIStoreError } from '../errors.ts';
import { parseJson } from '../files/json.ts';
import { committedSum } from '../ledger/query-view.ts';
import { checkSameDeployment, deploymentOf, type ReadingSite } from '../ledger/site.ts';
import { LedgerView } from '../ledger/view.ts';
import { countCovered } from '../query/runs.ts';
import {
  edgeLeaf,
  edgesHash,
  formatSignedConsent,
  parseSignedConsent,
  type SignedConsent,
} from '../records/consent-file.ts';
import { decodeLanes } from '../records/lanes.ts';
import { isUnder } from '../records/merkle.ts';

export const SUM_FORMAT = 'mistore-sum/1';

/**
 * Proves a sum to anyone who has the chain: the consent, and the opening of what its records commit to. As private
 * as the sum.
 */
export interface SumProof {
  signed: SignedConsent;
  /** M = Σ ± m mod r, 32 bytes. */
  sum: Hex;
  /** B, 32 bytes. */
  blinding: Hex;
}

/** What a proof proves. */
export interface ProvenSum {
  queryId: Hex;
  ledger: LedgerView;
  /** Records that the runs cover, by their positions. */
  records: number;
  /** Minor units, one for each lane. */
  amounts: bigint[];
}

/** The proof as the JSON text of a file. */
export function formatSumProof({ signed, sum, blinding }: SumProof): string {
  return `${JSON.stringify({ format: SUM_FORMAT, query: JSON.parse(formatSignedConsent(signed)), sum, blinding }, null, 1)}\n`;
}

/** Throws an EncodingError that quotes nothing of the file. */
export function parseSumProof(json: string): SumProof {
  const file = parseJson(json, 'proof of a sum') as Record<string, unknown> | null;
  if (file?.format !== SUM_FORMAT) throw new EncodingError('proof of a sum', `format must be "${SUM_FORMAT}"`);
  const scalar = (name: string): Hex => {
    const value = file?.[name];
    if (typeof value === 'string' && /^0x[0-9a-fA-F]{64}$/.test(value)) return value.toLowerCase() as Hex;
    throw new EncodingError('proof of a sum', `${name} must be 0x-hex of 32 bytes`);
  };
  return {
    signed: parseSignedConsent(JSON.stringify(file.query ?? null)),
    sum: scalar('sum'),
    blinding: scalar('blinding'),
  };
}

/**
 * Checks a proof against the chain. Throws INVALID_SUM_PROOF with the reason, WRONG_DEPLOYMENT, or what reading the ledger
 * throws. It proves total(b) − total(a) of the patient's series: how many records lie between is the hospital's word.
 */
export async function verifySumProof(site: ReadingSite, { signed, sum, blinding }: SumProof): Promise<ProvenSum> {
  const { contract, engine } = site;
  const deployment = deploymentOf(site);
  const { consent, edges } = signed;
  checkSameDeployment(site, 'the proof is', signed);
  if (!equalBytes(edgesHash(fromHex(consent.patient), edges), fromHex(consent.runsHash))) {
    throw invalid('its edges are not those of the consent');
  }
  const queryId = consentDigest(deployment, consent);
  const ledgerId = fromHex(consent.ledgerId, 'ledger id', 32);
  if (!(await contract.isOpen(ledgerId))) throw invalid('the contract has no such ledger');
  if ((await contract.queryState(queryId)).status !== 'sealed') throw invalid('the contract has sealed no such query');
  const ledger = await LedgerView.load(site, ledgerId);
  for (const edge of edges) {
    const stored = await contract.getBatch(ledger.ledgerId, edge.batch);
    if (
      edge.commitments.length !== 32 * ledger.terms.threshold ||
      !isUnder(stored.root, edgeLeaf(fromHex(consent.patient), edge), edge.path)
    ) {
      throw invalid(`record ${edge.recordId} is not under the root of batch ${edge.batch}`);
    }
  }
  const committed = engine.compress(committedSum(site, ledger.terms.threshold, edges).subarray(0, 64));
  let opened: Uint8Array;
  try {
    opened = engine.commit(fromHex(sum), fromHex(blinding));
  } catch (error) {
    if (error instanceof EncodingError) throw invalid('sum or blinding is no canonical scalar');
    throw error;
  }
  if (!equalBytes(opened, committed)) throw invalid('the sum does not open what its records commit to');
  return {
    queryId: toHex(queryId),
    ledger,
    records: countCovered(edges),
    amounts: decodeLanes(fromHex(sum), ledger.terms.lanes.length),
  };
}

const invalid = (why: string) => new MIStoreError('INVALID_SUM_PROOF', `the proof is wrong: ${why}`);
