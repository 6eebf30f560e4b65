// mistore query ask: an insurer asks for the sum that a consent allows.

import { counted } from '../../../counted.ts';
import { readTextFile } from '../../../files/text-file.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { costInWords, costOf } from '../../text/cost.ts';

export const queryAsk = defineCommand({
  name: 'ask',
  description: 'ask for the sum that a consent allows (insurer); the same command again continues an interrupted one',
  examples: ['mistore query ask consent.json --keystore insurer.json'],
  configure: (command) =>
    roleOptions(feeOptions(command.argument('<consent>', 'the consent file'))).addOption(archiveOption()),
  run: ask,
});

async function ask(output: Output, options: RoleFlags & FeeFlags, file: string): Promise<object> {
  const { Insurer } = await import('../../../parties/insurer.ts');
  const { parseSignedConsent } = await import('../../../records/consent-file.ts');
  const consent = parseSignedConsent(await readTextFile(file));
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  const bar = output.progress('Query', consent.edges.length, 'edges');
  const asked = await new Insurer(site, seed).query(consent, (done) => bar.update(done));
  const { queryId, records, edges, transactions } = asked;
  bar.done();
  output.print(
    transactions.length > 0
      ? `Query ${queryId} over ${counted(records, 'record')} (${counted(edges, 'edge')}), in ${counted(transactions.length, 'transaction')} (${costInWords(costOf(transactions))}). The servers can answer it.`
      : `Query ${queryId} over ${counted(records, 'record')} had been asked before; nothing was sent.`,
  );
  output.note(`When enough servers have answered: mistore sum open ${queryId}`);
  return {
    query: queryId,
    records,
    edges,
    transactions: transactions.length,
    ...costOf(transactions),
  };
}
