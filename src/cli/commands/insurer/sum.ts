// mistore sum: an insurer opens the sum from the servers' answers.
import type { Hex } from '../../../bytes.ts';
import { formatLanes } from '../../../records/terms.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, queryIdText, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { openRole } from '../../sites.ts';

export const sum = defineCommand({
  name: 'sum',
  description: 'open the sum from the accepted answers (insurer)',
  examples: ['mistore sum 0x12ab… --keystore insurer.json'],
  configure: (command) =>
    roleOptions(command.argument('<query>', 'the query id', queryIdText)).addOption(archiveOption()),
  run: openSum,
});

async function openSum(output: Output, options: RoleFlags, queryId: Hex): Promise<object> {
  const { Insurer } = await import('../../../parties/insurer.ts');
  const { site, seed } = await openRole(options);
  const found = await new Insurer(site, seed).sum(queryId);
  const { amounts, currency, records, seats, opening, ledgerId } = found;
  const sums = formatLanes(found, amounts);
  output.table(['lane', `sum, ${currency}`], Object.entries(sums));
  output.print(`Over ${records} records of ledger ${ledgerId}, from the answers of the seats ${seats.join(', ')}.`);
  return { query: queryId, ledger: ledgerId, records, currency, sums, seats, opening };
}
