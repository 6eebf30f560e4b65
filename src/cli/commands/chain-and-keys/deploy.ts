// mistore deploy: the contract onto a chain, and the network file that pins it.
import { addressText } from '../../../address.ts';
import { fromHex, toHex } from '../../../bytes.ts';
import { readCode } from '../../../chain/state.ts';
import { keccak256 } from '../../../keccak.ts';
import { defineCommand } from '../../command.ts';
import { EMBEDDED_RPC, formatNetwork, NETWORK_FILE } from '../../deployment.ts';
import { readSeed } from '../../input/secrets.ts';
import { forceOption, type KeyFlags, keyOptions, rpcOption, witnessOption } from '../../options.ts';
import type { Output } from '../../output.ts';
import { type OutFlags, writePrivate } from '../../private-file.ts';
import { type FeeFlags, feeOptions, feesOf } from '../../sending-options.ts';
import { waitingOf } from '../../sites.ts';
import { costInWords, costOf } from '../../text/cost.ts';

interface DeployFlags extends KeyFlags, OutFlags, FeeFlags {
  json?: boolean;
  rpc?: string;
  witness?: string[];
}

export const deploy = defineCommand({
  examples: ['mistore deploy --keystore operator.json'],
  configure: (command) =>
    keyOptions(
      feeOptions(command)
        .addOption(rpcOption())
        .addOption(witnessOption())
        .option('--out <file>', 'the network file to write', NETWORK_FILE)
        .addOption(forceOption()),
    ),
  run: runDeploy,
});

async function runDeploy(output: Output, { rpc: url = EMBEDDED_RPC, ...options }: DeployFlags): Promise<object> {
  const { createSender } = await import('../../../chain/sending/sender.ts');
  const { deploy: deployContract } = await import('../../../contract/client.ts');
  const { connect } = await import('../../../chain/witnesses.ts');
  const { accountKey } = await import('../../../identity/keys.ts');
  const rpc = connect(url, options.witness, waitingOf(options));
  const privateKey = accountKey(await readSeed(options));
  const deployed = await writePrivate(
    options,
    async () => {
      const sender = await createSender({ rpc, privateKey, ...feesOf(options) });
      const { address, receipt } = await deployContract(sender);
      sender.close();
      const code = fromHex(await readCode(rpc, address), 'code');
      return { address, receipt, network: { chainId: sender.chainId, contract: address, codeHash: keccak256(code) } };
    },
    ({ network }) => formatNetwork({ ...network, endpoint: url }),
  );
  const { address, receipt, network } = deployed;
  const cost = costOf([receipt]);
  output.print(`Contract ${addressText(address)} on chain ${network.chainId}, ${costInWords(cost)}.`);
  output.note(`Wrote ${options.out}: give it to every role. Commands in its folder and below find it.`);
  return {
    contract: addressText(address),
    file: options.out,
    codeHash: toHex(network.codeHash),
    ...cost,
    transaction: receipt.transactionHash,
  };
}
