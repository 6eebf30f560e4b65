// mistore query list: an account's queries, their state and their fees.

import { fromHex, type Hex } from '../../../bytes.ts';
import { counted } from '../../../counted.ts';
import type { QueryReport } from '../../../parties/query-report.ts';
import { defineCommand } from '../../command.ts';
import { address, type ChainFlags, chainOptions, ledgerId } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';
import { dayInWords } from '../../text/times.ts';
import { feeInJson, feeInWords, phaseInWords, timeOf } from '../../text/words/query-words.ts';

interface ListFlags extends ChainFlags {
  insurer?: Uint8Array;
  ledger?: Uint8Array;
}

export const queryList = defineCommand({
  examples: ['mistore query list --insurer 0xAB12…', 'mistore query list --ledger 0x12ab…'],
  configure: (command) =>
    chainOptions(
      command
        .option('--insurer <address>', 'of this insurer', address)
        .option('--ledger <id>', 'over records of this ledger', ledgerId),
    ),
  run: list,
});

async function list(output: Output, { insurer, ledger, ...options }: ListFlags): Promise<object> {
  const { queryReports } = await import('../../../parties/query-report.ts');
  const site = await openReader(options);
  const reports = await queryReports(site, { ...(insurer && { insurer }), ...(ledger && { ledgerId: ledger }) });
  for (const id of new Set(reports.map((one) => one.ledgerId))) showLedger(output, id, reports);
  output.print(reports.length === 0 ? 'No query.' : `${counted(reports.length, 'query', 'queries')} in all.`);
  return {
    queries: reports.map(
      ({ queryId, ledgerId: of, phase, edges, threshold, answeredSeats, deadline, fee, ...one }) => ({
        ...{ query: queryId, ledger: of, insurer: one.insurer, state: phase, edges, threshold },
        ...{ answers: answeredSeats.length, deadline: timeOf(deadline), fee: feeInJson(fee) },
      }),
    ),
  };
}

/** The queries over one ledger's records, in the order in which they were opened. */
function showLedger(output: Output, id: Hex, reports: readonly QueryReport[]): void {
  output.print(`Ledger ${output.names.ledger(fromHex(id))}:`);
  output.table(
    ['query', { head: 'insurer', short: true }, 'state', 'open until', 'fee, ether'],
    reports
      .filter(({ ledgerId }) => ledgerId === id)
      .map((one) => [
        one.queryId,
        output.names.account(fromHex(one.insurer)),
        phaseInWords(one),
        dayInWords(one.deadline),
        feeInWords(one.fee),
      ]),
  );
}
