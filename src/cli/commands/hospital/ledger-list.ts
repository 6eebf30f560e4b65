// mistore ledger list: the ledgers of the contract, or those of one hospital or server.
import { addressText } from '../../../address.ts';
import { fromHex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import { defineCommand } from '../../command.ts';
import { address, type ChainFlags, chainOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';

interface ListFlags extends ChainFlags {
  of?: Uint8Array;
}

interface Listed {
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
  run: list,
});

const amount = (head: string) => ({ head, amount: true });

async function list(output: Output, { of, ...options }: ListFlags): Promise<object> {
  const { listLedgers } = await import('../../../ledger/ledgers.ts');
  const site = await openReader(options);
  const ledgers: Listed[] = [];
  const shown: (readonly [ledger: string, hospital: string])[] = [];
  for await (const { ledgerId, hospital, terms, state } of listLedgers(site, of)) {
    shown.push([output.names.ledger(fromHex(ledgerId)), output.names.account(hospital)]);
    const { threshold, servers, currency, lanes } = terms;
    const { joined, nextBatch, nextRecordId } = state;
    ledgers.push({
      ...{ ledger: ledgerId, hospital: addressText(hospital), threshold, servers: servers.length },
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
      ledgers.map((one, l) => [
        ...shown[l]!,
        `${one.threshold} of ${one.servers}`,
        one.active ? 'active' : `waits for ${counted(one.servers - one.joined, 'server')} to join`,
        `${one.lanes.join(', ')} in ${one.currency}`,
        one.batches,
        one.records,
      ]),
    );
  }
  output.print(ledgers.length === 0 ? 'No ledger.' : `${counted(ledgers.length, 'ledger')} in all.`);
  return { ledgers };
}
