// mistore fund: ether for an account of an embedded chain.
import { addressText } from '../../../address.ts';
import { fund as setBalance } from '../../../chain/embedded-node.ts';
import { defineCommand } from '../../command.ts';
import { address, integer, rpcOption } from '../../options.ts';
import type { Output } from '../../output.ts';

const WEI_PER_ETHER = 10n ** 18n;

export const fund = defineCommand({
  examples: ['mistore fund 0xAB12… --ether 5'],
  configure: (command) =>
    command
      .argument('<address>', 'the account', address)
      .option('--ether <amount>', 'balance to set, in ether', integer(0, 1e9), 1000)
      .addOption(rpcOption()),
  run: runFund,
});

async function runFund(
  output: Output,
  { rpc, ether }: { rpc: string; ether: number },
  account: Uint8Array,
): Promise<object> {
  await setBalance(rpc, account, BigInt(ether) * WEI_PER_ETHER);
  output.print(`${addressText(account)} now has ${ether} ether.`);
  return { address: addressText(account), ether };
}
