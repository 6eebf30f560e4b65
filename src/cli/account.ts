// The command that says which account a keystore holds, and what that has: the roles know each other by these addresses,
// and each needs ether to send anything.
import type { Command } from 'commander';
import { accountOf, addressText } from '../chain/account.ts';
import { ConnectionError, ether } from '../chain/errors.ts';
import { Rpc } from '../chain/rpc.ts';
import { readBalance } from '../chain/state.ts';
import { accountKey } from '../identity/keys.ts';
import { action } from './command.ts';
import { type CommonOptions, jsonOption, keystoreOption, passwordOption, rpcOption } from './options.ts';
import type { Output } from './output.ts';
import { readSeed } from './secrets.ts';

export function addAccount(program: Command): void {
  program
    .command('account')
    .description("show the address of a keystore's account, which others are told, and its ether")
    .addOption(rpcOption())
    .addOption(keystoreOption())
    .addOption(passwordOption())
    .addOption(jsonOption())
    .action(action(showAccount));
}

/** The address needs no endpoint: one that is away is no error. */
async function showAccount(output: Output, options: CommonOptions): Promise<object> {
  const account = accountOf(accountKey(await readSeed(options)));
  const address = addressText(account);
  output.say(`Account: ${address}`);
  try {
    const balance = ether(await readBalance(new Rpc(options.rpc, { retries: 1 }), account));
    output.say(`It has ${balance} ether.`);
    return { address, ether: balance };
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    output.say(`How much ether it has is not known: ${error.message}.`);
    return { address, ether: null };
  }
}
