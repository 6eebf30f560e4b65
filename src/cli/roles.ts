// Commands about seeds and accounts: keygen, handover, fund, register.
import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import { accountOf, addressText } from '../chain/account.ts';
import { fund } from '../chain/embedded-node.ts';
import { accountKey, custodialSeed } from '../identity/keys.ts';
import { writeKeystore } from '../identity/keystore.ts';
import { Server } from '../parties/server.ts';
import { action, openRole } from './command.ts';
import {
  address,
  type CommonOptions,
  contractOption,
  integer,
  jsonOption,
  keystoreOption,
  passwordOption,
  rpcOption,
} from './options.ts';
import { readPassword, readSeed, type SecretOptions } from './secrets.ts';

const ROLES = ['hospital', 'server', 'patient', 'insurer', 'operator'];

export function addRoles(program: Command): void {
  program
    .command('keygen')
    .description('make a new seed, the only secret of a role, in an encrypted file')
    .requiredOption('--out <file>', 'the keystore file to write; never overwritten')
    .addOption(new Option('--role <role>', 'what it is for, a note in the file').choices(ROLES).default('operator'))
    .addOption(passwordOption())
    .addOption(jsonOption())
    .action(
      action(async (output, options: SecretOptions & { json?: boolean; out: string; role: string }) => {
        const password = await readPassword(options, 'Password for the new keystore', true);
        const seed = new Uint8Array(randomBytes(32));
        await writeKeystore(options.out, password, { seed, role: options.role });
        const account = addressText(accountOf(accountKey(seed)));
        output.say(
          `Wrote ${options.out}. Account: ${account}. Keep file and password: there is no other copy of this seed.`,
        );
        return { file: options.out, role: options.role, address: account };
      }),
    );

  program
    .command('handover')
    .description("write a patient's custodial seed to a keystore of his own, with a password of its own")
    .requiredOption('--patient <id>', "the patient's id in the hospital's records")
    .requiredOption('--out <file>', 'the keystore file to write; never overwritten')
    .requiredOption('--patient-password-file <file>', 'file with the password for the new keystore')
    .addOption(keystoreOption())
    .addOption(passwordOption())
    .addOption(jsonOption())
    .action(
      action(async (output, options: CommonOptions & { patient: string; out: string; patientPasswordFile: string }) => {
        const seed = custodialSeed(await readSeed(options), options.patient);
        const password = await readPassword({ passwordFile: options.patientPasswordFile }, '');
        await writeKeystore(options.out, password, { seed, role: 'patient' });
        const tag = addressText(accountOf(accountKey(seed)));
        output.say(`Wrote ${options.out}. The patient's tag is ${tag}.`);
        return { file: options.out, address: tag };
      }),
    );

  program
    .command('fund')
    .description('give an account ether; works on an embedded chain only (mistore node)')
    .argument('<address>', 'the account', address)
    .option('--ether <amount>', 'balance to set, in ether', integer(0, 1e9), 1000)
    .addOption(rpcOption())
    .addOption(jsonOption())
    .action(
      action(async (output, { rpc, ether }: CommonOptions & { ether: number }, account: Uint8Array) => {
        await fund(rpc, account, BigInt(ether) * 10n ** 18n);
        output.say(`${addressText(account)} now has ${ether} ether.`);
        return { address: addressText(account), ether };
      }),
    );

  program
    .command('register')
    .description("publish this server's encapsulation key, so that hospitals and insurers can open channels to it")
    .addOption(rpcOption())
    .addOption(contractOption())
    .addOption(keystoreOption())
    .addOption(passwordOption())
    .addOption(jsonOption())
    .action(
      action(async (output, options: CommonOptions) => {
        const { site, seed } = await openRole(options);
        const server = new Server(site, seed);
        await server.register();
        output.say(`Server ${addressText(server.address)} is registered.`);
        return { address: addressText(server.address), registered: true };
      }),
    );
}
