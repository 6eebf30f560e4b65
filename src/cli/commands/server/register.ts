// mistore register: a server's encapsulation key into the contract.
import { addressText } from '../../../address.ts';
import { defineCommand } from '../../command.ts';
import { type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { openRole } from '../../sites.ts';
import { sayPlan, sayTotal } from '../../text/spending.ts';

export const register = defineCommand({
  examples: ['mistore register --keystore server1.json'],
  roles: ['server'],
  configure: (command) => roleOptions(feeOptions(command)),
  run: runRegister,
});

async function runRegister(output: Output, options: RoleFlags & FeeFlags): Promise<object> {
  const { Server } = await import('../../../parties/server/server.ts');
  const { site, seed } = await openRole(options, { sending: feesOf(options) });
  const server = new Server(site, seed);
  await sayPlan(output, site, options, (planned) => new Server(planned, seed).register());
  await server.register();
  const spent = sayTotal(output, site);
  const address = output.names.account(server.address);
  output.print(
    spent.gas > 0n
      ? `Server ${address} is registered.`
      : `Server ${address} had been registered before; nothing was sent.`,
  );
  return { address: addressText(server.address), registered: true, ...spent };
}
