// mistore query list: an account's queries, their state and their fees.
import { defineCommand } from '../../command.ts';
import { address, type ChainFlags, chainOptions, ledgerId } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openReader } from '../../sites.ts';
import { feeInJson, feeInWords, phaseInWords, timeOf } from '../../text/query-words.ts';

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
  output.table(
    ['query', 'ledger', 'state', 'deadline', 'fee, ether'],
    reports.map((one) => [one.queryId, one.ledgerId, phaseInWords(one), timeOf(one.deadline), feeInWords(one.fee)]),
  );
  return {
    queries: reports.map(({ queryId, ledgerId: of, phase, edges, threshold, answeredSeats, deadline, fee }) => ({
      ...{ query: queryId, ledger: of, state: phase, edges, threshold, answers: answeredSeats.length },
      ...{ deadline: timeOf(deadline), fee: feeInJson(fee) },
    })),
  };
}
