// mistore query cancel: an insurer gives up a query that is not sealed.
import { ether } from '../../../chain/errors.ts';
import { defineCommand } from '../../command.ts';
import { consentOf, QUERY_ARGUMENT, queryIdOf, readQuery } from '../../input/query-argument.ts';
import { type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { sayPlan, sayTotal } from '../../text/spending.ts';

export const queryCancel = defineCommand({
  examples: [
    'mistore query cancel consent.json --keystore insurer.json',
    'mistore query cancel 0x12ab… --keystore insurer.json',
  ],
  roles: ['insurer'],
  configure: (command) => roleOptions(feeOptions(command.argument(...QUERY_ARGUMENT))),
  run: cancel,
});

async function cancel(output: Output, options: RoleFlags & FeeFlags, name: string): Promise<object> {
  const { Insurer } = await import('../../../parties/insurer.ts');
  const given = await readQuery(name);
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  const query = await queryIdOf(site, given);
  const consent = await consentOf(site, given);
  await sayPlan(output, site, options, (planned) => new Insurer(planned, seed).cancel(consent));
  const returned = await new Insurer(site, seed).cancel(consent);
  const spent = sayTotal(output, site);
  output.print(`Query ${query} is cancelled; its consent cannot be used again.`);
  if (returned > 0n) output.note(`Its fee, ${ether(returned)} ether, is yours again: mistore query refund ${name}`);
  return { query, cancelled: true, returned, ...spent };
}
