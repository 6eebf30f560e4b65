// Passwords and seeds of the CLI. A password comes from a file, from the environment, from a program that keeps it or from
// a hidden prompt, never from the command line, where others could read it.
import { MIStoreError } from '../../errors.ts';
import { readTextFile } from '../../files/text-file.ts';
import { visible } from '../text/visible.ts';
import { isText } from './given-text.ts';
import { keystoreAt } from './keystores.ts';
import { COMMAND_VARIABLE, passwordFrom } from './password-command.ts';
import { weaknessOf } from './password-strength.ts';

export const PASSWORD_VARIABLE = 'MISTORE_PASSWORD';

/** Code of the error for Ctrl-C at a question: the exit status is that of an interrupted program. */
export const INTERRUPTED = 'INTERRUPTED';

export interface SecretFlags {
  keystore?: string;
  passwordFile?: string;
}

/**
 * From the file, without one line end at its end; else MISTORE_PASSWORD; else what MISTORE_PASSWORD_COMMAND prints; else
 * asked for, twice if `confirm`.
 */
export async function readPassword({ passwordFile }: SecretFlags, question: string, confirm = false): Promise<string> {
  if (passwordFile !== undefined) return passwordIn(passwordFile);
  const given = process.env[PASSWORD_VARIABLE];
  if (given !== undefined) return given;
  const commandLine = process.env[COMMAND_VARIABLE];
  if (commandLine !== undefined) {
    printed ??= passwordFrom(commandLine);
    return printed;
  }
  if (!process.stdin.isTTY) {
    throw new MIStoreError(
      'NO_PASSWORD',
      `no password: give --password-file, set ${PASSWORD_VARIABLE} or ${COMMAND_VARIABLE}, or run at a terminal`,
    );
  }
  const first = await ask(question);
  if (!isText(first)) throw new MIStoreError('NOT_TEXT', 'what was typed is not UTF-8; set the terminal to UTF-8');
  if (confirm && first !== (await ask('The same again'))) {
    throw new MIStoreError('PASSWORDS_DIFFER', 'the two passwords differ');
  }
  return first;
}

/** Of the command, which may serve two keystores too. */
let printed: Promise<string> | undefined;

/** By file: one may hold the password of two keystores, and be a pipe, which can be read only once. */
const passwords = new Map<string, string>();

async function passwordIn(file: string): Promise<string> {
  const known = passwords.get(file) ?? (await readTextFile(file)).replace(/\r?\n$/, '');
  passwords.set(file, known);
  return known;
}

async function ask(message: string): Promise<string> {
  const { default: password } = await import('@inquirer/password');
  try {
    return await password({ message }, { output: process.stderr });
  } catch (error) {
    if ((error as Error).name !== 'ExitPromptError') throw error;
    throw new MIStoreError(INTERRUPTED, 'interrupted at the question for a password; nothing was done');
  }
}

/** The seed in the role's keystore. */
export async function readSeed(options: SecretFlags): Promise<Uint8Array> {
  if (options.keystore === undefined) {
    throw new MIStoreError(
      'NO_KEYSTORE',
      'this command acts for a role: give its --keystore FILE (make one with "mistore keygen")',
    );
  }
  const keystore = await keystoreAt(options.keystore);
  const password = await readPassword(options, `Password of ${visible(options.keystore)}`);
  return (await keystore.open(password)).seed;
}

/** Whose keystore it is. The password is asked for only where it does not state its account: see keystore-format.ts. */
export async function readOwner(options: SecretFlags & { keystore: string }): Promise<Owner> {
  const { role, account } = await keystoreAt(options.keystore);
  if (account !== undefined) return { role, account };
  const { accountOf } = await import('../../chain/account.ts');
  const { accountKey } = await import('../../identity/keys.ts');
  return { role, account: accountOf(accountKey(await readSeed(options))) };
}

interface Owner {
  role: string;
  /** 20 bytes. */
  account: Uint8Array;
}

/** A password for a keystore that is about to be made; says so if it is weak. */
export async function readNewPassword(options: SecretFlags, question: string, note: Note): Promise<string> {
  const password = await readPassword(options, question, true);
  const weakness = password === '' ? undefined : weaknessOf(password); // An empty one is refused when it is used.
  if (weakness !== undefined) {
    note(`Warning: the password is weak: it ${weakness}. Whoever gets the keystore can try passwords until one fits.`);
  }
  return password;
}

type Note = (line: string) => void;
