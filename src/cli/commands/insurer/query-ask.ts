// mistore query ask: an insurer asks for the sum that a consent allows, with or without a fee for the servers.
import { ether } from '../../../chain/errors.ts';
import { counted } from '../../../counted.ts';
import { readTextFile } from '../../../files/text-file.ts';
import type { QuerySent } from '../../../parties/insurer.ts';
import { defineCommand } from '../../command.ts';
import { archiveOption, integer, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { dryRunOption, etherAmount, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { costInWords, costOf } from '../../text/cost.ts';
import { type DryRunFlags, sayPlan, sayTotal } from '../../text/spending.ts';

interface AskFlags extends RoleFlags, DryRunFlags {
  fee?: bigint;
  payDays: number;
}

export const queryAsk = defineCommand({
  examples: [
    'mistore query ask consent.json --keystore insurer.json',
    'mistore query ask consent.json --keystore insurer.json --fee 0.002',
  ],
  roles: ['insurer'],
  configure: (command) =>
    roleOptions(
      feeOptions(
        command
          .argument('<consent>', 'the consent file')
          .option(
            '--fee <ether>',
            'for each of the answers that the sum takes; none if not given',
            etherAmount({ allowsNone: true }),
          )
          .option(
            '--pay-days <days>',
            'how long an answer can earn it before it can be taken back',
            integer(1, 364),
            30,
          )
          .addOption(dryRunOption()),
      ),
    ).addOption(archiveOption()),
  run: ask,
});

async function ask(output: Output, { fee, payDays, ...options }: AskFlags, file: string): Promise<object> {
  const { Insurer } = await import('../../../parties/insurer.ts');
  const { parseSignedConsent } = await import('../../../records/consent-file.ts');
  const consent = parseSignedConsent(await readTextFile(file));
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  const offer = {
    ...(fee !== undefined && { fee }),
    ...(fee && { payUntil: Math.floor(Date.now() / 1000) + 86_400 * payDays }),
  };
  const plan = await sayPlan(output, site, options, (planned) => new Insurer(planned, seed).query(consent, offer));
  if (options.dryRun) return { dryRun: true, ...plan };
  const bar = output.progress('Query', consent.edges.length, 'edges');
  const asked = await new Insurer(site, seed).query(consent, { ...offer, onProgress: (done) => bar.update(done) });
  bar.done();
  sayTotal(output, site);
  for (const line of inWords(asked)) output.print(line);
  output.note(`When enough servers have answered: mistore sum open ${asked.queryId}`);
  const { queryId: query, records, edges, transactions } = asked;
  return {
    query,
    records,
    edges,
    transactions: transactions.length,
    ...costOf(transactions),
    share: asked.fee,
    paid: asked.paid,
  };
}

function inWords({ queryId, records, edges, transactions, fee, paid }: QuerySent): string[] {
  const over = `Query ${queryId} over ${counted(records, 'record')}`;
  if (transactions.length === 0) return [`${over} had been asked before; nothing was sent.`];
  const asked = `${over} (${counted(edges, 'edge')}), in ${counted(transactions.length, 'transaction')} (${costInWords(costOf(transactions))}). The servers can answer it.`;
  if (paid === 0n) return [asked];
  return [asked, `Paid ${ether(paid)} ether: ${ether(fee)} for each of ${counted(Number(paid / fee), 'answer')}.`];
}
