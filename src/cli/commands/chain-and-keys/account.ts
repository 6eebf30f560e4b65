// mistore account: which account a keystore holds, and its ether. The roles know each other by these addresses, and each
// needs ether to send anything.
import { accountOf, addressText } from '../../../chain/account.ts';
import { ConnectionError, ether } from '../../../chain/errors.ts';
import { Rpc } from '../../../chain/rpc.ts';
import { readBalance } from '../../../chain/state.ts';
import { accountKey } from '../../../identity/keys.ts';
import { defineCommand } from '../../command.ts';
import { readSeed } from '../../input/secrets.ts';
import { type KeyFlags, keyOptions, rpcOption } from '../../options.ts';
import type { Output } from '../../output.ts';

export const account = defineCommand({
  name: 'account',
  description: "show the address of a keystore's account, by which others know it, and its ether",
  examples: ['mistore account --keystore server1.json', 'mistore account --keystore hospital.json --json'],
  configure: (command) => keyOptions(command.addOption(rpcOption())),
  run: showAccount,
});

/** The address needs no endpoint: if it is away, that is no error. */
async function showAccount(output: Output, options: KeyFlags & { rpc: string }): Promise<object> {
  const own = accountOf(accountKey(await readSeed(options)));
  const address = addressText(own);
  output.print(`Account: ${address}`);
  try {
    const balance = ether(await readBalance(new Rpc(options.rpc, { retries: 1 }), own));
    output.print(`It has ${balance} ether.`);
    return { address, ether: balance };
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    output.note(`Its ether is not known: ${error.message}.`);
    return { address, ether: null };
  }
}
