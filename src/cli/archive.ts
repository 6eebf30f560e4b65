// Commands about archives: export, verify.
import type { Command } from 'commander';
import { exportArchive } from '../archive/export.ts';
import { verifyArchive } from '../archive/verify.ts';
import { action, openReader } from './command.ts';
import { type CommonOptions, contractOption, jsonOption, ledgerNumber, rpcOption } from './options.ts';
import type { Output } from './output.ts';
import { Stopwatch } from './stopwatch.ts';

interface ExportFlags extends CommonOptions {
  ledger: bigint;
  out: string;
  finalized?: boolean;
}

export function addArchive(program: Command): void {
  const archive = program
    .command('archive')
    .description("a ledger's events in one file, for when nodes have pruned them");
  archive
    .command('export')
    .description('write everything that any role needs of a ledger to a file; the same command again adds what is new')
    .requiredOption('--ledger <number>', 'the ledger', ledgerNumber)
    .requiredOption('--out <file>', 'the archive file, written in one step at the end; <file>.part while under way')
    .option('--finalized', 'only up to the last block that no reorganisation can undo')
    .addOption(rpcOption())
    .addOption(contractOption())
    .addOption(jsonOption())
    .action(action(exportFile));
  archive
    .command('verify')
    .description("check an archive against the contract's storage: roots, counts, terms, keys, queries; needs no key")
    .argument('<file>', 'the archive file')
    .addOption(rpcOption())
    .addOption(contractOption())
    .addOption(jsonOption())
    .action(action(verifyFile));
}

async function exportFile(output: Output, options: ExportFlags): Promise<object> {
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
  output.say(
    `${options.out}: ${events} events, ${records} records in ${batches} batches, ${bytes} bytes, to block ${block}.`,
  );
  if (cut > 0) output.say(`A reorganisation had taken back ${cut} events; they were cut off, and the file written on.`);
  output.say(`${added} events are new. "mistore archive verify ${options.out}" checks all of it.`);
  return { file: options.out, ledger: options.ledger, ...written, seconds: watch.seconds };
}

async function verifyFile(output: Output, options: CommonOptions, file: string): Promise<object> {
  const { contract, engine } = await openReader(options);
  const bar = output.progress('Verify', 0, 'records');
  const watch = new Stopwatch();
  const verdict = await verifyArchive({ contract, engine, file, onProgress: ({ records }) => bar.update(records) });
  bar.done();
  const { seconds } = watch;
  const { ledgerId: ledger, ...counts } = verdict;
  const { fault, records, batches, bytes, queries, block, whole, behind } = counts;
  const recordsPerSecond = watch.rate(records);
  if (fault === null) {
    output.say(
      `Right: ledger ${ledger} to block ${block}, ${records} records in ${batches} batches, ${queries} queries.`,
    );
    if (!whole)
      output.say(`The node has no state of block ${block}: that nothing up to there is missing cannot be told.`);
    if (behind > 0) output.say(`The ledger has ${behind} batches more by now: export again to add them.`);
  } else {
    process.exitCode = 1;
    output.say(`WRONG: ${fault.about}: ${fault.what}. ${records} records in ${batches} batches before it are right.`);
  }
  output.say(`${bytes} bytes, ${seconds} s, ${recordsPerSecond} records/s.`);
  return { file, ledger, ...counts, valid: fault === null, seconds, recordsPerSecond };
}
