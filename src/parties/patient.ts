// A patient: checks their receipts against the chain, and signs or revokes consents. Needs the key of the patient's account
// and the contract; checking needs no key.
import { randomBytes } from 'node:crypto';
import { toHex } from '../bytes.ts';
import { accountOf } from '../chain/account.ts';
import { consentDigest, signConsent, signRevocation } from '../contract/signing.ts';
import { MIStoreError } from '../errors.ts';
import { accountKey } from '../identity/keys.ts';
import { deploymentOf, type Site } from '../ledger/site.ts';
import { LedgerView } from '../ledger/view.ts';
import { type Consent, recordsHash } from '../query/consent.ts';
import type { SignedConsent } from '../query/signed-consent.ts';
import { type Receipts, type ReceiptVerdict, type StoredBatch, verifyReceipts } from '../records/receipt.ts';
import { checkSameTerms } from '../records/terms.ts';

/**
 * Verdict on each receipt, from the contract's storage. Throws WRONG_DEPLOYMENT or WRONG_TERMS if the file is for
 * another contract, or its terms are not those of the ledger.
 */
export async function checkReceipts(site: Site, receipts: Receipts): Promise<ReceiptVerdict[]> {
  const { contract, engine } = site;
  if (receipts.chainId !== contract.chainId.toString() || receipts.contract.toLowerCase() !== toHex(contract.address)) {
    throw new MIStoreError(
      'WRONG_DEPLOYMENT',
      `the receipts are for contract ${receipts.contract} on chain ${receipts.chainId}, not for ${toHex(contract.address)} on chain ${contract.chainId}`,
    );
  }
  const ledgerId = BigInt(receipts.ledgerId);
  const { opening } = await LedgerView.load(site, ledgerId);
  checkSameTerms('the receipts are for', receipts, opening);
  const { nextBatch } = await contract.getLedger(ledgerId);
  const stored = new Map<number, StoredBatch>();
  for (const index of new Set(receipts.records.map(({ batch }) => batch))) {
    if (index < nextBatch) stored.set(index, await contract.getBatch(ledgerId, index));
  }
  return verifyReceipts(engine, receipts, (index) => stored.get(index) ?? null);
}

export class Patient {
  readonly address: Uint8Array;
  readonly #site: Site;
  readonly #key: Uint8Array;

  constructor(site: Site, seed: Uint8Array) {
    this.#site = site;
    this.#key = accountKey(seed);
    this.address = accountOf(this.#key);
  }

  /** Ids of all records under this patient's tag, from the chain. */
  async records(ledgerId: bigint): Promise<number[]> {
    const ledger = await LedgerView.load(this.#site, ledgerId);
    const tag = toHex(this.address);
    const ids: number[] = [];
    for await (const batch of ledger.batches()) {
      for (let k = 0; k < batch.columns.count; k++) if (batch.tag(k) === tag) ids.push(batch.event.firstRecordId + k);
    }
    return ids;
  }

  /** Signs a consent: the insurer (20 bytes) may learn the sum of these records, once, until `deadline` (Unix seconds). */
  consent(insurer: Uint8Array, ledgerId: bigint, recordIds: readonly number[], deadline: bigint): SignedConsent {
    const consent: Consent = {
      insurer: toHex(insurer),
      ledgerId,
      patient: toHex(this.address),
      recordsHash: toHex(recordsHash(recordIds)),
      deadline,
      salt: toHex(randomBytes(32)),
    };
    const signature = signConsent(this.#key, deploymentOf(this.#site), consent);
    return { consent, recordIds: [...recordIds], signature: toHex(signature) };
  }

  /** Withdraws a consent of this patient that has not been used. Any account can send this; the site's does. */
  async revoke(consent: Consent): Promise<void> {
    const deployment = deploymentOf(this.#site);
    const signature = signRevocation(this.#key, deployment, consentDigest(deployment, consent));
    await this.#site.contract.revokeConsent(consent, signature);
  }
}
