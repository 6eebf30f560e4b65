// mistore archive verify: an archive against the contract's storage.
import { toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { defineCommand } from '../../command.ts';
import { type ChainFlags, chainOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';
import { Stopwatch } from '../../stopwatch.ts';

export const archiveVerify = defineCommand({
  examples: ['mistore archive verify ledger.archive'],
  configure: (command) => chainOptions(command.argument('<file>', 'the archive file')),
  run: verifyFile,
});

async function verifyFile(output: Output, options: ChainFlags, file: string): Promise<object> {
  const { verifyArchive } = await import('../../../archive/verify.ts');
  const { contract, engine } = await openReader(options);
  const bar = output.progress('Verify', 0, 'records');
  const watch = new Stopwatch();
  const verdict = await verifyArchive({ contract, engine, file, onProgress: ({ records }) => bar.update(records) });
  bar.done();
  const { seconds } = watch;
  const { ledgerId, ...counts } = verdict;
  const ledger = toHex(ledgerId);
  const { fault, records, batches, bytes, queries, unsigned, block, whole, behind } = counts;
  const recordsPerSecond = watch.rate(records);
  if (fault === null) {
    output.print(
      `Right: ledger ${ledger} to block ${block}, ${counted(records, 'record')} in ${counted(batches, 'batch', 'batches')}, ${counted(queries, 'query', 'queries')}.`,
    );
    if (!whole)
      output.print(
        `The node has no state of block ${block}: whether anything up to there is missing cannot be checked.`,
      );
    if (unsigned > 0) {
      output.print(
        `Without a signature of its account's own key: ${counted(unsigned, 'key, channel or consent', 'keys, channels and consents')}. See docs/archive.md.`,
      );
    }
    if (behind > 0)
      output.print(`The ledger has ${counted(behind, 'more batch', 'more batches')} by now: export again to add them.`);
  } else {
    process.exitCode = 1;
    output.print(
      `WRONG: ${fault.about}: ${fault.what}. Right before it: ${counted(records, 'record')} in ${counted(batches, 'batch', 'batches')}.`,
    );
  }
  output.print(`${counted(bytes, 'byte')}, ${seconds} s, ${recordsPerSecond} records/s.`);
  return { file, ledger, ...counts, valid: fault === null, seconds, recordsPerSecond };
}
