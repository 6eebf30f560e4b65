// The contract of a development network, and ether for its accounts. What is there already is left as it is.
import { concat, fromHex, toHex } from '../bytes.ts';
import { fund } from '../chain/embedded-node.ts';
import { Rpc } from '../chain/rpc.ts';
import { createSender } from '../chain/sending/sender.ts';
import { readBalance, readChainId, readCode } from '../chain/state.ts';
import { deploy } from '../contract/client.ts';
import { MIStoreError } from '../errors.ts';
import { accountKey } from '../identity/keys.ts';
import { keccak256 } from '../keccak.ts';
import type { PinnedContract } from '../network/network-file.ts';
import { allOf, type DevAccount, type DevAccounts } from './accounts.ts';

/** Wei: an account that has less than the first gets the second. */
const FUNDS = { least: 10n ** 20n, given: 10n ** 21n };

/** Address of the contract, 20 bytes: of what the operator's first transaction creates (RLP of the address and nonce 0). */
export const contractOf = ({ operator }: DevAccounts): Uint8Array =>
  keccak256(concat(new Uint8Array([0xd6, 0x94]), operator.address, new Uint8Array([0x80]))).subarray(12);

/** Funds all accounts, and deploys the contract if it is not there. Throws NO_CONTRACT. */
export async function setUpContract(url: string, accounts: DevAccounts): Promise<PinnedContract> {
  const rpc = new Rpc(url);
  for (const { address } of allOf(accounts)) {
    if ((await readBalance(rpc, address)) < FUNDS.least) await fund(url, address, FUNDS.given);
  }
  const contract = contractOf(accounts);
  if ((await readCode(rpc, contract)) === '0x') await deployAs(rpc, accounts.operator, contract);
  return { chainId: await readChainId(rpc), contract, codeHash: keccak256(fromHex(await readCode(rpc, contract))) };
}

async function deployAs(rpc: Rpc, { seed, keystore }: DevAccount, expected: Uint8Array): Promise<void> {
  const sender = await createSender({ rpc, privateKey: accountKey(seed) });
  const { address } = await deploy(sender);
  sender.close();
  if (toHex(address) === toHex(expected)) return;
  const message = `the account of ${keystore} sent something before the network's contract: remove its folder to begin anew`;
  throw new MIStoreError('NO_CONTRACT', message, { keystore });
}
