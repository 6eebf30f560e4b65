// The public API of MIStore in browsers, name by name: what a patient's page, an insurer's or an auditor's needs. Nothing here
// uses Node, reads a file by its path, starts a thread by itself or makes code at run time.

export { addressText, parseAddress } from './address.ts';
export { ArchiveError, type ArchiveHeader, type Checkpoint } from './archive/format.ts';
export { type ArchiveOptions, ArchiveReader } from './archive/reader.ts';
export { fromHex, type Hex, toHex } from './bytes.ts';
export { accountOf } from './chain/account.ts';
export {
  ConnectionError,
  IncompleteLogsError,
  NoContractError,
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
export {
  type Statement as WitnessStatement,
  WitnessDisagreementError,
  WitnessLagsError,
} from './chain/witness-errors.ts';
export { type ConnectOptions, MIStoreContract, type SendOptions } from './contract/client.ts';
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
export { textOf } from './files/text.ts';
export type { Deployment } from './identity/channel.ts';
export { accountKey, SEED_BYTES } from './identity/keys.ts';
export { KeystoreError, type ScryptCost } from './identity/keystore-format.ts';
export { decryptSeed, encryptSeed, type Keystore } from './identity/keystore-text.ts';
export { type ArchiveSite, openArchiveSite } from './ledger/archive-site.ts';
export type { ArchivedStorage, ArchivedStorageOptions } from './ledger/archived-storage.ts';
export { type ComplaintEvent, LedgerComplaints, type RecordComplaints } from './ledger/complaints.ts';
export { connectSite, type SiteConnection } from './ledger/connect-site.ts';
export { type QueryEdge, QueryView } from './ledger/query-view.ts';
export { type ConnectedSite, type ReadingSite, vouchingHosts } from './ledger/site.ts';
export { type Epoch, LedgerBatch, LedgerView, type SeatHolding } from './ledger/view.ts';
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
export { AmountError, type AmountFault, type AmountReason, formatAmount, parseAmount } from './records/amounts.ts';
export {
  type ConsentEdge,
  formatSignedConsent,
  parseSignedConsent,
  type SignedConsent,
} from './records/consent-file.ts';
export type { BatchTree } from './records/merkle.ts';
export type { ToldEdge } from './records/query-bytes.ts';
export { type Choice, type ChosenCorrections, chooseRecords, chosenCorrections } from './records/receipts/choose.ts';
export type { Receipt, ReceiptFault, Receipts, ReceiptTerms, ReceiptVerdict } from './records/receipts/receipt.ts';
export { formatReceipts, parseReceipts } from './records/receipts/receipt-file.ts';
export type { Columns as BatchColumns } from './records/record.ts';
export type { Committee } from './sharing/committee.ts';
export type { Job as VssJob, Results as VssResults } from './vss/jobs.ts';
export { VssPool } from './vss/pool.ts';
export type { WebWorker } from './vss/thread.ts';
