// mistore ledger list: the ledgers of the contract, or those of one hospital or server.
import { addressText } from '../../../address.ts';
import { equalBytes, toHex } from '../../../bytes.ts';
import { defineCommand } from '../../command.ts';
import { address, type ChainFlags, chainOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';

interface ListFlags extends ChainFlags {
  of?: Uint8Array;
}

export const ledgerList = defineCommand({
  examples: ['mistore ledger list', 'mistore ledger list --of 0xAB12…'],
  configure: (command) => chainOptions(command.option('--of <address>', 'a hospital or server', address)),
  run: listLedgers,
});

async function listLedgers(output: Output, { of, ...options }: ListFlags): Promise<object> {
  const { checkTerms } = await import('../../../ledger/view.ts');
  const site = await openReader(options);
  const ledgers: { ledger: string; hospital: string; threshold: number; servers: number; records: number }[] = [];
  for await (const opened of site.events.read('LedgerOpened', {})) {
    const { ledgerId, hospital, terms } = opened;
    checkTerms(site, ledgerId, opened);
    if (of !== undefined && !equalBytes(of, hospital) && (await site.contract.seatOf(ledgerId, of)).seat === 0)
      continue;
    const { nextRecordId } = await site.contract.getLedger(ledgerId);
    const { threshold, servers } = terms;
    const size = { threshold, servers: servers.length, records: nextRecordId };
    ledgers.push({ ledger: toHex(ledgerId), hospital: addressText(hospital), ...size });
  }
  output.table(
    ['ledger', 'hospital', 'committee', { head: 'records', amount: true }],
    ledgers.map((one) => [one.ledger, one.hospital, `${one.threshold} of ${one.servers}`, one.records]),
  );
  return { ledgers };
}
