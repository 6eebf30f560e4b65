// mistore ledger show: a ledger's terms and size, and whom it waits for.
import { addressText } from '../../../chain/account.ts';
import type { Site } from '../../../ledger/site.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, type ChainFlags, chainOptions, ledgerNumber } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';

export const ledgerShow = defineCommand({
  name: 'show',
  description: "show a ledger's terms and size",
  examples: ['mistore ledger show 1'],
  configure: (command) =>
    chainOptions(command.argument('<ledger>', 'number of the ledger', ledgerNumber)).addOption(archiveOption()),
  run: showLedger,
});

async function showLedger(output: Output, options: ChainFlags, ledgerId: bigint): Promise<object> {
  const { LedgerView } = await import('../../../ledger/view.ts');
  const site = await openReader(options);
  const view = await LedgerView.load(site, ledgerId);
  const { opening } = view;
  const { joined, nextBatch, nextRecordId } = await view.state();
  const active = joined === opening.servers.length;
  const shown = {
    ledger: ledgerId,
    hospital: addressText(opening.hospital),
    threshold: opening.threshold,
    servers: opening.servers.map(addressText),
    joined,
    active,
    notJoined: active ? [] : await missing(site, ledgerId, opening.servers),
    lanes: opening.lanes,
    scale: opening.scale,
    currency: opening.currency,
    minRecords: opening.minRecords,
    batches: nextBatch,
    records: nextRecordId,
  };
  output.table(
    ['term', 'value'],
    Object.entries(shown).map(([name, value]) => [name, Array.isArray(value) ? value : String(value)]),
  );
  return shown;
}

/** The servers that have not joined. */
async function missing({ contract }: Site, ledgerId: bigint, servers: readonly Uint8Array[]): Promise<string[]> {
  const waiting: string[] = [];
  for (const server of servers) {
    if (!(await contract.seatOf(ledgerId, server)).joined) waiting.push(addressText(server));
  }
  return waiting;
}
