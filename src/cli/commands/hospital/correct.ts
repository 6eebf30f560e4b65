// mistore correct: the row that corrects a stored amount, in a CSV that ingest then stores. Sends nothing.
import { counted } from '../../../counted.ts';
import { MIStoreError } from '../../../errors.ts';
import type { Correction, CorrectionCsv } from '../../../records/receipts/correction.ts';
import type { ReceiptTerms } from '../../../records/receipts/receipt.ts';
import { defineCommand } from '../../command.ts';
import {
  address,
  archiveOption,
  collect,
  forceOption,
  integer,
  ledgerId,
  patientId,
  type RoleFlags,
  roleOptions,
} from '../../options.ts';
import type { Output } from '../../output.ts';
import { type OutFlags, writePrivate } from '../../private-file.ts';
import { openRole } from '../../sites.ts';

interface CorrectFlags extends RoleFlags, OutFlags {
  ledger: Uint8Array;
  patient: string;
  id?: string[];
  record?: number;
  amount?: string[];
  cancel?: boolean;
  account?: Uint8Array;
}

export const correct = defineCommand({
  examples: [
    'mistore correct --ledger 0x12ab… --patient PATIENT --id BILL-7 --amount 120.00 --out correction.csv',
    'mistore correct --ledger 0x12ab… --patient PATIENT --record 17 --amount COST=120.00 --amount PAID=80.00 --out correction.csv',
    'mistore correct --ledger 0x12ab… --patient PATIENT --id CLAIM --id LINE --cancel --out correction.csv',
  ],
  roles: ['hospital'],
  configure: (command) => {
    command
      .requiredOption('--ledger <id>', 'the ledger', ledgerId)
      .requiredOption('--patient <id>', "the patient's id, as in the CSV", patientId)
      .option('--id <text>', "the record's own id; give it once for each column, if several make up the id", collect)
      .option('--record <number>', 'or its number, as receipts have it', integer(0, Number.MAX_SAFE_INTEGER))
      .option(
        '--amount <lane=amount>',
        'what the amount should be, with a decimal point; without the lane where there is one only; can be given again',
        collect,
      )
      .option('--cancel', 'all amounts should be 0, because there should be no such record')
      .requiredOption('--out <file>', 'the CSV to write, with the one row')
      .addOption(forceOption())
      .option('--account <address>', "the patient's own account; the custodial one if not given", address);
    roleOptions(command).addOption(archiveOption());
  },
  run: correctRecord,
});

async function correctRecord(output: Output, options: CorrectFlags): Promise<object> {
  const { correctionCsv, planCorrection } = await import('../../../records/receipts/correction.ts');
  const { Hospital } = await import('../../../parties/hospital.ts');
  const { RecordKeys } = await import('../../../records/record.ts');
  const { dealingKey } = await import('../../../identity/keys.ts');
  const { formatLanes } = await import('../../../records/terms.ts');
  const which = recordOf(options);
  checkAmounts(options);
  const { site, seed } = await openRole(options);
  const { ledger, patient, account } = options;
  const make = async () => {
    const receipts = await new Hospital(site, seed).receipts(ledger, patient, account);
    const right = amountsOf(options, receipts.terms.lanes);
    const plan = planCorrection(receipts, new RecordKeys(dealingKey(seed), ledger), which, right);
    const csv = correctionCsv(receipts, patient, plan);
    await show(output, receipts.terms, plan);
    return { csv, plan, terms: receipts.terms };
  };
  const { csv, plan, terms } = await writePrivate(options, make, (made) => made.csv.text);
  output.print(`Wrote ${options.out}. To store it: ${ingestCommand(output, options, csv)}`);
  return {
    file: options.out,
    id: plan.id,
    record: plan.receipt.recordId,
    category: plan.receipt.category,
    ...{ stored: formatLanes(terms, plan.stored), right: formatLanes(terms, plan.right) },
    ...{ difference: formatLanes(terms, plan.difference), earlier: plan.earlier, ingest: csv.options },
  };
}

function recordOf({ id, record }: CorrectFlags): { record: number } | { id: string } {
  if ((id === undefined) === (record === undefined)) {
    throw new MIStoreError('USAGE', 'say which record: with --id TEXT, or with --record NUMBER (one of the two)');
  }
  return record === undefined ? { id: id!.join('\x1f') } : { record };
}

function checkAmounts({ amount, cancel }: CorrectFlags): void {
  if ((amount === undefined) !== (cancel === undefined)) return;
  throw new MIStoreError('USAGE', 'say what it should be: with --amount, or with --cancel (one of the two)');
}

/** By lane, as given. */
function amountsOf({ amount = [], cancel }: CorrectFlags, lanes: readonly string[]): Map<string, string> {
  if (cancel) return new Map(lanes.map((lane) => [lane, '0']));
  const right = new Map<string, string>();
  for (const text of amount) {
    const [, lane, value] = /^(?:(.*)=)?([^=]*)$/s.exec(text)!;
    if (lane === undefined && lanes.length > 1) {
      throw new MIStoreError('USAGE', `--amount: say of which lane, LANE=AMOUNT; they are ${lanes.join(', ')}`);
    }
    const name = lane ?? lanes[0]!;
    if (right.has(name)) throw new MIStoreError('USAGE', `--amount gives lane ${name} two amounts`);
    right.set(name, value!);
  }
  return right;
}

async function show(output: Output, { lanes, scale, currency }: ReceiptTerms, plan: Correction): Promise<void> {
  const { formatAmount } = await import('../../../records/amounts.ts');
  const { receipt, stored, right, difference, earlier } = plan;
  const amount = (head: string) => ({ head: `${head}, ${currency}`, amount: true });
  output.table(
    ['lane', amount('stored'), amount('should be'), amount('difference')],
    lanes.map((lane, l) => [lane, ...[stored, right, difference].map((of) => formatAmount(of[l]!, scale))]),
  );
  output.print(
    `Record ${receipt.recordId} stays as it is; a record of the difference, with the id ${plan.id}, comes after it in the same series.`,
  );
  if (earlier > 0)
    output.print(`${counted(earlier, 'earlier correction')} of it ${earlier === 1 ? 'is' : 'are'} counted in.`);
}

/** As it can be pasted into a shell. */
function ingestCommand(output: Output, { out, ledger }: CorrectFlags, { options }: CorrectionCsv): string {
  const id = output.names.nameOfLedger(ledger) ?? output.names.ledger(ledger);
  return ['mistore', 'ingest', out, '--ledger', id, ...options].map(quoted).join(' ');
}

const quoted = (word: string): string => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
