// mistore init: the network file of a contract that somebody else deployed, and names for accounts and ledgers in it. What
// the file has stays as it is.
import { addressText } from '../../../address.ts';
import { equalBytes, fromHex, toHex } from '../../../bytes.ts';
import { readChainId, readCode } from '../../../chain/state.ts';
import { counted } from '../../../counted.ts';
import { MIStoreError } from '../../../errors.ts';
import { keccak256 } from '../../../keccak.ts';
import { changeNetwork, checkWritable, readNetwork, withName } from '../../../network/change.ts';
import type { NamedKind } from '../../../network/names.ts';
import { NETWORK_FILE, type Network, type PinnedContract } from '../../../network/network-file.ts';
import { defineCommand } from '../../command.ts';
import { EMBEDDED_RPC, networkPath } from '../../deployment.ts';
import { confirm } from '../../input/confirmation.ts';
import {
  collect,
  collectNamedAddresses,
  collectNamedLedgers,
  contractAddress,
  networkToWriteOption,
} from '../../options.ts';
import type { Output } from '../../output.ts';
import { waitingOf } from '../../sites.ts';

interface InitFlags {
  json?: boolean;
  network?: string;
  contract?: Uint8Array;
  rpc?: string;
  witness?: string[];
  name?: [string, Uint8Array][];
  ledger?: [string, Uint8Array][];
  yes?: boolean;
}

export const init = defineCommand({
  examples: [
    'mistore init --contract 0xAB12… --rpc https://node.example.org --witness https://other.example.net',
    'mistore init --name acme=0xAB12… --name alpha=0xCD34…',
    'mistore init --ledger bills=0x12ab…',
  ],
  configure: (command) =>
    command
      .option('--contract <address>', 'the MIStore contract, whose chain and code the file pins', contractAddress)
      .option('--rpc <url>', `Ethereum endpoint, for the file; ${EMBEDDED_RPC} if not given`)
      .option('--witness <url>', 'a further endpoint that must agree, for the file; can be given again', collect)
      .option('--name <name=address>', 'a name for an account; can be given again', collectNamedAddresses)
      .option('--ledger <name=id>', 'a name for a ledger; can be given again', collectNamedLedgers)
      .addOption(networkToWriteOption())
      .option('--yes', 'do not ask whether the endpoint is believed'),
  run: runInit,
});

async function runInit(output: Output, options: InitFlags): Promise<object> {
  const path = options.network ?? networkPath() ?? NETWORK_FILE;
  const before = await readNetwork(path);
  const change = changeOf(options, path);
  change(before); // What cannot be changed is said before anything is asked.
  await checkWritable(path);
  const pinned = before.pinned ?? (await pinnedBy(output, options));
  const network = await changeNetwork(path, (now) => change({ ...now, ...(pinned && { pinned }) }));
  const { names, ledgers } = network;
  if (network.pinned !== undefined) output.print(inWords(network.pinned));
  const rows = [...names].map(([name, address]) => ['account', name, addressText(address)]);
  rows.push(...[...ledgers].map(([name, id]) => ['ledger', name, toHex(id)]));
  if (rows.length > 0) output.table(['', 'name', 'stands for'], rows);
  output.note(`${path} has ${counted(names.size, 'account')} and ${counted(ledgers.size, 'ledger')} by name.`);
  return { file: path, ...inJson(network) };
}

/** Adds what the options give. Throws NETWORK_EXISTS where the file has something else, NAME_TAKEN. */
function changeOf({ contract, rpc, witness, name = [], ledger = [] }: InitFlags, path: string) {
  const refuse = (what: string): never => {
    throw new MIStoreError('NETWORK_EXISTS', `${path}: it has ${what} already; edit the file to change that`, {
      file: path,
    });
  };
  return (network: Network): Network => {
    const { pinned, endpoint, witnesses } = network;
    if (contract && pinned && !equalBytes(contract, pinned.contract))
      refuse(`the contract ${addressText(pinned.contract)}`);
    if (rpc !== undefined && endpoint !== undefined && rpc !== endpoint) refuse('an endpoint');
    if (witness && witnesses && witness.join(' ') !== witnesses.join(' '))
      refuse(counted(witnesses.length, 'witness', 'witnesses'));
    const places = { ...(rpc !== undefined && { endpoint: rpc }), ...(witness && { witnesses: witness }) };
    const add =
      (kind: NamedKind) =>
      (made: Network, [key, bytes]: [string, Uint8Array]) =>
        withName(made, kind, key, bytes, path);
    return ledger.reduce(add('ledger'), name.reduce(add('account'), { ...network, ...places }));
  };
}

/** Chain id and code hash as the endpoint tells them, when a person has agreed; undefined if no contract is named. */
async function pinnedBy(output: Output, options: InitFlags): Promise<PinnedContract | undefined> {
  const { contract, rpc: url = EMBEDDED_RPC, witness = [], yes = false } = options;
  if (contract === undefined) return undefined;
  const { connect } = await import('../../../chain/witnesses.ts');
  const rpc = connect(url, witness, waitingOf(options));
  const code = fromHex(await readCode(rpc, contract), 'code');
  if (code.length === 0) {
    const message = `there is no contract at ${addressText(contract)} on the chain of this endpoint: is it the right one?`;
    throw new MIStoreError('NO_CONTRACT', message, { contract: addressText(contract) });
  }
  const pinned = { chainId: await readChainId(rpc), contract, codeHash: keccak256(code) };
  output.note(inWords(pinned));
  const whose = witness.length === 0 ? 'one endpoint' : `${witness.length + 1} endpoints that agree`;
  output.note(
    `This is what ${whose} say${witness.length === 0 ? 's' : ''} now. It is believed this once and held against every endpoint later: compare it with somebody who uses the contract.`,
  );
  await confirm('Is it right?', yes);
  return pinned;
}

const inWords = ({ chainId, contract, codeHash }: PinnedContract): string =>
  `Contract ${addressText(contract)} on chain ${chainId}, code hash ${toHex(codeHash)}.`;

const inJson = ({ pinned, names, ledgers }: Network) => ({
  chainId: pinned ? pinned.chainId : null,
  contract: pinned ? addressText(pinned.contract) : null,
  codeHash: pinned ? toHex(pinned.codeHash) : null,
  names: Object.fromEntries([...names].map(([name, address]) => [name, addressText(address)])),
  ledgers: Object.fromEntries([...ledgers].map(([name, id]) => [name, toHex(id)])),
});
