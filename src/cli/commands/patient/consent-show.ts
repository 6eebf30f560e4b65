// mistore consent show: what a consent file is about, whether it has been used, and what to do next.
import { fromHex, toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { readTextFile } from '../../../files/text-file.ts';
import type { Site } from '../../../ledger/site.ts';
import type { QueryReport } from '../../../parties/query-report.ts';
import type { SignedConsent } from '../../../records/consent-file.ts';
import type { Receipts } from '../../../records/receipts/receipt.ts';
import { defineCommand } from '../../command.ts';
import { type ChainFlags, chainOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';
import { dayInWords, timeInWords } from '../../text/times.ts';
import { nextStep, phaseInWords } from '../../text/words/query-words.ts';

export const consentShow = defineCommand({
  examples: ['mistore consent show consent.json', 'mistore consent show consent.json --receipts receipts.json'],
  configure: (command) =>
    chainOptions(
      command
        .argument('<consent>', 'the consent file')
        .option('--receipts <file>', "the patient's receipts, to show the records and their sums"),
    ),
  run: showConsent,
});

interface ShowFlags extends ChainFlags {
  receipts?: string;
}

async function showConsent(output: Output, options: ShowFlags, file: string): Promise<object> {
  const { consentDigest, isSignedBy } = await import('../../../contract/signing.ts');
  const { isSignedByContract } = await import('../../../contract/wallet-signature.ts');
  const { checkSameDeployment, deploymentOf } = await import('../../../ledger/site.ts');
  const { countCovered } = await import('../../../query/runs.ts');
  const { parseSignedConsent } = await import('../../../records/consent-file.ts');
  const { parseReceipts } = await import('../../../records/receipts/receipt-file.ts');
  const { correctionsInWords, showSummary, summaryInJson } = await import('../../text/words/receipts-words.ts');
  const { sumsInWords } = await import('../../text/sums.ts');
  const given = parseSignedConsent(await readTextFile(file));
  const receipts = options.receipts === undefined ? undefined : parseReceipts(await readTextFile(options.receipts));
  const { consent, edges, signature } = given;
  const site = await openReader(options);
  checkSameDeployment(site, 'the consent is', given);
  const queryId = consentDigest(deploymentOf(site), consent);
  const { status } = await site.contract.queryState(queryId);
  const signed = [fromHex(consent.patient), queryId, fromHex(signature)] as const;
  const isSigned = isSignedBy(...signed) || (await isSignedByContract(site.contract.rpc, ...signed));
  const { summary, corrections } = receipts ? await coveredIn(receipts, given) : {};
  const records = countCovered(edges);
  const insurer = output.names.account(fromHex(consent.insurer));
  if (receipts && summary) showSummary(output, receipts.terms, summary);
  for (const line of corrections ? correctionsInWords(corrections) : []) output.print(line);
  const sums = receipts && summary ? sumsInWords(receipts.terms, summary.total.sums) : 'the sum';
  output.print(
    `${insurer} may learn ${sums} of ${counted(records, 'record')} of account ${output.names.account(fromHex(consent.patient))}, once, until ${dayInWords(consent.deadline)}.`,
  );
  if (receipts) output.print(`The amounts are those of ${options.receipts}; mistore verify checks them.`);
  const reports = status === 'open' || status === 'sealed' ? await reportsOf(site, queryId) : [];
  output.print(isSigned ? stateInWords(given, status, file, reports[0]) : NOT_SIGNED);
  if (!isSigned) process.exitCode = 1;
  return {
    ...{ query: toHex(queryId), ledger: consent.ledgerId, patient: consent.patient, insurer: consent.insurer },
    ...{ records, edges: edges.length, deadline: new Date(Number(consent.deadline) * 1000).toISOString() },
    ...{
      signed: isSigned,
      status,
      ...(receipts && summary && { chosen: summaryInJson(receipts.terms, summary), corrections }),
    },
  };
}

const NOT_SIGNED = 'It is NOT signed by this account: no server answers for it. The patient has to sign a new one.';

/** Of the consent's records, if these are receipts of them. */
async function coveredIn(receipts: Receipts, { edges }: SignedConsent) {
  const { chosenCorrections } = await import('../../../records/receipts/choose.ts');
  const { coveredRecords } = await import('../../../records/receipts/covered.ts');
  const { summarizeReceipts } = await import('../../../records/receipts/summary.ts');
  const covered = coveredRecords(receipts, edges);
  return { summary: summarizeReceipts(receipts, covered), corrections: chosenCorrections(receipts, covered) };
}

async function reportsOf(site: Site, queryId: Uint8Array): Promise<QueryReport[]> {
  const { queryReports } = await import('../../../parties/query-report.ts');
  return queryReports(site, { queryId });
}

/** Whether it has been used, and what to do next. */
function stateInWords({ consent }: SignedConsent, status: string, file: string, report?: QueryReport): string {
  if (report) return `It has been used: its query is ${phaseInWords(report)}. ${nextStep(report, file)}`;
  if (status === 'revoked') return 'The patient has withdrawn it: it cannot be used any more.';
  if (status === 'cancelled') return 'Its query was ended by the insurer: it cannot be used again.';
  if (Number(consent.deadline) < Date.now() / 1000) {
    return `It was never used, and cannot be any more: its time ended on ${timeInWords(consent.deadline)}.`;
  }
  return `It is signed and has not been used. The insurer asks with: mistore query ask ${file}. The patient withdraws it with: mistore consent revoke ${file}`;
}
