// A patient: checks their receipts against the chain, and signs or revokes consents. Needs their account's key and the contract;
// checking needs no key at all.
import { equalBytes, fromHex, type Hex, toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import { ledgerIdOf } from '../contract/ledger-id.ts';
import { consentDigest, signConsent, signRevocation } from '../contract/signing.ts';
import { MIStoreError } from '../errors.ts';
import { accountKey } from '../identity/keys.ts';
import { LedgerComplaints, type RecordComplaints } from '../ledger/complaints.ts';
import { type ConnectedSite, checkSameDeployment, deploymentOf, type ReadingSite } from '../ledger/site.ts';
import { LedgerView } from '../ledger/view.ts';
import type { Consent } from '../query/consent.ts';
import { countCovered, edgesOf, runsOf } from '../query/runs.ts';
import { type ConsentEdge, edgesHash, type SignedConsent } from '../records/consent-file.ts';
import { MissingRecords } from '../records/receipts/missing.ts';
import { type Receipt, type Receipts, type ReceiptVerdict, verifyReceipts } from '../records/receipts/receipt.ts';
import { type SeriesPlace, seriesId } from '../records/series.ts';

/** What a check of a receipts file has found. */
export interface ReceiptsCheck {
  verdicts: ReceiptVerdict[];
  /** Records that are on chain under the patient's viewing key and not in the file, in the chain's order. */
  missing: { category: string; position: number; recordId: number }[];
  /** What stands against records of the file, and of which records shares are public; in the order of their ids. */
  complaints: OwnComplaints[];
}

/** What is called during a check of receipts, and what ends it. */
export interface CheckOptions {
  /** Called after each batch of the ledger that was looked through. */
  onProgress?: (progress: { batches: number; total: number }) => void;
  /** Ends the check with its reason. */
  signal?: AbortSignal;
}

/** What stands against one of the patient's records. */
export interface OwnComplaints extends RecordComplaints {
  /** The next record of the file in the series, at which a run can end in its place; null if there is none. */
  next: number | null;
}

/**
 * Verdict on each receipt, from the contract's storage, and whether the file is complete, from the ledger's batches. Throws
 * WRONG_DEPLOYMENT, WRONG_TERMS where the terms in the file are not those of its ledger, or INCONSISTENT_BATCH where the source
 * of events does not show what was appended.
 */
export async function checkReceipts(
  site: ReadingSite,
  receipts: Receipts,
  options: CheckOptions = {},
): Promise<ReceiptsCheck> {
  const { contract, engine } = site;
  checkDeployment(site, receipts);
  const ledgerId = fromHex(receipts.ledgerId, 'ledger id', 32);
  const { nextBatch } = await contract.getLedger(ledgerId);
  const stored = new Map<number, Awaited<ReturnType<typeof contract.getBatch>>>();
  for (const index of new Set(receipts.records.map(({ batch }) => batch))) {
    if (index < nextBatch) stored.set(index, await contract.getBatch(ledgerId, index));
  }
  const verdicts = verifyReceipts(engine, receipts, (index) => stored.get(index) ?? null);
  const ledger = await LedgerView.load(site, ledgerId);
  return {
    verdicts,
    missing: await findMissing(ledger, receipts, { total: nextBatch, ...options }),
    complaints: await findComplaints(site, ledger, receipts),
  };
}

function checkDeployment(site: ReadingSite, receipts: Receipts): void {
  checkSameDeployment(site, 'the receipts are', receipts);
  const { ledgerId, terms } = receipts;
  const { hospital, servers, salt, ...rest } = terms;
  const opening = {
    hospital: fromHex(hospital),
    terms: { ...rest, servers: servers.map((server) => fromHex(server)) },
    salt: fromHex(salt),
  };
  if (equalBytes(ledgerIdOf(deploymentOf(site), opening), fromHex(ledgerId))) return;
  throw new MIStoreError(
    'WRONG_TERMS',
    `the terms in the receipts are not those of ledger ${ledgerId}: they do not hash to its id`,
  );
}

async function findMissing(
  ledger: LedgerView,
  receipts: Receipts,
  { total, onProgress, signal }: CheckOptions & { total: number },
): Promise<ReceiptsCheck['missing']> {
  const search = new MissingRecords(receipts);
  const missing: ReceiptsCheck['missing'] = [];
  for await (const batch of ledger.batches()) {
    signal?.throwIfAborted();
    await batch.check(); // a tag that the source has changed would be missed
    const { firstRecordId, index } = batch.event;
    for (const { place, ...found } of search.in(batch.count, (k) => batch.tag(k))) {
      missing.push({ ...found, recordId: firstRecordId + place });
    }
    onProgress?.({ batches: index + 1, total });
  }
  return missing;
}

/** By the events; of the file's records that they name, by what the contract stores. */
async function findComplaints(site: ReadingSite, ledger: LedgerView, { records }: Receipts): Promise<OwnComplaints[]> {
  const own = new Map(records.map((receipt) => [receipt.recordId, receipt]));
  const found = (await LedgerComplaints.read(site, ledger)).records.filter(({ recordId }) => own.has(recordId));
  return Promise.all(
    found.map(async (told) => {
      const { category, position } = own.get(told.recordId)!;
      const next = records.find((other) => other.category === category && other.position === position + 1);
      const stored = await site.contract.complaintsOf(ledger.ledgerId, told.recordId);
      return { ...told, ...stored, next: next?.recordId ?? null };
    }),
  );
}

/** A patient: signs consents and withdraws them. Needs the seed of their account (32 bytes, SECRET). */
export class Patient {
  readonly address: Uint8Array;
  readonly #site: ConnectedSite;
  readonly #key: Uint8Array;

  constructor(site: ConnectedSite, seed: Uint8Array) {
    this.#site = site;
    this.#key = accountKey(seed);
    this.address = accountOf(this.#key);
  }

  /** Throws NOT_YOUR_RECEIPTS for those of another account. */
  checkOwn({ patient }: Receipts): void {
    if (patient.toLowerCase() === toHex(this.address)) return;
    const message = `the receipts are of ${patient}, not of your account ${toHex(this.address)}`;
    throw new MIStoreError('NOT_YOUR_RECEIPTS', message);
  }

  /**
   * Signs a consent for the insurer (20 bytes) to learn the sum of these records of the receipts, once, up to `deadline` (Unix
   * seconds). The receipts should have been checked: planConsent does that, and whether it can be used. Throws NOT_YOUR_RECEIPTS,
   * NOT_YOUR_RECORD, TOO_FEW_RECORDS.
   */
  consent(insurer: Uint8Array, receipts: Receipts, recordIds: readonly number[], deadline: bigint): SignedConsent {
    this.checkOwn(receipts);
    checkCount(receipts, recordIds);
    const deployment = deploymentOf(this.#site);
    const { consent, edges } = draftConsent(insurer, receipts, recordIds, deadline);
    const signature = toHex(signConsent(this.#key, deployment, consent));
    return { chainId: deployment.chainId, contract: toHex(deployment.contract), consent, edges, signature };
  }

  /** Withdraws a consent of this patient whose query is not sealed. Any account can submit it: the site's does. */
  async revoke(consent: Consent): Promise<void> {
    const deployment = deploymentOf(this.#site);
    const signature = signRevocation(this.#key, deployment, consentDigest(deployment, consent));
    await this.#site.contract.revokeConsent(consent, signature);
  }
}

/** A consent for the insurer (20 bytes) as the patient's account, or its wallet, has still to sign it. Throws NOT_YOUR_RECORD. */
export function draftConsent(
  insurer: Uint8Array,
  receipts: Receipts,
  recordIds: readonly number[],
  deadline: bigint,
): Pick<SignedConsent, 'consent' | 'edges'> {
  const edges = consentEdges(receipts, recordIds);
  const patient = fromHex(receipts.patient, 'patient', 20);
  const consent: Consent = {
    insurer: toHex(insurer),
    ledgerId: receipts.ledgerId.toLowerCase() as Hex,
    patient: toHex(patient),
    runsHash: toHex(edgesHash(patient, edges)),
    deadline,
    salt: toHex(crypto.getRandomValues(new Uint8Array(32))),
  };
  return { consent, edges };
}

/** Throws TOO_FEW_RECORDS for fewer than a query of the ledger covers. */
export function checkCount({ terms: { minRecords } }: Receipts, recordIds: readonly number[]): void {
  if (recordIds.length >= minRecords) return;
  const message = `a query of this ledger covers at least ${minRecords} records; these are ${recordIds.length}`;
  throw new MIStoreError('TOO_FEW_RECORDS', message, { records: recordIds.length, minRecords });
}

/** The edges of the runs that cover exactly these records. Throws NOT_YOUR_RECORD for one that has no receipt in the file. */
export function consentEdges(receipts: Receipts, recordIds: readonly number[]): ConsentEdge[] {
  const key = fromHex(receipts.viewingKey, 'viewing key', 32);
  const account = fromHex(receipts.patient, 'patient', 20);
  const ledgerId = fromHex(receipts.ledgerId, 'ledger id', 32);
  const seriesOf = new Map<string, Uint8Array>();
  const at = new Map<string, Receipt>();
  for (const receipt of receipts.records) {
    const { category, position } = receipt;
    const place: SeriesPlace = { ledgerId, account, category };
    if (!seriesOf.has(category)) seriesOf.set(category, seriesId(key, place));
    at.set(`${toHex(seriesOf.get(category)!)}/${position}`, receipt);
  }
  const byId = new Map(receipts.records.map((receipt) => [receipt.recordId, receipt]));
  const chosen = recordIds.map((recordId) => {
    const receipt = byId.get(recordId);
    if (!receipt) throw noReceipt(`record ${recordId}`);
    return { seriesId: seriesOf.get(receipt.category)!, position: receipt.position };
  });
  const edges = edgesOf(runsOf(chosen)).map((edge): ConsentEdge => {
    const receipt = at.get(`${toHex(edge.seriesId)}/${edge.position}`);
    if (!receipt) throw noReceipt(`the record at position ${edge.position}, before the first that was chosen,`);
    return {
      ...edge,
      recordId: receipt.recordId,
      batch: receipt.batch,
      salt: fromHex(receipt.salt, 'salt', 16),
      key: fromHex(receipt.key, 'key', 8),
      commitments: fromHex(`0x${receipt.commitments.map((point) => point.slice(2)).join('')}`),
      path: receipt.path.map((node) => fromHex(node, 'path', 32)),
    };
  });
  countCovered(edges);
  return edges;
}

const noReceipt = (what: string) => new MIStoreError('NOT_YOUR_RECORD', `${what} has no receipt in this file`);
