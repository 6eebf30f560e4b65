// mistore keygen: a new seed in a keystore.
import { randomBytes } from 'node:crypto';
import { Option } from 'commander';
import { addressText } from '../../../address.ts';
import { checkOutput } from '../../../files/output-file.ts';
import { NETWORK_FILE } from '../../../network/network-file.ts';
import { defineCommand } from '../../command.ts';
import { networkPath } from '../../deployment.ts';
import { ROLES, type Role } from '../../input/roles.ts';
import { readNewPassword, type SecretFlags } from '../../input/secrets.ts';
import { networkToWriteOption, newName, passwordOption } from '../../options.ts';
import type { Output } from '../../output.ts';

interface KeygenFlags extends SecretFlags {
  out: string;
  role: Role;
  name?: string;
  network?: string;
}

export const keygen = defineCommand({
  examples: [
    'mistore keygen --role hospital --out hospital.json --name clinic',
    'mistore keygen --role server --out server1.json --password-file server1.password',
  ],
  configure: (command) =>
    command
      .requiredOption('--out <file>', 'the keystore file to write; an existing file is never replaced')
      .addOption(new Option('--role <role>', 'whose commands it is for').choices(ROLES).default('operator'))
      .addOption(passwordOption())
      .option(
        '--name <name>',
        'add the account by this name to the network file, which is made if there is none',
        newName,
      )
      .addOption(networkToWriteOption()),
  run: runKeygen,
});

async function runKeygen(output: Output, options: KeygenFlags): Promise<object> {
  const { accountOf } = await import('../../../chain/account.ts');
  const { accountKey } = await import('../../../identity/keys.ts');
  const { writeKeystore } = await import('../../../identity/keystore.ts');
  const { out, role, name } = options;
  const seed = new Uint8Array(randomBytes(32));
  const own = accountOf(accountKey(seed));
  const path = options.network ?? networkPath() ?? NETWORK_FILE;
  await checkOutput(out);
  const { changeNetwork, checkWritable, readNetwork, withName } = await import('../../../network/change.ts');
  if (name !== undefined) {
    withName(await readNetwork(path), 'account', name, own, path); // A name that is taken is said before anything is made.
    await checkWritable(path);
  }
  const password = await readNewPassword(options, 'Password for the new keystore', (line) => output.note(line));
  await writeKeystore(out, password, { seed, role });
  const address = addressText(own);
  output.print(`Wrote ${out}. Account: ${address}`);
  output.note('Keep the file and its password: there is no other copy of this seed.');
  if (name !== undefined) {
    await changeNetwork(path, (network) => withName(network, 'account', name, own, path));
    output.print(`${path} calls it ${name} from now on.`);
  }
  return { file: out, role, address, ...(name !== undefined && { name }) };
}
