// mistore deploy: the contract onto a chain, and the network file that pins it.
import { addressText } from '../../../address.ts';
import { fromHex, toHex } from '../../../bytes.ts';
import { readChainId, readCode } from '../../../chain/state.ts';
import { MIStoreError } from '../../../errors.ts';
import { keccak256 } from '../../../keccak.ts';
import { NETWORK_FILE, type Network } from '../../../network/network-file.ts';
import { defineCommand } from '../../command.ts';
import { EMBEDDED_RPC } from '../../deployment.ts';
import { readSeed } from '../../input/secrets.ts';
import { type KeyFlags, keyOptions, rpcOption, witnessOption } from '../../options.ts';
import type { Output } from '../../output.ts';
import { dryRunOption, feeOptions, feesOf } from '../../sending-options.ts';
import { waitingOf } from '../../sites.ts';
import { costInWords, costOf } from '../../text/cost.ts';
import { type DryRunFlags, sayPlanOf } from '../../text/spending.ts';

interface DeployFlags extends KeyFlags, DryRunFlags {
  out: string;
  force?: boolean;
  json?: boolean;
  rpc?: string;
  witness?: string[];
}

export const deploy = defineCommand({
  examples: ['mistore deploy --keystore operator.json', 'mistore deploy --keystore operator.json --dry-run'],
  roles: 'any',
  configure: (command) =>
    keyOptions(
      feeOptions(command)
        .addOption(rpcOption())
        .addOption(witnessOption())
        .option('--out <file>', 'the network file to write; one that has only names keeps them', NETWORK_FILE)
        .option('--force', 'also where the file names a contract; the names of its ledgers go, those of accounts stay')
        .addOption(dryRunOption()),
    ),
  run: runDeploy,
});

async function runDeploy(output: Output, { out, force = false, ...options }: DeployFlags): Promise<object> {
  const { createSender } = await import('../../../chain/sending/sender.ts');
  const { deploy: deployContract } = await import('../../../contract/client.ts');
  const { connect } = await import('../../../chain/witnesses.ts');
  const { accountKey } = await import('../../../identity/keys.ts');
  const { accountOf } = await import('../../../chain/account.ts');
  const { changeNetwork, checkWritable, readNetwork } = await import('../../../network/change.ts');
  const before = await readNetwork(out);
  if (!options.dryRun) {
    checkUnpinned(out, before, force);
    await checkWritable(out);
  }
  const url = options.rpc ?? before.endpoint ?? EMBEDDED_RPC;
  const rpc = connect(url, options.witness, waitingOf(options));
  const privateKey = accountKey(await readSeed(options));
  const account = { rpc, chainId: await readChainId(rpc), address: accountOf(privateKey) };
  const plan = await sayPlanOf(output, account, options, deployContract);
  if (options.dryRun) return { dryRun: true, ...plan };
  const sender = await createSender({ rpc, privateKey, ...feesOf(options) });
  const { address, receipt } = await deployContract(sender);
  sender.close();
  const codeHash = keccak256(fromHex(await readCode(rpc, address), 'code'));
  const pinned = { chainId: sender.chainId, contract: address, codeHash };
  await changeNetwork(out, (network) => {
    checkUnpinned(out, network, force);
    return { ...network, pinned, endpoint: url, ledgers: new Map() };
  });
  const cost = costOf([receipt]);
  output.print(`Contract ${addressText(address)} on chain ${pinned.chainId}, ${costInWords(cost)}.`);
  output.note(`Wrote ${out}: give it to every role. Commands in its folder and below find it.`);
  return {
    contract: addressText(address),
    file: out,
    codeHash: toHex(codeHash),
    ...cost,
    transaction: receipt.transactionHash,
  };
}

/** Throws NETWORK_EXISTS if the file names a contract, which is what its users agree on. */
function checkUnpinned(out: string, { pinned }: Network, force: boolean): void {
  if (pinned === undefined || force) return;
  const message = `${out}: it names the contract ${addressText(pinned.contract)} already; --out names another file, --force replaces it`;
  throw new MIStoreError('NETWORK_EXISTS', message, { file: out });
}
