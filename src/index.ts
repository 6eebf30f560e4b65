// The public API of MIStore, name by name.

export { addressText, parseAddress } from './address.ts';
export { type ArchiveExport, type ArchiveExportOptions, exportArchive } from './archive/export.ts';
export { ArchiveError, type ArchiveHeader } from './archive/format.ts';
export { type ArchiveOptions, ArchiveReader } from './archive/reader.ts';
export { type ArchiveVerdict, type ArchiveVerifyOptions, verifyArchive } from './archive/verify.ts';
export { fromHex, type Hex, toHex } from './bytes.ts';
export { accountOf } from './chain/account.ts';
export { type EmbeddedNode, fund, startNode } from './chain/embedded-node.ts';
export type { WaitOptions } from './chain/named-block.ts';
export { createSender } from './chain/sending/sender.ts';
export type { OnWait, Wait } from './chain/waiting/wait.ts';
export { WitnessDisagreementError, WitnessLagsError } from './chain/witness-errors.ts';
export { deploy, MIStoreContract } from './contract/client.ts';
export { ContractError } from './contract/errors.ts';
export { EventReader, type EventSource } from './contract/events.ts';
export { consentDigest } from './contract/signing.ts';
export type { ContractStorage } from './contract/views.ts';
export type { Engine, EngineName } from './engine/engine.ts';
export { createEngine } from './engine/load.ts';
export { ArgumentError, EncodingError, MIStoreError } from './errors.ts';
export { PatientAccounts } from './identity/accounts.ts';
export { fingerprint } from './identity/fingerprint.ts';
export { accountKey, custodialSeed, SEED_BYTES } from './identity/keys.ts';
export { type ClosedKeystore, loadKeystore, readKeystore, writeKeystore } from './identity/keystore.ts';
export type { CarrySummary } from './ingest/carries.ts';
export { type CsvIngest, type CsvInput, ingestCsv } from './ingest/csv.ts';
export { Dealer } from './ingest/dealer.ts';
export {
  type IngestOptions,
  type IngestProgress,
  type IngestRow,
  type IngestSummary,
  ingest,
} from './ingest/ingest.ts';
export { type ArchiveSite, openArchiveSite } from './ledger/archive-site.ts';
export { fingerprintOf } from './ledger/channels.ts';
export { LedgerComplaints, type RecordComplaints } from './ledger/complaints.ts';
export { connectSite, type SiteConnection } from './ledger/connect-site.ts';
export { type ListedLedger, listLedgers } from './ledger/ledgers.ts';
export { openSite, type SiteOptions } from './ledger/open-site.ts';
export { type ContractSignature, type QueryEdge, QueryView, signaturesOf } from './ledger/query-view.ts';
export { type ConnectedSite, type ReadingSite, type Site, vouchingHosts } from './ledger/site.ts';
export { LedgerBatch, LedgerView } from './ledger/view.ts';
export { type AnsweringSeat, type AnswersSoFar, waitForAnswers } from './parties/answers.ts';
export { type Audit, type AuditFault, type AuditOptions, audit } from './parties/audit.ts';
export {
  ComplaintWatch,
  type ComplaintWatchOptions,
  type WatchEvent,
  type WatchedRecord,
} from './parties/complaint-watch.ts';
export type { Justification } from './parties/complaints.ts';
export { type ConsentPlan, planConsent } from './parties/consent-plan.ts';
export { Hospital, type OpenedRecord, type ReceiptsOfAll } from './parties/hospital.ts';
export { Insurer, type QueryOptions, type QuerySent, type QuerySum } from './parties/insurer.ts';
export {
  type CheckOptions,
  checkReceipts,
  consentEdges,
  type OwnComplaints,
  Patient,
  type ReceiptsCheck,
} from './parties/patient.ts';
export { queryGas } from './parties/query-gas.ts';
export { type FeeReport, type QueryPhase, type QueryReport, queryReports } from './parties/query-report.ts';
export type { OwnedReceipt, Owner } from './parties/receipts/collect.ts';
export type { AnswerRefusal } from './parties/server/answer-parts.ts';
export { type DaemonOptions, ServerDaemon } from './parties/server/daemon/daemon.ts';
export type { DaemonEvent, DaemonSummary } from './parties/server/daemon/daemon-events.ts';
export type { JoinRules } from './parties/server/daemon/joining.ts';
export type { Earnings } from './parties/server/earnings.ts';
export type { SentAnswers } from './parties/server/send-answers.ts';
export { type CheckedBatch, type Membership, Server, type ServerOptions } from './parties/server/server.ts';
export { hospitalStatus, type LedgerStatus, patientQueries, serverStatus, toAnswer } from './parties/status.ts';
export { formatSumProof, type ProvenSum, parseSumProof, type SumProof, verifySumProof } from './parties/sum-proof.ts';
export type { Consent } from './query/consent.ts';
export { formatAmount, parseAmount } from './records/amounts.ts';
export {
  type ConsentEdge,
  formatSignedConsent,
  type NamedConsent,
  parseSignedConsent,
  type SignedConsent,
} from './records/consent-file.ts';
export { loadProfile, type Profile, ProfileError, parseProfile, profileHash } from './records/profile.ts';
export { profileFromOptions } from './records/profile-from-options.ts';
export { PRESETS, presetProfile } from './records/profile-presets.ts';
export { type Choice, chooseRecords } from './records/receipts/choose.ts';
export { type Correction, type CorrectionCsv, correctionCsv, planCorrection } from './records/receipts/correction.ts';
export { coveredRecords } from './records/receipts/covered.ts';
export type { Receipt, Receipts, ReceiptVerdict } from './records/receipts/receipt.ts';
export { formatReceipts, parseReceipts } from './records/receipts/receipt-file.ts';
export { type ReceiptsSummary, summarizeReceipts } from './records/receipts/summary.ts';
