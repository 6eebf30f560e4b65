// mistore consent sign: a patient's consent to one sum, for one insurer. Shows first what it is about, and asks.

import { Option } from 'commander';
import { addressText } from '../../../address.ts';
import { toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { MIStoreError } from '../../../errors.ts';
import { readTextFile } from '../../../files/text-file.ts';
import type { ConsentPlan } from '../../../parties/consent-plan.ts';
import type { ChosenCorrections } from '../../../records/receipts/choose.ts';
import type { Receipts } from '../../../records/receipts/receipt.ts';
import { defineCommand } from '../../command.ts';
import { confirm } from '../../input/confirmation.ts';
import { endOfDay } from '../../input/days.ts';
import {
  address,
  archiveOption,
  collect,
  collectRecords,
  forceOption,
  integer,
  type RoleFlags,
  roleOptions,
  yesOption,
} from '../../options.ts';
import type { Output } from '../../output.ts';
import { type OutFlags, writePrivate } from '../../private-file.ts';
import { openRole } from '../../sites.ts';
import { grouped } from '../../text/amounts.ts';
import { dayInWords } from '../../text/times.ts';

interface SignFlags extends RoleFlags, OutFlags {
  insurer: Uint8Array;
  receipts: string;
  record?: number[];
  category?: string[];
  from?: string;
  to?: string;
  days: number;
  until?: number;
  yes?: boolean;
}

export const consentSign = defineCommand({
  examples: [
    'mistore consent sign --keystore patient.json --receipts receipts.json --insurer 0xAB12… --out consent.json',
    'mistore consent sign --keystore patient.json --receipts receipts.json --category inpatient --from 2025-01-01 --to 2025-12-31 --insurer 0xAB12… --until 2026-05-03 --out consent.json',
  ],
  roles: ['patient'],
  configure: (command) =>
    roleOptions(
      command
        .requiredOption('--insurer <address>', 'who may ask', address)
        .requiredOption('--receipts <file>', 'your receipts; consent for all records of it, or for those chosen below')
        .requiredOption('--out <file>', 'the consent file to write, for the insurer')
        .addOption(forceOption())
        .option('--record <id...>', 'these records only, with their corrections', collectRecords)
        .option('--category <name>', 'records of this category only; can be given again', collect)
        .option('--from <date>', 'records of this day and later, YYYY-MM-DD')
        .option('--to <date>', 'records up to this day')
        .option('--days <count>', 'how long the query can be opened', integer(1, 3650), 30)
        .addOption(
          new Option('--until <date>', 'the last day on which it can be, YYYY-MM-DD in UTC')
            .argParser(endOfDay)
            .conflicts('days'),
        )
        .addOption(yesOption()),
    ).addOption(archiveOption()),
  run: signConsent,
});

async function signConsent(output: Output, options: SignFlags): Promise<object> {
  const { consentDigest } = await import('../../../contract/signing.ts');
  const { deploymentOf } = await import('../../../ledger/site.ts');
  const { planConsent } = await import('../../../parties/consent-plan.ts');
  const { Patient } = await import('../../../parties/patient.ts');
  const { formatSignedConsent } = await import('../../../records/consent-file.ts');
  const { parseReceipts } = await import('../../../records/receipts/receipt-file.ts');
  const { summaryInJson } = await import('../../text/words/receipts-words.ts');
  const receipts = parseReceipts(await readTextFile(options.receipts));
  const { recordIds, corrections } = await chosenRecords(receipts, options);
  const { site, seed } = await openRole(options);
  const patient = new Patient(site, seed);
  patient.checkOwn(receipts);
  const sign = async () => {
    const deadline = BigInt(options.until ?? Math.floor(Date.now() / 1000) + 86_400 * options.days);
    const plan = await planConsent(site, receipts, recordIds, options.insurer, deadline);
    await show(output, receipts, { insurer: options.insurer, deadline, corrections }, plan);
    await confirm('Sign this consent?', options.yes ?? false, 'nothing was signed');
    return { plan, signed: patient.consent(options.insurer, receipts, recordIds, deadline) };
  };
  const { plan, signed } = await writePrivate(options, sign, ({ signed }) => formatSignedConsent(signed));
  const { ledgerId: ledger, deadline } = signed.consent;
  output.print(`Wrote ${options.out}: give it to the insurer.`);
  output.note(`To withdraw it before it is used: mistore consent revoke ${options.out}`);
  return {
    file: options.out,
    query: toHex(consentDigest(deploymentOf(site), signed.consent)),
    ledger,
    insurer: addressText(options.insurer),
    records: recordIds.length,
    edges: plan.edges.length,
    gas: plan.gas,
    deadline,
    chosen: summaryInJson(receipts.terms, plan.summary),
    corrections,
  };
}

async function chosenRecords(
  receipts: Receipts,
  { record, category, from, to }: SignFlags,
): Promise<{ recordIds: number[]; corrections: ChosenCorrections }> {
  const { chooseRecords, chosenCorrections } = await import('../../../records/receipts/choose.ts');
  const recordIds = chooseRecords(receipts, {
    ...(record && { records: record }),
    ...(category && { categories: category }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  });
  if (recordIds.length > 0) return { recordIds, corrections: chosenCorrections(receipts, recordIds) };
  throw new MIStoreError('NO_RECORDS', 'no record of the receipts meets what was chosen');
}

/** What is to be signed. */
async function show(
  output: Output,
  { terms }: Receipts,
  { insurer, deadline, corrections }: { insurer: Uint8Array; deadline: bigint; corrections: ChosenCorrections },
  plan: ConsentPlan,
): Promise<void> {
  const { correctionsInWords, showSummary } = await import('../../text/words/receipts-words.ts');
  const { sumsInWords } = await import('../../text/sums.ts');
  const { summary, edges, gas, missing, insurerSeat, isUnused } = plan;
  const { records, sums } = summary.total;
  const who = output.names.account(insurer);
  showSummary(output, terms, summary);
  for (const line of correctionsInWords(corrections)) output.print(line);
  output.print(
    `You agree that ${who} learns ${sumsInWords(terms, sums)} of ${counted(records, 'record')}, until ${dayInWords(deadline)}.`,
  );
  output.print(
    `The chain will show that this account asked about yours, the deadline, and ${edgesInWords(edges.length)} of yours; no amount. Asking takes about ${grouped(gas)} gas, which the insurer pays.`,
  );
  if (missing.length > 0) {
    output.note(
      `Warning: ${counted(missing.length, 'record')} of yours ${missing.length === 1 ? 'is' : 'are'} on chain and not in this file, so in no sum: mistore verify shows them. Ask the hospital for new receipts.`,
    );
  }
  if (insurerSeat > 0) output.note(`Warning: ${who} also runs the server in seat ${insurerSeat} of this ledger.`);
  if (isUnused) {
    output.note(
      `Warning: ${who} has never sent anything on this chain and holds no ether, so it cannot ask yet. Is the address right?`,
    );
  }
}

const edgesInWords = (edges: number): string => `${counted(edges, 'record')} (where the runs begin or end)`;
