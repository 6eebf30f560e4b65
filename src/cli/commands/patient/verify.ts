// mistore verify: a receipts file against the chain, by anyone who has the file. Says what it is about, then what is found.
import { fromHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { readTextFile } from '../../../files/text-file.ts';
import type { OwnComplaints, ReceiptsCheck } from '../../../parties/patient.ts';
import type { Receipts } from '../../../records/receipts/receipt.ts';
import type { ReceiptsSummary } from '../../../records/receipts/summary.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, type ChainFlags, chainOptions, offlineOption } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openSource } from '../../sites.ts';
import { complaintsInWords } from '../../text/complaints.ts';

/** Missing records that are shown to people. */
const MOST_LINES = 20;

interface VerifyFlags extends ChainFlags {
  records?: boolean;
}

export const verify = defineCommand({
  examples: [
    'mistore verify receipts.json',
    'mistore verify receipts.json --records',
    'mistore verify receipts.json --archive ledger.archive --offline',
  ],
  configure: (command) =>
    chainOptions(
      command.argument('<file>', 'the receipts file').option('--records', 'list each record, with its state'),
    )
      .addOption(archiveOption())
      .addOption(offlineOption()),
  run: verifyReceipts,
});

async function verifyReceipts(output: Output, options: VerifyFlags, file: string): Promise<object> {
  const { checkReceipts } = await import('../../../parties/patient.ts');
  const { parseReceipts } = await import('../../../records/receipts/receipt-file.ts');
  const { summarizeReceipts } = await import('../../../records/receipts/summary.ts');
  const { showRecords, summaryInJson } = await import('../../text/words/receipts-words.ts');
  const receipts = parseReceipts(await readTextFile(file));
  const { site, whose, byWord, told } = await openSource(options);
  const found = await checkReceipts(site, receipts);
  const summary = summarizeReceipts(receipts);
  await showSubject(output, receipts, summary);
  if (options.records) showRecords(output, receipts, found);
  const verdict = verdictOf(found);
  await showVerdict(output, found, verdict, whose);
  showCarries(output, receipts);
  output.print(byWord);
  if (verdict !== 'valid') process.exitCode = 1;
  const { verdicts, missing, complaints } = found;
  const invalid = verdicts.filter(({ fault }) => fault !== null);
  const { patient, ledgerId: ledger, terms } = receipts;
  return {
    ...{ verdict, patient, hospital: terms.hospital, ledger, currency: terms.currency },
    ...summaryInJson(terms, summary),
    ...{ checked: verdicts.length, valid: verdicts.length - invalid.length, invalid, complete: missing.length === 0 },
    ...{ missing, complaints, ...told },
  };
}

/** Whose records they are, and which. */
async function showSubject(
  output: Output,
  { patient, ledgerId, terms }: Receipts,
  summary: ReceiptsSummary,
): Promise<void> {
  const { showSummary } = await import('../../text/words/receipts-words.ts');
  const { records, from, to } = summary.total;
  const period = from === null ? '' : `, from ${from} to ${to}`;
  output.print(
    `Receipts of account ${output.names.account(fromHex(patient))}: ${counted(records, 'record')}${period}.`,
  );
  output.print(
    `From hospital ${output.names.account(fromHex(terms.hospital))}, ledger ${output.names.ledger(fromHex(ledgerId))}.`,
  );
  if (records > 0) showSummary(output, terms, summary);
}

type Verdict = 'valid' | 'invalid' | 'incomplete' | 'empty';

function verdictOf({ verdicts, missing }: ReceiptsCheck): Verdict {
  if (verdicts.some(({ fault }) => fault !== null)) return 'invalid';
  if (missing.length > 0) return 'incomplete';
  return verdicts.length === 0 ? 'empty' : 'valid';
}

async function showVerdict(
  output: Output,
  { verdicts, missing, complaints }: ReceiptsCheck,
  verdict: Verdict,
  whose: string,
): Promise<void> {
  const { categoryName } = await import('../../text/words/receipts-words.ts');
  const invalid = verdicts.filter(({ fault }) => fault !== null);
  const all = verdicts.length === 1 ? 'the receipt is right' : `all ${verdicts.length} receipts are right`;
  if (verdict === 'valid')
    output.print(`VALID and complete: ${all} by amounts, totals and ${whose} roots, and none is missing.`);
  if (verdict === 'empty') output.print('EMPTY: the file holds no record, so it proves nothing.');
  if (verdict === 'incomplete')
    output.print(
      `INCOMPLETE: ${verdicts.length > 0 ? `${all}, and` : 'the file holds no record, and'} ${lacking(missing.length, verdicts.length > 0)}`,
    );
  if (verdict === 'invalid') {
    output.print(`NOT VALID: ${counted(invalid.length, 'receipt is', 'receipts are')} wrong, of ${verdicts.length}.`);
    output.table(
      ['record', 'fault'],
      invalid.map(({ recordId, fault }) => [recordId, fault!]),
    );
  }
  if (verdict === 'invalid' && missing.length > 0)
    output.print(`The file is incomplete too: ${lacking(missing.length)}`);
  for (const { category, position, recordId } of missing.slice(0, MOST_LINES)) {
    output.print(`Missing: record ${recordId}, number ${position} of category ${categoryName(category)}.`);
  }
  if (missing.length > MOST_LINES) output.print(`… and ${missing.length - MOST_LINES} more: --json has all.`);
  for (const one of complaints) output.print(complaintInWords(one));
}

/** "2 records of this account are on chain and not in the file." */
function lacking(count: number, hasOthers = true): string {
  const are = count === 1 ? 'is' : 'are';
  return `${counted(count, 'record')} of this account ${are} on chain${hasOthers ? ' and not in the file' : ''}.`;
}

function showCarries(output: Output, { records }: Receipts): void {
  const carries = records.filter((receipt) => receipt.carries !== undefined).length;
  if (carries === 0) return;
  output.print(
    `${counted(carries, 'receipt is of a carry record', 'receipts are of carry records')}: of amount 0, stored because the record before was void.`,
  );
}

function complaintInWords(complaint: OwnComplaints): string {
  const said = complaintsInWords(complaint);
  if (!complaint.isVoid) return said;
  return complaint.next === null
    ? `${said} No sum can end there, until the hospital has stored the next record of its series.`
    : `${said} No sum can begin or end there; record ${complaint.next} is the next of its series.`;
}
