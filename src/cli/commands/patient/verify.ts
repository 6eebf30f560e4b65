// mistore verify: a receipts file against the chain, by anyone who has the file.
import { counted } from '../../../counted.ts';
import { readTextFile } from '../../../files/text-file.ts';
import type { OwnComplaints } from '../../../parties/patient.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, type ChainFlags, chainOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { byWhoseWord, openReader } from '../../sites.ts';
import { complaintsInWords } from '../../text/complaints.ts';

export const verify = defineCommand({
  examples: ['mistore verify receipts.json'],
  configure: (command) => chainOptions(command.argument('<file>', 'the receipts file')).addOption(archiveOption()),
  run: verifyReceipts,
});

async function verifyReceipts(output: Output, options: ChainFlags, file: string): Promise<object> {
  const { checkReceipts } = await import('../../../parties/patient.ts');
  const { parseReceipts } = await import('../../../records/receipts/receipt-file.ts');
  const receipts = parseReceipts(await readTextFile(file));
  const { vouchingHosts } = await import('../../../ledger/site.ts');
  const site = await openReader(options);
  const vouchedBy = vouchingHosts(site);
  const { verdicts, missing, complaints } = await checkReceipts(site, receipts);
  const invalid = verdicts.filter(({ fault }) => fault !== null);
  const valid = verdicts.length - invalid.length;
  output.print(
    `${valid} of ${counted(verdicts.length, 'receipt is', 'receipts are')} valid: amounts, totals, and the chain's roots agree.`,
  );
  if (invalid.length > 0) {
    output.table(
      ['record', 'fault'],
      invalid.map(({ recordId, fault }) => [recordId, fault!]),
    );
  }
  for (const { category, position, recordId } of missing) {
    const series = category === '' ? '' : ` of category ${category}`;
    output.print(`Incomplete: record ${recordId}${series}, position ${position}, is on chain and not in this file.`);
  }
  if (verdicts.length === 0) output.print('The file holds no record, so it proves nothing.');
  else if (missing.length === 0) output.print('No record of a next position is on chain: none is missing.');
  for (const one of complaints) output.print(complaintInWords(one));
  const carries = receipts.records.filter((receipt) => receipt.carries !== undefined).length;
  if (carries > 0) {
    output.print(
      `${counted(carries, 'receipt is of a carry record', 'receipts are of carry records')}: of amount 0, stored because the record before was void.`,
    );
  }
  output.print(byWhoseWord(vouchedBy));
  const complete = missing.length === 0;
  if (invalid.length > 0 || !complete || verdicts.length === 0) process.exitCode = 1;
  return { checked: verdicts.length, valid, invalid, complete, missing, complaints, vouchedBy };
}

function complaintInWords(complaint: OwnComplaints): string {
  const said = complaintsInWords(complaint);
  if (!complaint.isVoid) return said;
  return complaint.next === null
    ? `${said} No sum can end there, until the hospital has stored the next record of its series.`
    : `${said} No sum can begin or end there; record ${complaint.next} is the next of its series.`;
}
