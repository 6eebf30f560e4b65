// The public API of MIStore, name by name.

export { addressText, parseAddress } from './address.ts';
export type { Fault as ArchiveFault } from './archive/checks/fault.ts';
export { type ArchiveExport, type ArchiveExportOptions, exportArchive } from './archive/export.ts';
export { ArchiveError, type ArchiveHeader, type Checkpoint } from './archive/format.ts';
export { type ArchiveOptions, ArchiveReader } from './archive/reader.ts';
export { type ArchiveVerdict, type ArchiveVerifyOptions, verifyArchive } from './archive/verify.ts';
export { fromHex, type Hex, toHex } from './bytes.ts';
export { accountOf } from './chain/account.ts';
export type { Plan as CostPlan } from './chain/costs/planner.ts';
export { type EmbeddedNode, fund, type NodeOptions, startNode } from './chain/embedded-node.ts';
export {
  ConnectionError,
  IncompleteLogsError,
  NoContractError,
  NodeError,
  NoFinalityError,
  ReplyError,
  RpcError,
  type Transience,
  WrongChainError,
  WrongCodeError,
} from './chain/errors.ts';
export type { WaitOptions } from './chain/named-block.ts';
export type { Rpc } from './chain/rpc.ts';
export {
  BudgetError,
  FeeCapError,
  InsufficientFundsError,
  NonceTakenError,
  NotMinedError,
  NotSettledError,
  SenderClosedError,
  SettledLostError,
  TransactionFailedError,
  TransactionLimitError,
} from './chain/sending/errors.ts';
export { createSender, type SenderOptions } from './chain/sending/sender.ts';
export type {
  BlockTag,
  Place as LogPlace,
  RawLog,
  Sender,
  SenderStats,
  Submission,
  TransactionReceipt,
  TransactionRequest,
} from './chain/types.ts';
export type { OnWait, Wait } from './chain/waiting/wait.ts';
export {
  type Statement as WitnessStatement,
  WitnessDisagreementError,
  WitnessLagsError,
} from './chain/witness-errors.ts';
export { type ConnectOptions, deploy, MIStoreContract, type SendOptions } from './contract/client.ts';
export { ContractError } from './contract/errors.ts';
export {
  type BlockRange,
  EventReader,
  type EventReaderOptions,
  type EventSource,
  type Where as EventFilter,
} from './contract/events.ts';
export type { TransactionOutcome } from './contract/outcome.ts';
export type { QueryWord } from './contract/query-word.ts';
export { consentDigest } from './contract/signing.ts';
export type {
  AnswerCall,
  BatchCall,
  ComplaintCall,
  Complaints,
  ContractEvent,
  EventArguments,
  EventName,
  FeeOffer,
  JoinCall,
  JustifyCall,
  KeysCall,
  LedgerState,
  LedgerTerms,
  QueryCall,
  QueryFee,
  QueryProgress,
  QueryState,
  QueryStatus,
  RefuteCall,
  SeatCall,
  SeatState,
  StoredBatch,
} from './contract/types.ts';
export type { ContractStorage } from './contract/views.ts';
export type { Dealing, Engine, EngineName } from './engine/engine.ts';
export { createEngine, type EngineOptions } from './engine/load.ts';
export { CommitteeSizeError } from './engine/subsets.ts';
export { EngineUnavailableError } from './engine/wasm/module.ts';
export { ArgumentError, EncodingError, MIStoreError } from './errors.ts';
export { OutputFileError } from './files/output-file.ts';
export { PatientAccounts } from './identity/accounts.ts';
export type { Deployment } from './identity/channel.ts';
export { fingerprint } from './identity/fingerprint.ts';
export { accountKey, custodialSeed, SEED_BYTES } from './identity/keys.ts';
export {
  type ClosedKeystore,
  loadKeystore,
  readKeystore,
  type WriteKeystoreOptions,
  writeKeystore,
} from './identity/keystore.ts';
export { KeystoreError, type ScryptCost } from './identity/keystore-format.ts';
export type { FeeCapOptions } from './ingest/batch-sender.ts';
export type { CarrySummary } from './ingest/carries.ts';
export { Dealer, type NamedBatch } from './ingest/dealer.ts';
export { type FileIngest, type FileInput, type FileProgress, ingestFile } from './ingest/file.ts';
export {
  type IngestOptions,
  type IngestProgress,
  type IngestRow,
  type IngestSummary,
  ingest,
} from './ingest/ingest.ts';
export { type LimitCode, LimitError } from './ingest/limits.ts';
export { TotalRangeError } from './ingest/series-book.ts';
export { type ArchiveSite, openArchiveSite } from './ledger/archive-site.ts';
export type { ArchivedStorage, ArchivedStorageOptions } from './ledger/archived-storage.ts';
export { fingerprintOf } from './ledger/channels.ts';
export { type ComplaintEvent, LedgerComplaints, type RecordComplaints } from './ledger/complaints.ts';
export { connectSite, type SiteConnection } from './ledger/connect-site.ts';
export { type ListedLedger, listLedgers } from './ledger/ledgers.ts';
export { openSite, type SiteOptions } from './ledger/open-site.ts';
export { type ContractSignature, type QueryEdge, QueryView, signaturesOf } from './ledger/query-view.ts';
export { type ConnectedSite, type ReadingSite, type Site, vouchingHosts } from './ledger/site.ts';
export { type Epoch, LedgerBatch, LedgerView, type SeatHolding } from './ledger/view.ts';
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
export type {
  DaemonEvent,
  DaemonSummary,
  JoinRefusal,
  Task as DaemonTask,
  TermsInShort,
} from './parties/server/daemon/daemon-events.ts';
export type { JoinRules } from './parties/server/daemon/joining.ts';
export type { Earnings } from './parties/server/earnings.ts';
export type { Seat as ServerSeat } from './parties/server/seat.ts';
export type { SentAnswers } from './parties/server/send-answers.ts';
export { type CheckedBatch, type Membership, Server, type ServerOptions } from './parties/server/server.ts';
export type { BlockPoint } from './parties/server/state/chain-cursor.ts';
export { hospitalStatus, type LedgerStatus, patientQueries, serverStatus, toAnswer } from './parties/status.ts';
export { formatSumProof, type ProvenSum, parseSumProof, type SumProof, verifySumProof } from './parties/sum-proof.ts';
export {
  type AnsweringSeat,
  type AnswersSoFar,
  type WaitForAnswersOptions,
  waitForAnswers,
} from './parties/waiting/answers.ts';
export { type JoinsSoFar, type WaitForServersOptions, waitForServers } from './parties/waiting/servers.ts';
export type { SeatAnswer } from './query/answer.ts';
export type { Consent } from './query/consent.ts';
export {
  AmountError,
  type AmountFault,
  type AmountFormat,
  type AmountReason,
  formatAmount,
  parseAmount,
} from './records/amounts.ts';
export type { BatchContents } from './records/batch.ts';
export {
  type ConsentEdge,
  formatSignedConsent,
  type NamedConsent,
  parseSignedConsent,
  type SignedConsent,
} from './records/consent-file.ts';
export type { DecimalEvidence } from './records/input/decimal-mark.ts';
export { InputError, type InputErrorCode } from './records/input/errors.ts';
export type { NameReason } from './records/input/names.ts';
export type { RejectionReason } from './records/input/row.ts';
export type { JsonFault } from './records/json/parse.ts';
export type { BatchTree } from './records/merkle.ts';
export type { Columns as ProfileColumns, Lane as ProfileLane, SignRule, ValueRule } from './records/profile/columns.ts';
export {
  loadProfile,
  type Problem as ProfileProblem,
  type Profile,
  ProfileError,
  parseProfile,
  profileHash,
} from './records/profile.ts';
export { type ProfileOptions, profileFromOptions } from './records/profile-from-options.ts';
export { PRESETS, presetProfile } from './records/profile-presets.ts';
export type { ToldEdge } from './records/query-bytes.ts';
export { type Choice, type ChosenCorrections, chooseRecords, chosenCorrections } from './records/receipts/choose.ts';
export {
  type CorrectedRecord,
  type Correction,
  type CorrectionCsv,
  correctionCsv,
  planCorrection,
} from './records/receipts/correction.ts';
export { coveredRecords } from './records/receipts/covered.ts';
export type { Receipt, ReceiptFault, Receipts, ReceiptTerms, ReceiptVerdict } from './records/receipts/receipt.ts';
export { formatReceipts, parseReceipts } from './records/receipts/receipt-file.ts';
export { type ReceiptsSummary, summarizeReceipts, type Totals as ReceiptTotals } from './records/receipts/summary.ts';
export { type Columns as BatchColumns, type FirstPlace, RecordKeys, type RecordName } from './records/record.ts';
export type { Committee } from './sharing/committee.ts';
export type { Job as VssJob, Results as VssResults } from './vss/jobs.ts';
export { VssPool } from './vss/pool.ts';
export type { WebWorker } from './vss/thread.ts';
