// mistore keygen: a new seed in a keystore.
import { randomBytes } from 'node:crypto';
import { Option } from 'commander';
import { addressText } from '../../../address.ts';
import { defineCommand } from '../../command.ts';
import { readPassword, type SecretFlags } from '../../input/secrets.ts';
import { passwordOption } from '../../options.ts';
import type { Output } from '../../output.ts';

const ROLES = ['hospital', 'server', 'patient', 'insurer', 'operator'];

export const keygen = defineCommand({
  examples: [
    'mistore keygen --role hospital --out hospital.json',
    'mistore keygen --role server --out server1.json --password-file server1.password',
  ],
  configure: (command) =>
    command
      .requiredOption('--out <file>', 'the keystore file to write; an existing file is never replaced')
      .addOption(new Option('--role <role>', 'what it is for, a note in the file').choices(ROLES).default('operator'))
      .addOption(passwordOption()),
  run: runKeygen,
});

async function runKeygen(output: Output, options: SecretFlags & { out: string; role: string }): Promise<object> {
  const { accountOf } = await import('../../../chain/account.ts');
  const { accountKey } = await import('../../../identity/keys.ts');
  const { writeKeystore } = await import('../../../identity/keystore.ts');
  const password = await readPassword(options, 'Password for the new keystore', true);
  const seed = new Uint8Array(randomBytes(32));
  await writeKeystore(options.out, password, { seed, role: options.role });
  const account = addressText(accountOf(accountKey(seed)));
  output.print(`Wrote ${options.out}. Account: ${account}`);
  output.note('Keep the file and its password: there is no other copy of this seed.');
  return { file: options.out, role: options.role, address: account };
}
