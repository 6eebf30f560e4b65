// mistore query show: where a query stands, recomputed from its consent and its records, and what to do next.
import { fromHex, type Hex } from '../../../bytes.ts';
import { defineCommand } from '../../command.ts';
import { QUERY_ARGUMENT, queryIdOf, readQuery } from '../../input/query-argument.ts';
import { archiveOption, type ChainFlags, chainOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';
import { timeInWords } from '../../text/times.ts';
import { feeInJson, feeInWords, nextStep, phaseInWords, timeOf } from '../../text/words/query-words.ts';

export const queryShow = defineCommand({
  examples: ['mistore query show consent.json', 'mistore query show 0x12ab…'],
  configure: (command) => chainOptions(command.argument(...QUERY_ARGUMENT)).addOption(archiveOption()),
  run: show,
});

async function show(output: Output, options: ChainFlags, name: string): Promise<object> {
  const { QueryView } = await import('../../../ledger/query-view.ts');
  const { queryReports } = await import('../../../parties/query-report.ts');
  const given = await readQuery(name);
  const site = await openReader(options);
  const queryId = await queryIdOf(site, given);
  const id = fromHex(queryId);
  const query = await QueryView.load(site, id);
  const report = (await queryReports(site, { queryId: id }))[0]!;
  const { phase, edges, threshold, answeredSeats, deadline, fee } = report;
  const { ledgerId: ledger, insurer, patient } = query.consent;
  const records = query.isSealed ? query.count : null;
  const { names } = output;
  const nameOf = (account: Hex) => names.account(fromHex(account));
  output.table(
    ['query', queryId],
    [
      ['ledger', names.ledger(fromHex(ledger))],
      ['insurer', nameOf(insurer)],
      ['patient', nameOf(patient)],
      ['state', phaseInWords(report)],
      ['records', records ?? 'not known yet'],
      ['edges', edges],
      ['answers', answeredSeats.map((seat) => `seat ${seat}: ${names.account(query.epoch.servers[seat - 1]!)}`)],
      ['deadline', timeInWords(deadline)],
      ['fee, ether', feeInWords(fee)],
    ],
  );
  output.print(nextStep(report, name));
  const shown = { query: queryId, ledger, insurer, patient, state: phase, records, edges, threshold };
  return { ...shown, answeredSeats, deadline: timeOf(deadline), fee: feeInJson(fee) };
}
