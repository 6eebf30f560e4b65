// mistore deploy: the contract onto a chain.
import { addressText } from '../../../chain/account.ts';
import { accountKey } from '../../../identity/keys.ts';
import { defineCommand } from '../../command.ts';
import { readSeed } from '../../input/secrets.ts';
import { type KeyFlags, keyOptions, rpcOption } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';

export const deploy = defineCommand({
  name: 'deploy',
  description: 'deploy the MIStore contract; prints its address',
  examples: ['mistore deploy --keystore operator.json'],
  configure: (command) => keyOptions(feeOptions(command).addOption(rpcOption())),
  run: runDeploy,
});

async function runDeploy(output: Output, options: KeyFlags & FeeFlags & { rpc: string }): Promise<object> {
  const { createSender } = await import('../../../chain/sending/sender.ts');
  const { deploy: deployContract } = await import('../../../contract/client.ts');
  const sender = await createSender({
    rpc: options.rpc,
    privateKey: accountKey(await readSeed(options)),
    ...feesOf(options),
  });
  const { address, receipt } = await deployContract(sender);
  sender.close();
  output.print(`Contract ${addressText(address)}, ${receipt.gasUsed} gas.`);
  return { contract: addressText(address), gas: receipt.gasUsed, transaction: receipt.transactionHash };
}
