// mistore server withdraw: what the contract owes a server goes to an account.
import { addressText } from '../../../address.ts';
import { ether } from '../../../chain/errors.ts';
import { defineCommand } from '../../command.ts';
import { address, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { sayPlan, sayTotal } from '../../text/spending.ts';

interface WithdrawFlags extends RoleFlags, FeeFlags {
  to?: Uint8Array;
}

export const serverWithdraw = defineCommand({
  examples: [
    'mistore server withdraw --keystore server1.json',
    'mistore server withdraw --keystore server1.json --to 0xAB12…',
  ],
  roles: ['server'],
  configure: (command) =>
    roleOptions(feeOptions(command).option('--to <address>', 'the account that receives it', address)),
  run: withdraw,
});

async function withdraw(output: Output, { to, ...options }: WithdrawFlags): Promise<object> {
  const { Server } = await import('../../../parties/server/server.ts');
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  const server = new Server(site, seed);
  const receiver = to ?? server.address;
  await sayPlan(output, site, options, ({ contract }) => contract.withdraw(receiver));
  const withdrawn = await server.withdraw(to);
  const spent = sayTotal(output, site);
  output.print(`Sent ${ether(withdrawn)} ether to ${output.names.account(receiver)}.`);
  return { withdrawn, to: addressText(receiver), ...spent };
}
