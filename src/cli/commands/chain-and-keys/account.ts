// mistore account: which account a keystore holds, its ether, and the fingerprint of its key; and a name for it. The roles know
// each other by these addresses, and each needs ether to send anything.
import { addressText } from '../../../address.ts';
import { ConnectionError, ether } from '../../../chain/errors.ts';
import { readBalance } from '../../../chain/state.ts';
import { NETWORK_FILE } from '../../../network/network-file.ts';
import { defineCommand } from '../../command.ts';
import { deploymentFor, endpointsFor, networkPath } from '../../deployment.ts';
import { readOwner, readSeed } from '../../input/secrets.ts';
import { newName, type RoleFlags, roleOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { waitingOf } from '../../sites.ts';

interface AccountFlags extends RoleFlags {
  fingerprint?: boolean;
  name?: string;
}

export const account = defineCommand({
  examples: [
    'mistore account --keystore server1.json',
    'mistore account --keystore server1.json --fingerprint',
    'mistore account --keystore server1.json --name alpha',
    'mistore account --keystore hospital.json --json',
  ],
  roles: 'any',
  configure: (command) =>
    roleOptions(
      command
        .option('--fingerprint', 'show the fingerprint of its key for this contract, which people compare by telephone')
        .option(
          '--name <name>',
          'add the account by this name to the network file, which is made if there is none',
          newName,
        ),
    ),
  run: showAccount,
});

/**
 * Address and fingerprint need no endpoint: if it is away, that is no error. The address stands in the keystore; only its
 * fingerprint, and the address in a keystore of version 0.1.0, need the password.
 */
async function showAccount(output: Output, options: AccountFlags): Promise<object> {
  const { account: own } = await readOwner(options);
  const address = addressText(own);
  const { name } = options;
  const named = name === undefined ? undefined : await addName(options, name, own);
  const shown = {
    address,
    ...(named && { name, file: named }),
    ...(options.fingerprint && { fingerprint: await ownFingerprint(options, own) }),
  };
  output.print(`Account: ${output.names.account(own)}`);
  if (named) output.print(`${named} calls it ${name} from now on.`);
  if (shown.fingerprint) output.print(`Fingerprint of its key: ${shown.fingerprint}`);
  try {
    const balance = ether(await readBalance(await endpointOf(options), own));
    output.print(`It has ${balance} ether.`);
    return { ...shown, ether: balance };
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    output.note(`Its ether is not known: ${error.message}.`);
    return { ...shown, ether: null };
  }
}

/** Gives the network file's path. Throws NAME_TAKEN where the name, or the account, has another entry. */
async function addName({ network }: AccountFlags, name: string, own: Uint8Array): Promise<string> {
  const { changeNetwork, withName } = await import('../../../network/change.ts');
  const path = network ?? networkPath() ?? NETWORK_FILE;
  await changeNetwork(path, (now) => withName(now, 'account', name, own, path));
  return path;
}

async function ownFingerprint(options: AccountFlags, own: Uint8Array): Promise<string> {
  const { fingerprint } = await import('../../../identity/fingerprint.ts');
  const { kemKeys } = await import('../../../identity/kem.ts');
  return fingerprint(await deploymentFor(options), own, kemKeys(await readSeed(options)).publicKey);
}

/** Of a deployment, which an account need not have yet. */
async function endpointOf(options: AccountFlags) {
  const { connect } = await import('../../../chain/witnesses.ts');
  const { rpc, witnesses } = await endpointsFor(options);
  return connect(rpc, witnesses, { retries: 1, ...waitingOf(options) });
}
