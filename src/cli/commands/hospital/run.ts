// mistore hospital run: a watch over complaints about the hospital's records. Sends nothing.
import { addressText } from '../../../address.ts';
import { counted } from '../../../counted.ts';
import type { WatchEvent, WatchedRecord } from '../../../parties/complaint-watch.ts';
import { defineCommand } from '../../command.ts';
import { type Naming, naming } from '../../daemon/words.ts';
import { archiveOption, integer, ledgerId, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { stopSignal } from '../../signals.ts';
import { openRole } from '../../sites.ts';
import { complaintsInWords } from '../../text/complaints.ts';

interface RunFlags extends RoleFlags {
  ledger?: Uint8Array;
  once?: boolean;
  interval: number;
}

export const hospitalRun = defineCommand({
  examples: ['mistore hospital run --keystore hospital.json', 'mistore hospital run --ledger 0x12ab… --once --json'],
  roles: ['hospital'],
  configure: (command) =>
    roleOptions(
      command
        .option('--ledger <id>', 'this ledger only', ledgerId)
        .option('--once', 'show what stands now, and end')
        .option('--interval <seconds>', 'how often to look at the chain', integer(1, 3600), 30),
    ).addOption(archiveOption()),
  run,
});

async function run(output: Output, options: RunFlags): Promise<object> {
  const { ComplaintWatch } = await import('../../../parties/complaint-watch.ts');
  const { Hospital } = await import('../../../parties/hospital.ts');
  const { once = false } = options;
  const say = (line: string) => output.note(once ? line : `${new Date().toISOString()} ${line}`);
  const { site, seed } = await openRole(options, { say });
  const hospital = new Hospital(site, seed);
  const named = naming(output.names);
  const watch = new ComplaintWatch(site, hospital, {
    ...(options.ledger !== undefined && { ledgerId: options.ledger }),
    signal: stopSignal(),
    onEvent: (event) => {
      if (once && event.kind === 'watching') return; // The result says as much.
      for (const line of inWords(event, named)) say(line);
    },
  });
  await (once ? watch.round() : watch.run(1000 * options.interval));
  const { records, ledgers, leftOut } = watch;
  const voids = records.filter(({ isVoid }) => isVoid).length;
  output.print(
    `${counted(ledgers.length, 'ledger')}: complaints or public shares of ${counted(records.length, 'record')}, of which ${voids} void.`,
  );
  if (leftOut.length > 0) process.exitCode = 1;
  return {
    address: addressText(hospital.address),
    ledgers,
    records: records.map(({ ledgerId: ledger, recordId: record, ...rest }) => ({ ledger, record, ...rest })),
    leftOut: leftOut.map(({ ledgerId: ledger, error }) => ({ ledger, why: error.message })),
  };
}

/** What happened, as lines for people. */
function inWords(event: WatchEvent, named: Naming): string[] {
  switch (event.kind) {
    case 'watching': {
      const { ledgerId, batches, records } = event;
      const against = `complaints or public shares of ${counted(records, 'record')}`;
      return [`Watching ledger ${named(ledgerId)}: ${counted(batches, 'batch', 'batches')}, ${against}.`];
    }
    case 'record':
      return recordInWords(event.record, named);
    case 'cleared':
      return [`Ledger ${named(event.ledgerId)}: nothing stands against record ${event.recordId} any more.`];
    case 'left-out':
      return [`Ledger ${named(event.ledgerId)} is left out: ${event.error.message}.`];
    case 'away':
      return [`The chain cannot be read: ${event.error.message}. It is tried again.`];
    case 'back':
      return ['The chain can be read again.'];
  }
}

function recordInWords(record: WatchedRecord, named: Naming): string[] {
  const { ledgerId: ledger, recordId, standing, toVoid, justifiable, isVoid, carriedBy } = record;
  const lines = [`Ledger ${named(ledger)}: ${complaintsInWords(record)}`];
  if (!isVoid && standing.length > 0) {
    lines.push(`  ${counted(toVoid, 'more complaint')} would make it void.`);
  }
  if (isVoid) {
    lines.push(
      carriedBy === null
        ? '  No carry record has been stored for it: where it ends its series, the next ingest with rows stores one.'
        : `  Record ${carriedBy} carries its series' total on.`,
    );
  }
  if (standing.length > 0) {
    lines.push(
      justifiable === 0
        ? '  No further share of it may become public, so no complaint about it can be justified.'
        : `  Justifying a complaint makes that seat's share of it public for ever, at most ${justifiable} more: mistore hospital justify --ledger ${ledger} --record ${recordId} --seat ${standing[0]}`,
    );
  }
  return lines;
}
