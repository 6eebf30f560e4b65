// Commands about the chain: node (an embedded one) and deploy.
import type { Command } from 'commander';
import { addressText } from '../chain/account.ts';
import { startNode } from '../chain/embedded-node.ts';
import { createSender } from '../chain/sending/sender.ts';
import { deploy } from '../contract/client.ts';
import { accountKey } from '../identity/keys.ts';
import { action } from './command.ts';
import { type CommonOptions, integer, jsonOption, keystoreOption, passwordOption, rpcOption } from './options.ts';
import { readSeed } from './secrets.ts';

export function addChain(program: Command): void {
  program
    .command('node')
    .description("run an embedded Ethereum chain (anvil) with mainnet's gas caps, until Ctrl-C")
    .option('--port <number>', 'port on 127.0.0.1', integer(1, 65535), 8545)
    .option('--state <file>', 'read the chain from this file, and write it there at the end')
    .option(
      '--block-time <seconds>',
      'seconds from block to block; at once for each transaction if not given',
      integer(1, 3600),
    )
    .addOption(jsonOption())
    .action(
      action(
        async (
          output,
          { port, state, blockTime }: { json?: boolean; port: number; state?: string; blockTime?: number },
        ) => {
          // Listeners that stay: the node ends the process itself on a signal that nobody listens to any more.
          const stopped = new Promise((resolve) => {
            for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, resolve);
          });
          const node = await startNode({ port, ...(state && { state }), ...(blockTime && { blockTime }) });
          output.say(`Chain ${node.chainId} at ${node.url}. Ctrl-C stops it.`);
          output.result({ url: node.url, chainId: node.chainId, ready: true });
          await stopped;
          await node.stop();
          return { url: node.url, stopped: true };
        },
      ),
    );

  program
    .command('deploy')
    .description('deploy the MIStore contract; prints its address')
    .addOption(rpcOption())
    .addOption(keystoreOption())
    .addOption(passwordOption())
    .addOption(jsonOption())
    .action(
      action(async (output, options: CommonOptions) => {
        const sender = await createSender({ rpc: options.rpc, privateKey: accountKey(await readSeed(options)) });
        const { address, receipt } = await deploy(sender);
        sender.close();
        output.say(`Contract ${addressText(address)}, ${receipt.gasUsed} gas.`);
        return { contract: addressText(address), gas: receipt.gasUsed, transaction: receipt.transactionHash };
      }),
    );
}
