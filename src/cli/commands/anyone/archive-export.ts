// mistore archive export: a ledger's events in one file.
import { toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { defineCommand } from '../../command.ts';
import { type ChainFlags, chainOptions, ledgerId } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';
import { Stopwatch } from '../../stopwatch.ts';

interface ExportFlags extends ChainFlags {
  ledger: Uint8Array;
  out: string;
  finalized?: boolean;
}

export const archiveExport = defineCommand({
  examples: ['mistore archive export --ledger 0x12ab… --out ledger.archive'],
  configure: (command) =>
    chainOptions(
      command
        .requiredOption('--ledger <id>', 'the ledger', ledgerId)
        .requiredOption('--out <file>', 'the archive file, written in one step at the end; <file>.part while under way')
        .option('--finalized', 'only up to the last block that no reorganisation can undo'),
    ),
  run: exportFile,
});

async function exportFile(output: Output, options: ExportFlags): Promise<object> {
  const { exportArchive } = await import('../../../archive/export.ts');
  const { contract } = await openReader(options);
  const { nextRecordId } = await contract.getLedger(options.ledger);
  const bar = output.progress('Export', nextRecordId, 'records');
  const watch = new Stopwatch();
  const written = await exportArchive({
    contract,
    ledgerId: options.ledger,
    file: options.out,
    head: options.finalized ? 'finalized' : 'latest',
    onProgress: ({ records, bytes }) => bar.update(records, `${bytes} bytes`),
  });
  bar.done();
  const { batches, records, events, bytes, block, added, cut } = written;
  output.print(
    `${options.out}: ${counted(events, 'event')}, ${counted(records, 'record')} in ${counted(batches, 'batch', 'batches')}, ${counted(bytes, 'byte')}, to block ${block}.`,
  );
  if (cut > 0)
    output.print(`A reorganisation had taken back ${counted(cut, 'event')}, now cut off, and the file written on.`);
  output.print(`${counted(added, 'event is', 'events are')} new.`);
  output.note(`"mistore archive verify ${options.out}" checks all of it.`);
  return { file: options.out, ledger: toHex(options.ledger), ...written, seconds: watch.seconds };
}
