// mistore ledger show: a ledger's terms and size, whom it waits for, and what stands against its records.
import { addressText } from '../../../address.ts';
import { toHex } from '../../../bytes.ts';
import type { Site } from '../../../ledger/site.ts';
import type { LedgerView } from '../../../ledger/view.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, type ChainFlags, chainOptions, ledgerId } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';
import { complaintsInWords } from '../../text/complaints.ts';
import { showFingerprints } from '../../text/fingerprints.ts';

/** Records with complaints that are shown to people. */
const MOST_LINES = 20;

interface ShowFlags extends ChainFlags {
  fingerprint?: boolean;
}

export const ledgerShow = defineCommand({
  examples: ['mistore ledger show 0x12ab…', 'mistore ledger show 0x12ab… --fingerprint'],
  configure: (command) =>
    chainOptions(
      command
        .argument('<ledger>', 'id of the ledger', ledgerId)
        .option('--fingerprint', "show the fingerprints of the servers' keys, which people compare by telephone"),
    ).addOption(archiveOption()),
  run: showLedger,
});

async function showLedger(output: Output, options: ShowFlags, id: Uint8Array): Promise<object> {
  const { LedgerComplaints } = await import('../../../ledger/complaints.ts');
  const { LedgerView } = await import('../../../ledger/view.ts');
  const { notJoined } = await import('../../../parties/status.ts');
  const site = await openReader(options);
  const ledger = await LedgerView.load(site, id);
  const { hospital, terms, currentEpoch } = ledger;
  const { joined, nextBatch, nextRecordId } = await ledger.state();
  const { servers } = currentEpoch;
  const active = joined === servers.length;
  const shown = {
    ledger: toHex(id),
    hospital: addressText(hospital),
    threshold: terms.threshold,
    servers: servers.map(addressText),
    epoch: currentEpoch.epoch,
    joined,
    active,
    notJoined: active ? [] : (await notJoined(site, ledger, currentEpoch.epoch)).map(addressText),
    resigned: await resigned(site, ledger),
    lanes: terms.lanes,
    scale: terms.scale,
    currency: terms.currency,
    categories: terms.categories,
    minRecords: terms.minRecords,
    batches: nextBatch,
    records: nextRecordId,
  };
  const { records } = await LedgerComplaints.read(site, ledger);
  const { inWords } = await import('../../text/words/ledger-words.ts');
  output.table(['', 'this ledger'], inWords(ledger, shown, records, output.names));
  for (const record of records.slice(0, MOST_LINES)) output.print(complaintsInWords(record));
  if (records.length > MOST_LINES) output.print(`… and ${records.length - MOST_LINES} more: --json has all.`);
  return {
    ...shown,
    complaints: records.map(({ recordId: record, ...rest }) => ({ record, ...rest })),
    ...(options.fingerprint && { fingerprints: await showFingerprints(output, site, terms.servers) }),
  };
}

/** The servers that hold a seat and wish to give it up. */
async function resigned({ events }: Site, { ledgerId, currentEpoch }: LedgerView): Promise<string[]> {
  const wishing = new Set<string>();
  for await (const { server } of events.read('ServerResigned', { ledgerId })) wishing.add(addressText(server));
  return currentEpoch.servers.map(addressText).filter((server) => wishing.has(server));
}
