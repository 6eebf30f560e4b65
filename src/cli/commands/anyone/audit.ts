// mistore audit: anyone checks a whole ledger.
import { toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, type ChainFlags, chainOptions, ledgerId } from '../../options.ts';
import type { Output } from '../../output.ts';
import { byWhoseWord, openReader } from '../../sites.ts';
import { Stopwatch } from '../../stopwatch.ts';

export const audit = defineCommand({
  examples: ['mistore audit 0x12ab…', 'mistore audit 0x12ab… --archive ledger.archive --json'],
  configure: (command) =>
    chainOptions(command.argument('<ledger>', 'id of the ledger', ledgerId)).addOption(archiveOption()),
  run: runAudit,
});

async function runAudit(output: Output, options: ChainFlags, ledgerId: Uint8Array): Promise<object> {
  const { audit: auditLedger, MAX_FAULTS } = await import('../../../parties/audit.ts');
  const { vouchingHosts } = await import('../../../ledger/site.ts');
  const site = await openReader(options);
  const { nextRecordId } = await site.contract.getLedger(ledgerId);
  const bar = output.progress('Audit', nextRecordId, 'records');
  const watch = new Stopwatch();
  const found = await auditLedger(site, ledgerId, {
    onProgress: ({ records }) => bar.update(records, `${watch.rate(records)}/s`),
  });
  bar.done();
  const { seconds } = watch;
  const { ledgerId: ledger, ...counts } = found;
  const { batches, records, bytes, sources, faults } = counts;
  const vouchedBy = vouchingHosts(site);
  const rate = watch.rate(records);
  output.print(
    `${counted(records, 'record')} of ${counted(sources, 'input')} in ${counted(batches, 'batch', 'batches')}, ${counted(bytes, 'byte')}, in ${seconds} s: ${rate} records/s.`,
  );
  if (faults.length > 0) {
    output.table(
      ['batch', 'record', 'what is wrong'],
      faults.map(({ batch, recordId, what }) => [batch ?? '', recordId ?? '', what]),
    );
    if (faults.length === MAX_FAULTS) output.print(`The audit ends after ${MAX_FAULTS} faults.`);
    process.exitCode = 1;
  } else output.print('All of it is right.');
  output.print(byWhoseWord(vouchedBy));
  return { ledger: toHex(ledger), ...counts, valid: faults.length === 0, vouchedBy, seconds, recordsPerSecond: rate };
}
