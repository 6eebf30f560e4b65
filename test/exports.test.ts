// What the library exports: a change of this list is a change for those who use it.
import { describe, expect, it } from 'vitest';
import { text } from './support/sources.ts';

/** As text, so that a change of the list is a line of a diff; a line for each letter. */
const inLines = (list: readonly string[]) =>
  list.reduce((text, name, i) => text + (i === 0 ? '' : name[0] === list[i - 1]![0] ? ', ' : '\n') + name, '');

describe('the library', () => {
  const names = (type: boolean) => {
    const statements = [...text.get('index.ts')!.matchAll(/^export (type )?\{([^}]*)\}/gm)];
    return statements
      .flatMap(([, all, list]) =>
        list!
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '')
          .map((name) => ({ type: all !== undefined || name.startsWith('type '), name: name.replace(/^type /, '') })),
      )
      .filter((entry) => entry.type === type)
      .map(({ name }) => name)
      .sort();
  };

  it('exports these names', async () => {
    const exported = Object.keys(await import('../src/index.ts')).sort();
    expect(exported).toEqual(names(false));
    expect(inLines(exported)).toMatchInlineSnapshot(`
      "AmountError, ArchiveError, ArchiveReader, ArgumentError
      BudgetError
      CommitteeSizeError, ComplaintWatch, ConnectionError, ContractError
      Dealer
      EncodingError, EngineUnavailableError, EventReader
      FeeCapError
      Hospital
      IncompleteLogsError, InputError, InsufficientFundsError, Insurer
      KeystoreError
      LedgerBatch, LedgerComplaints, LedgerView, LimitError
      MIStoreContract, MIStoreError
      NoContractError, NoFinalityError, NodeError, NonceTakenError, NotMinedError, NotSettledError
      OutputFileError
      PRESETS, Patient, PatientAccounts, ProfileError
      QueryView
      RecordKeys, ReplyError, RpcError
      SEED_BYTES, SenderClosedError, Server, ServerDaemon, SettledLostError
      TotalRangeError, TransactionFailedError, TransactionLimitError
      VssPool
      WitnessDisagreementError, WitnessLagsError, WrongChainError, WrongCodeError
      accountKey, accountOf, addressText, audit
      checkReceipts, chooseRecords, chosenCorrections, connectSite, consentDigest, consentEdges, correctionCsv, coveredRecords, createEngine, createSender, custodialSeed
      deploy
      exportArchive
      fingerprint, fingerprintOf, formatAmount, formatReceipts, formatSignedConsent, formatSumProof, fromHex, fund
      hospitalStatus
      ingest, ingestFile
      listLedgers, loadKeystore, loadProfile
      openArchiveSite, openSite
      parseAddress, parseAmount, parseProfile, parseReceipts, parseSignedConsent, parseSumProof, patientQueries, planConsent, planCorrection, presetProfile, profileFromOptions, profileHash
      queryGas, queryReports
      readKeystore
      serverStatus, signaturesOf, startNode, summarizeReceipts
      toAnswer, toHex
      verifyArchive, verifySumProof, vouchingHosts
      waitForAnswers, waitForServers, writeKeystore"
    `);
  });

  it('exports these types', () => {
    expect(inLines(names(true))).toMatchInlineSnapshot(`
      "AmountFault, AmountFormat, AmountReason, AnswerCall, AnswerRefusal, AnsweringSeat, AnswersSoFar, ArchiveExport, ArchiveExportOptions, ArchiveHeader, ArchiveOptions, ArchiveSite, ArchiveVerdict, ArchiveVerifyOptions, ArchivedStorage, ArchivedStorageOptions, Audit, AuditFault, AuditOptions
      BatchCall, BatchContents, BatchTree, BlockPoint, BlockRange, BlockTag
      CarrySummary, CheckOptions, CheckedBatch, Checkpoint, Choice, ChosenCorrections, ClosedKeystore, Columns as BatchColumns, Columns as ProfileColumns, Committee, ComplaintCall, ComplaintEvent, ComplaintWatchOptions, Complaints, ConnectOptions, ConnectedSite, Consent, ConsentEdge, ConsentPlan, ContractEvent, ContractSignature, ContractStorage, CorrectedRecord, Correction, CorrectionCsv
      DaemonEvent, DaemonOptions, DaemonSummary, Dealing, DecimalEvidence, Deployment
      Earnings, EmbeddedNode, Engine, EngineName, EngineOptions, Epoch, EventArguments, EventName, EventReaderOptions, EventSource
      Fault as ArchiveFault, FeeCapOptions, FeeOffer, FeeReport, FileIngest, FileInput, FileProgress, FirstPlace
      Hex
      IngestOptions, IngestProgress, IngestRow, IngestSummary, InputErrorCode
      Job as VssJob, JoinCall, JoinRefusal, JoinRules, JoinsSoFar, JsonFault, Justification, JustifyCall
      KeysCall
      Lane as ProfileLane, LedgerState, LedgerStatus, LedgerTerms, LimitCode, ListedLedger
      Membership
      NameReason, NamedBatch, NamedConsent, NodeOptions
      OnWait, OpenedRecord, OwnComplaints, OwnedReceipt, Owner
      Place as LogPlace, Plan as CostPlan, Problem as ProfileProblem, Profile, ProfileOptions, ProvenSum
      QueryCall, QueryEdge, QueryFee, QueryOptions, QueryPhase, QueryProgress, QueryReport, QuerySent, QueryState, QueryStatus, QuerySum, QueryWord
      RawLog, ReadingSite, Receipt, ReceiptFault, ReceiptTerms, ReceiptVerdict, Receipts, ReceiptsCheck, ReceiptsOfAll, ReceiptsSummary, RecordComplaints, RecordName, RefuteCall, RejectionReason, Results as VssResults, Rpc
      ScryptCost, Seat as ServerSeat, SeatAnswer, SeatCall, SeatHolding, SeatState, SendOptions, Sender, SenderOptions, SenderStats, SentAnswers, ServerOptions, SignRule, SignedConsent, Site, SiteConnection, SiteOptions, Statement as WitnessStatement, StoredBatch, Submission, SumProof
      Task as DaemonTask, TermsInShort, ToldEdge, Totals as ReceiptTotals, TransactionOutcome, TransactionReceipt, TransactionRequest, Transience
      ValueRule
      Wait, WaitForAnswersOptions, WaitForServersOptions, WaitOptions, WatchEvent, WatchedRecord, WebWorker, Where as EventFilter, WriteKeystoreOptions"
    `);
  });
});

describe('the engine alone, and sharing', () => {
  it('export these names', async () => {
    const [engine, sharing] = await Promise.all([import('../src/engine/index.ts'), import('../src/sharing/index.ts')]);
    expect(Object.keys(engine).sort()).toEqual([
      ...['ArgumentError', 'CommitteeSizeError', 'EncodingError', 'EngineUnavailableError', 'MIStoreError'],
      ...['createEngine', 'subsetsOf'],
    ]);
    expect(Object.keys(sharing).sort()).toEqual([
      ...['ArgumentError', 'CommitteeSizeError', 'EncodingError', 'MIStoreError'],
      ...['deal', 'dealShares', 'reconstruct', 'shares', 'verify'],
    ]);
  });
});
