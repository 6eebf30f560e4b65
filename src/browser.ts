// The public API of MIStore in browsers, name by name: what a patient's page, an insurer's or an auditor's needs. Nothing here
// uses Node, reads a file by its path, starts a thread or makes code at run time.

export { addressText, parseAddress } from './address.ts';
export { ArchiveError, type ArchiveHeader } from './archive/format.ts';
export { type ArchiveOptions, ArchiveReader } from './archive/reader.ts';
export { fromHex, type Hex, toHex } from './bytes.ts';
export { accountOf } from './chain/account.ts';
export { createSender } from './chain/sending/sender.ts';
export { MIStoreContract } from './contract/client.ts';
export { ContractError } from './contract/errors.ts';
export { EventReader, type EventSource } from './contract/events.ts';
export { consentDigest } from './contract/signing.ts';
export type { ContractStorage } from './contract/views.ts';
export type { Engine, EngineName } from './engine/engine.ts';
export { createEngine } from './engine/load.ts';
export { ArgumentError, EncodingError, MIStoreError } from './errors.ts';
export { textOf } from './files/text.ts';
export { accountKey, SEED_BYTES } from './identity/keys.ts';
export { KeystoreError } from './identity/keystore-format.ts';
export { decryptSeed, encryptSeed, type Keystore } from './identity/keystore-text.ts';
export { type ArchiveSite, openArchiveSite } from './ledger/archive-site.ts';
export { LedgerComplaints, type RecordComplaints } from './ledger/complaints.ts';
export { connectSite, type SiteConnection } from './ledger/connect-site.ts';
export { QueryView } from './ledger/query-view.ts';
export { type ConnectedSite, type ReadingSite, vouchingHosts } from './ledger/site.ts';
export { LedgerBatch, LedgerView } from './ledger/view.ts';
export {
  type CheckOptions,
  checkReceipts,
  consentEdges,
  type OwnComplaints,
  Patient,
  type ReceiptsCheck,
} from './parties/patient.ts';
export { type FeeReport, type QueryPhase, type QueryReport, queryReports } from './parties/query-report.ts';
export { formatSumProof, type ProvenSum, parseSumProof, type SumProof, verifySumProof } from './parties/sum-proof.ts';
export type { Consent } from './query/consent.ts';
export { formatAmount, parseAmount } from './records/amounts.ts';
export {
  type ConsentEdge,
  formatSignedConsent,
  parseSignedConsent,
  type SignedConsent,
} from './records/consent-file.ts';
export { type Choice, chooseRecords } from './records/receipts/choose.ts';
export type { Receipt, Receipts, ReceiptVerdict } from './records/receipts/receipt.ts';
export { formatReceipts, parseReceipts } from './records/receipts/receipt-file.ts';
