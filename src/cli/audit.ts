// The command with which anyone checks a whole ledger.
import type { Command } from 'commander';
import { audit, MAX_FAULTS } from '../parties/audit.ts';
import { action, openReader } from './command.ts';
import { archiveOption, type CommonOptions, contractOption, jsonOption, ledgerNumber, rpcOption } from './options.ts';
import type { Output } from './output.ts';
import { Stopwatch } from './stopwatch.ts';

export function addAudit(program: Command): void {
  program
    .command('audit')
    .description('check a whole ledger: roots, counts, commitments, corrections, sources; needs no key')
    .argument('<ledger>', 'number of the ledger', ledgerNumber)
    .addOption(rpcOption())
    .addOption(contractOption())
    .addOption(archiveOption())
    .addOption(jsonOption())
    .action(action(auditLedger));
}

async function auditLedger(output: Output, options: CommonOptions, ledgerId: bigint): Promise<object> {
  const site = await openReader(options);
  const { nextRecordId } = await site.contract.getLedger(ledgerId);
  const bar = output.progress('Audit', nextRecordId, 'records');
  const watch = new Stopwatch();
  const found = await audit(site, ledgerId, {
    onProgress: ({ records }) => bar.update(records, `${watch.rate(records)}/s`),
  });
  bar.done();
  const { seconds } = watch;
  const { ledgerId: ledger, ...counts } = found;
  const { batches, records, bytes, sources, faults } = counts;
  const rate = watch.rate(records);
  output.say(
    `${records} records of ${sources} inputs in ${batches} batches, ${bytes} bytes, in ${seconds} s: ${rate} records/s.`,
  );
  if (faults.length > 0) {
    output.table(
      ['batch', 'record', 'what is wrong'],
      faults.map(({ batch, recordId, what }) => [batch ?? '', recordId ?? '', what]),
    );
    if (faults.length === MAX_FAULTS) output.say(`The audit ends after ${MAX_FAULTS} faults.`);
    process.exitCode = 1;
  } else output.say('All of it is right.');
  return { ledger, ...counts, valid: faults.length === 0, seconds, recordsPerSecond: rate };
}
