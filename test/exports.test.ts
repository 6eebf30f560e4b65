// What the library exports: a change of this list is a change for those who use it.
import { describe, expect, it } from 'vitest';
import { text } from './support/sources.ts';

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
    expect(exported).toMatchInlineSnapshot(`
      [
        "ArchiveError",
        "ArchiveReader",
        "ArgumentError",
        "ComplaintWatch",
        "ContractError",
        "Dealer",
        "EncodingError",
        "EventReader",
        "Hospital",
        "Insurer",
        "LedgerBatch",
        "LedgerComplaints",
        "LedgerView",
        "MIStoreContract",
        "MIStoreError",
        "PRESETS",
        "Patient",
        "PatientAccounts",
        "ProfileError",
        "QueryView",
        "SEED_BYTES",
        "Server",
        "ServerDaemon",
        "WitnessDisagreementError",
        "WitnessLagsError",
        "accountKey",
        "accountOf",
        "addressText",
        "audit",
        "checkReceipts",
        "chooseRecords",
        "connectSite",
        "consentDigest",
        "consentEdges",
        "createEngine",
        "createSender",
        "custodialSeed",
        "deploy",
        "exportArchive",
        "fingerprint",
        "fingerprintOf",
        "formatAmount",
        "formatReceipts",
        "formatSignedConsent",
        "formatSumProof",
        "fromHex",
        "fund",
        "ingest",
        "ingestCsv",
        "loadProfile",
        "openArchiveSite",
        "openSite",
        "parseAddress",
        "parseAmount",
        "parseProfile",
        "parseReceipts",
        "parseSignedConsent",
        "parseSumProof",
        "presetProfile",
        "profileFromOptions",
        "profileHash",
        "queryReports",
        "readKeystore",
        "signaturesOf",
        "startNode",
        "toHex",
        "verifyArchive",
        "verifySumProof",
        "vouchingHosts",
        "writeKeystore",
      ]
    `);
  });

  it('exports these types', () => {
    expect(names(true)).toMatchInlineSnapshot(`
      [
        "AnswerRefusal",
        "ArchiveExport",
        "ArchiveExportOptions",
        "ArchiveHeader",
        "ArchiveOptions",
        "ArchiveSite",
        "ArchiveVerdict",
        "ArchiveVerifyOptions",
        "Audit",
        "AuditFault",
        "AuditOptions",
        "CarrySummary",
        "CheckOptions",
        "CheckedBatch",
        "Choice",
        "ComplaintWatchOptions",
        "ConnectedSite",
        "Consent",
        "ConsentEdge",
        "ContractSignature",
        "ContractStorage",
        "CsvIngest",
        "CsvInput",
        "DaemonEvent",
        "DaemonOptions",
        "DaemonSummary",
        "Earnings",
        "EmbeddedNode",
        "Engine",
        "EngineName",
        "EventSource",
        "FeeReport",
        "Hex",
        "IngestOptions",
        "IngestProgress",
        "IngestRow",
        "IngestSummary",
        "JoinRules",
        "Justification",
        "Membership",
        "OnWait",
        "OpenedRecord",
        "OwnComplaints",
        "Profile",
        "ProvenSum",
        "QueryEdge",
        "QueryOptions",
        "QueryPhase",
        "QueryReport",
        "QuerySent",
        "QuerySum",
        "ReadingSite",
        "Receipt",
        "ReceiptVerdict",
        "Receipts",
        "ReceiptsCheck",
        "RecordComplaints",
        "SentAnswers",
        "ServerOptions",
        "SignedConsent",
        "Site",
        "SiteConnection",
        "SiteOptions",
        "SumProof",
        "Wait",
        "WaitOptions",
        "WatchEvent",
        "WatchedRecord",
      ]
    `);
  });
});
