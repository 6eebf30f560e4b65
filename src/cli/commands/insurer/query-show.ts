// mistore query show: where a query stands, recomputed from its consent and its records.
import { fromHex, type Hex } from '../../../bytes.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, type ChainFlags, chainOptions, queryIdText } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';

export const queryShow = defineCommand({
  name: 'show',
  description: 'show a query: whose it is, over how many records, and who has answered',
  examples: ['mistore query show 0x12ab…'],
  configure: (command) =>
    chainOptions(command.argument('<query>', 'the query id', queryIdText)).addOption(archiveOption()),
  run: show,
});

async function show(output: Output, options: ChainFlags, queryId: Hex): Promise<object> {
  const { QueryView } = await import('../../../ledger/query-view.ts');
  const site = await openReader(options);
  const id = fromHex(queryId);
  const query = await QueryView.load(site, id);
  const { status, answeredSeats } = await site.contract.queryState(id);
  const shown = {
    query: queryId,
    ledger: query.consent.ledgerId,
    insurer: query.consent.insurer,
    patient: query.consent.patient,
    status,
    records: query.isSealed ? query.count : null,
    edges: query.told.length,
    threshold: query.ledger.terms.threshold,
    answeredSeats,
    deadline: new Date(Number(query.consent.deadline) * 1000).toISOString(),
  };
  output.table(
    ['query', 'value'],
    Object.entries(shown).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]),
  );
  return shown;
}
