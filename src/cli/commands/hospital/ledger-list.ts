// mistore ledger list: the ledgers of the contract, or those of one hospital or server.
import { addressText } from '../../../address.ts';
import { equalBytes, toHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { defineCommand } from '../../command.ts';
import { address, type ChainFlags, chainOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';

interface ListFlags extends ChainFlags {
  of?: Uint8Array;
}

interface Listed {
  /** For people. */
  names: { ledger: string; hospital: string };
  ledger: string;
  hospital: string;
  threshold: number;
  servers: number;
  joined: number;
  active: boolean;
  batches: number;
  records: number;
  currency: string;
  lanes: readonly string[];
}

export const ledgerList = defineCommand({
  examples: ['mistore ledger list', 'mistore ledger list --of 0xAB12…'],
  configure: (command) => chainOptions(command.option('--of <address>', 'a hospital or server', address)),
  run: listLedgers,
});

const amount = (head: string) => ({ head, amount: true });

async function listLedgers(output: Output, { of, ...options }: ListFlags): Promise<object> {
  const { checkTerms } = await import('../../../ledger/view.ts');
  const site = await openReader(options);
  const ledgers: Listed[] = [];
  for await (const opened of site.events.read('LedgerOpened', {})) {
    const { ledgerId, hospital, terms } = opened;
    checkTerms(site, ledgerId, opened);
    if (of !== undefined && !equalBytes(of, hospital) && (await site.contract.seatOf(ledgerId, of)).seat === 0)
      continue;
    const { joined, nextBatch, nextRecordId } = await site.contract.getLedger(ledgerId);
    const { threshold, servers, currency, lanes } = terms;
    ledgers.push({
      names: { ledger: output.names.ledger(ledgerId), hospital: output.names.account(hospital) },
      ...{ ledger: toHex(ledgerId), hospital: addressText(hospital), threshold, servers: servers.length },
      ...{ joined, active: joined === servers.length, batches: nextBatch, records: nextRecordId, currency, lanes },
    });
  }
  if (ledgers.length > 0) {
    output.table(
      [
        'ledger',
        { head: 'hospital', short: true },
        'committee',
        'state',
        'amounts',
        amount('batches'),
        amount('records'),
      ],
      ledgers.map((one) => [
        one.names.ledger,
        one.names.hospital,
        `${one.threshold} of ${one.servers}`,
        one.active ? 'active' : `waits for ${counted(one.servers - one.joined, 'server')} to join`,
        `${one.lanes.join(', ')} in ${one.currency}`,
        one.batches,
        one.records,
      ]),
    );
  }
  output.print(ledgers.length === 0 ? 'No ledger.' : `${counted(ledgers.length, 'ledger')} in all.`);
  return { ledgers: ledgers.map(({ names: _, ...one }) => one) };
}
