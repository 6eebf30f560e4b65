// mistore query show: where a query stands, recomputed from its consent and its records.
import { fromHex, type Hex } from '../../../bytes.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, type ChainFlags, chainOptions, queryIdText } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';
import { feeInJson, feeInWords, phaseInWords, timeOf } from '../../text/query-words.ts';

export const queryShow = defineCommand({
  examples: ['mistore query show 0x12ab…'],
  configure: (command) =>
    chainOptions(command.argument('<query>', 'the query id', queryIdText)).addOption(archiveOption()),
  run: show,
});

async function show(output: Output, options: ChainFlags, queryId: Hex): Promise<object> {
  const { QueryView } = await import('../../../ledger/query-view.ts');
  const { queryReports } = await import('../../../parties/query-report.ts');
  const site = await openReader(options);
  const id = fromHex(queryId);
  const query = await QueryView.load(site, id);
  const report = (await queryReports(site, { queryId: id }))[0]!;
  const { phase, edges, threshold, answeredSeats, deadline, fee } = report;
  const shown = {
    query: queryId,
    ledger: query.consent.ledgerId,
    insurer: query.consent.insurer,
    patient: query.consent.patient,
    state: phase,
    records: query.isSealed ? query.count : null,
    edges,
    threshold,
    answeredSeats,
    deadline: timeOf(deadline),
    fee: feeInJson(fee),
  };
  const inWords = { ...shown, state: phaseInWords(report), fee: `${feeInWords(fee)}${fee ? ' (ether)' : ''}` };
  output.table(
    ['query', 'value'],
    Object.entries(inWords).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]),
  );
  return shown;
}
