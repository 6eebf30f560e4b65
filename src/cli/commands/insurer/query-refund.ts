// mistore query refund: an insurer takes back what is left of a query's fee.
import { fromHex } from '../../../bytes.ts';
import { ether } from '../../../chain/errors.ts';
import { MIStoreError } from '../../../errors.ts';
import { defineCommand } from '../../command.ts';
import { consentOf, QUERY_ARGUMENT, queryIdOf, readQuery } from '../../input/query-argument.ts';
import { type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { sayPlan, sayTotal } from '../../text/spending.ts';

export const queryRefund = defineCommand({
  examples: [
    'mistore query refund consent.json --keystore insurer.json',
    'mistore query refund 0x12ab… --keystore insurer.json',
  ],
  roles: ['insurer'],
  configure: (command) => roleOptions(feeOptions(command.argument(...QUERY_ARGUMENT))),
  run: refund,
});

async function refund(output: Output, options: RoleFlags & FeeFlags, name: string): Promise<object> {
  const { Insurer } = await import('../../../parties/insurer.ts');
  const given = await readQuery(name);
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  const insurer = new Insurer(site, seed);
  const query = await queryIdOf(site, given);
  const { left } = await site.contract.feeOf(fromHex(query));
  if (left === 0 && (await insurer.owed()) === 0n) {
    throw new MIStoreError(
      'NOTHING_TO_REFUND',
      'nothing is left of the fee, and the contract owes this account nothing',
    );
  }
  const named = left > 0 ? await consentOf(site, given) : undefined;
  await sayPlan(output, site, options, async ({ contract }) => {
    if (named) await contract.refund(named.consent);
    await contract.withdraw(insurer.address);
  });
  const refunded = named ? await insurer.refund(named) : 0n;
  const withdrawn = await insurer.withdraw();
  const spent = sayTotal(output, site);
  output.print(
    `Received ${ether(withdrawn)} ether, of which ${ether(refunded)} ether were left of the fee of this query.`,
  );
  return { query, refunded, withdrawn, ...spent };
}
