// The public API of MIStore, name by name.
export { fromHex, type Hex, toHex } from './bytes.ts';
export type { Engine, EngineName } from './engine/engine.ts';
export { createEngine } from './engine/load.ts';
export { ArgumentError, EncodingError, MIStoreError } from './errors.ts';
export { accountKey, custodialSeed, SEED_BYTES } from './identity/keys.ts';
export { accountOf, addressText, parseAddress } from './ledger/account.ts';
export { type ArchiveExport, type ArchiveExportOptions, exportArchive } from './ledger/archive-export.ts';
export { ArchiveError, type ArchiveHeader } from './ledger/archive-format.ts';
export { type ArchiveOptions, ArchiveReader } from './ledger/archive-reader.ts';
export { type ArchiveVerdict, type ArchiveVerifyOptions, verifyArchive } from './ledger/archive-verify.ts';
export { deploy, MIStoreContract } from './ledger/contract.ts';
export { ContractError } from './ledger/contract-error.ts';
export { EventReader, type EventSource } from './ledger/events.ts';
export { readKeystore, writeKeystore } from './ledger/keystore.ts';
export { type EmbeddedNode, fund, startNode } from './ledger/node.ts';
export { createSender } from './ledger/sender.ts';
export { type Audit, type AuditFault, type AuditOptions, audit } from './parties/audit.ts';
export { Dealer } from './parties/dealer.ts';
export { Hospital, type OpenedRecord } from './parties/hospital.ts';
export {
  type IngestOptions,
  type IngestProgress,
  type IngestRow,
  type IngestSummary,
  ingest,
} from './parties/ingest.ts';
export { type CsvIngest, type CsvInput, ingestCsv } from './parties/ingest-csv.ts';
export { Insurer, type QuerySent, type QuerySum } from './parties/insurer.ts';
export { LedgerBatch, LedgerView } from './parties/ledger-view.ts';
export { checkReceipts, Patient } from './parties/patient.ts';
export { type Refusal, Server } from './parties/server.ts';
export { openSite, type Site, type SiteOptions } from './parties/site.ts';
export { Tags } from './parties/tags.ts';
export type { Consent } from './query/consent.ts';
export { formatSignedConsent, parseSignedConsent, type SignedConsent } from './query/signed-consent.ts';
export { formatAmount, parseAmount } from './records/amounts.ts';
export { loadProfile, type Profile, ProfileError, parseProfile, profileHash } from './records/profile.ts';
export { PRESETS, presetProfile, profileFromOptions } from './records/profile-presets.ts';
export { parseReceipts, type Receipt, type Receipts, type ReceiptVerdict } from './records/receipt.ts';
