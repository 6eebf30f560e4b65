// mistore query: an insurer asks for the sum that a consent allows.
import { readTextFile } from '../../../files/text-file.ts';
import { parseSignedConsent } from '../../../query/signed-consent.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';

export const query = defineCommand({
  name: 'query',
  description: 'ask for the sum that a consent allows (insurer); the same command again continues an interrupted one',
  examples: ['mistore query consent.json --keystore insurer.json'],
  configure: (command) =>
    roleOptions(feeOptions(command.argument('<consent>', 'the consent file'))).addOption(archiveOption()),
  run: runQuery,
});

async function runQuery(output: Output, options: RoleFlags & FeeFlags, file: string): Promise<object> {
  const { Insurer } = await import('../../../parties/insurer.ts');
  const consent = parseSignedConsent(await readTextFile(file));
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  const bar = output.progress('Query', consent.recordIds.length, 'records');
  const asked = await new Insurer(site, seed).query(consent, (done) => bar.update(done));
  const { queryId, records, transactions } = asked;
  bar.done();
  output.print(
    transactions.length > 0
      ? `Query ${queryId} over ${records} records, ${transactions.length} transactions. The servers can answer it.`
      : `Query ${queryId} over ${records} records had been asked before; nothing was sent.`,
  );
  output.note(`When enough servers have answered: mistore sum ${queryId}`);
  return {
    query: queryId,
    records,
    transactions: transactions.length,
    gas: transactions.reduce((gas, { gasUsed }) => gas + gasUsed, 0n),
  };
}
