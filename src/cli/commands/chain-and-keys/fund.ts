// mistore fund: ether for an account of an embedded chain.
import { addressText } from '../../../address.ts';
import { fund as setBalance } from '../../../chain/embedded-node.ts';
import { defineCommand } from '../../command.ts';
import { endpointsFor } from '../../deployment.ts';
import { address, type ChainFlags, integer, networkOption, rpcOption } from '../../options.ts';
import type { Output } from '../../output.ts';

const WEI_PER_ETHER = 10n ** 18n;

export const fund = defineCommand({
  examples: ['mistore fund alpha --ether 5', 'mistore fund 0xAB12…'],
  configure: (command) =>
    command
      .argument('<account>', 'its address or name', address)
      .option('--ether <amount>', 'balance to set, in ether', integer(0, 1e9), 1000)
      .addOption(rpcOption())
      .addOption(networkOption()),
  run: runFund,
});

async function runFund(
  output: Output,
  { ether, ...options }: ChainFlags & { ether: number },
  account: Uint8Array,
): Promise<object> {
  const { rpc } = await endpointsFor(options);
  await setBalance(rpc, account, BigInt(ether) * WEI_PER_ETHER);
  output.print(`${output.names.account(account)} now has ${ether} ether.`);
  return { address: addressText(account), ether };
}
